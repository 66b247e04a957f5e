/** The TLBs in the shared memory, as the translator's JavaScript side fills them. */
import { AT_TLBS, NO_PAGE, TLB_BYTES, TLB_ENTRIES, TLB_ENTRY_BYTES } from "../layout.js";

/** Entries that are emptied one by one; when there are more, all are. */
const REMEMBERED = 512;

/** The TLBs of one translator. */
export class TranslatedPages {
  readonly #words: Int32Array;
  readonly #tlbs = AT_TLBS / 4;
  /** Indices of words that were filled since the last flush. */
  readonly #pages: number[] = [];

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#emptyPages();
  }

  /** Lets the page of a linear address be read, or written, `addend` bytes further in the memory. */
  enterPage(linear: number, user: boolean, write: boolean, addend: number): void {
    const w = this.#words;
    const page = linear & -4096;
    const at =
      this.#tlbs +
      (((linear >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES + (user ? TLB_BYTES : 0)) / 4;
    if (w[at] !== page && w[at + 1] !== page) {
      w[at] = NO_PAGE;
      w[at + 1] = NO_PAGE;
    }
    w[at + (write ? 1 : 0)] = page;
    w[at + 2] = addend;
    if (this.#pages.length <= REMEMBERED) this.#pages.push(at);
  }
  /** Forgets all pages. */
  flushPages(): void {
    if (this.#pages.length > REMEMBERED) this.#emptyPages();
    else for (const at of this.#pages) this.#forget(at);
    this.#pages.length = 0;
  }
  #emptyPages(): void {
    this.#words.fill(NO_PAGE, this.#tlbs, this.#tlbs + (2 * TLB_BYTES) / 4);
  }
  #forget(at: number): void {
    this.#words[at] = NO_PAGE;
    this.#words[at + 1] = NO_PAGE;
  }
  /** Forgets one page, at both levels. */
  flushPage(linear: number): void {
    const at = this.#tlbs + (((linear >>> 12) & (TLB_ENTRIES - 1)) * TLB_ENTRY_BYTES) / 4;
    this.#forget(at);
    this.#forget(at + TLB_BYTES / 4);
  }
  /** Forgets that pages may be written, if `which` says so of where they lie in the memory. */
  forbidStores(which: (at: number) => boolean): void {
    const w = this.#words;
    for (let k = 0; k < 2 * TLB_ENTRIES; k++) {
      const at = this.#tlbs + (k * TLB_ENTRY_BYTES) / 4;
      const page = w[at + 1];
      if (page !== NO_PAGE && which((page + w[at + 2]) >>> 0)) w[at + 1] = NO_PAGE;
    }
  }
}
