/** The TLBs and jump caches in the shared memory, as the translator's JavaScript side fills them. */
import {
  AT_JUMPS,
  AT_TLBS,
  CONTEXTS,
  JUMP_BYTES,
  JUMP_ENTRY_BYTES,
  jumpIndex,
  NO_PAGE,
  TLB_BYTES,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
} from "../layout.js";

/** Entries that are emptied one by one; when there are more, all are. */
const REMEMBERED = 512;

/** Both kinds of tables of one translator. */
export class Tables {
  readonly #words: Int32Array;
  readonly #tlbs = AT_TLBS / 4;
  readonly #jumps = AT_JUMPS / 4;
  /** Indices of words that were filled since the last flush. */
  readonly #pages: number[] = [];
  readonly #targets: number[] = [];

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#emptyPages();
    this.#emptyJumps();
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

  /** The slot of the unit at a linear address, or -1. */
  slotOf(context: number, linear: number): number {
    const at = this.#jumps + (context * JUMP_BYTES + jumpIndex(linear) * JUMP_ENTRY_BYTES) / 4;
    return this.#words[at] === linear ? this.#words[at + 1] : -1;
  }
  /** Enters the unit at a linear address. */
  enterJump(context: number, linear: number, slot: number): void {
    const at = this.#jumps + (context * JUMP_BYTES + jumpIndex(linear) * JUMP_ENTRY_BYTES) / 4;
    this.#words[at] = linear;
    this.#words[at + 1] = slot;
    if (this.#targets.length <= REMEMBERED) this.#targets.push(at);
  }
  /** Forgets all units. */
  flushJumps(): void {
    if (this.#targets.length > REMEMBERED) this.#emptyJumps();
    else for (const at of this.#targets) this.#clearJump(at);
    this.#targets.length = 0;
  }
  #emptyJumps(): void {
    const begin = this.#jumps;
    this.#words.fill(0, begin, begin + (CONTEXTS * JUMP_BYTES) / 4);
    for (let c = 0; c < CONTEXTS; c++) this.#clearJump(begin + (c * JUMP_BYTES) / 4);
  }
  /** The tag of an empty entry is an address that belongs to another entry. */
  #clearJump(at: number): void {
    this.#words[at] = (at - this.#jumps) % (JUMP_BYTES / 4) === 0 ? 1 : 0;
  }
}
