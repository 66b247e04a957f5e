/**
 * Pages of level 3 that level 0 has in its TLB. With SMAP it may access them only while EFLAGS.AC is set, so
 * they are forgotten whenever that changes: they alone, since a system does so around each copy from and to
 * its programs.
 */

/** More are not noted; everything is forgotten then. */
const MOST = 256;

/** The linear addresses of such pages. */
export class UserPages {
  readonly #pages: number[] = [];
  /** Were there more? */
  isFull = false;

  /** Notes the page of a linear address. */
  note(linear: number): void {
    if (this.#pages.length < MOST) this.#pages.push(linear);
    else this.isFull = true;
  }
  /** Calls `action` with each address, in the order of their noting. */
  forEach(action: (linear: number) => void): void {
    for (const linear of this.#pages) action(linear);
  }
  /** Forgets them. */
  clear(): void {
    this.#pages.length = 0;
    this.isFull = false;
  }
}
