/** The TLBs in the shared memory, as the translator's JavaScript side fills them. */
import { NO_PAGE, TLB_ENTRIES } from "../../layout.js";

/** Entries that are emptied one by one; when there are more, all are. */
const REMEMBERED = 512;
const TWO32 = 0x1_0000_0000;

/** Place of two TLBs, and the width of their tags. */
export interface TlbPlace {
  /** Offset in bytes of the first of two TLBs, of levels 0 to 2 and of level 3. */
  readonly at: number;
  /** Bytes of an entry: a tag for reading, one for writing, what to add, nothing. */
  readonly entryBytes: number;
  /** Words of a tag: 1, or 2 for 64-bit code. */
  readonly tagWords: 1 | 2;
}

/** The TLBs of one translator for one kind of code. */
export class TranslatedPages {
  readonly #words: Int32Array;
  /** Index of the first word, words of an entry, words of a TLB, words of a tag. */
  readonly #first: number;
  readonly #entry: number;
  readonly #tlb: number;
  readonly #tag: 1 | 2;
  /** Indices of entries that were filled since they were last emptied: of pages that a load of CR3 leaves, and of others. */
  readonly #global: number[] = [];
  readonly #local: number[] = [];

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array, { at, entryBytes, tagWords }: TlbPlace) {
    this.#words = words;
    this.#first = at / 4;
    this.#entry = entryBytes / 4;
    this.#tlb = this.#entry * TLB_ENTRIES;
    this.#tag = tagWords;
    this.#emptyPages();
  }

  /**
   * Lets the page of a linear address be read, or written, `addend` bytes further in the memory.
   * @param isGlobal does its translation outlive a load of CR3?
   */
  enterPage(
    linear: number,
    user: boolean,
    write: boolean,
    addend: number,
    isGlobal: boolean,
  ): void {
    const w = this.#words;
    const page = linear & -4096;
    const tag = this.#tag;
    const high = tag === 1 ? 0 : Math.floor(linear / TWO32) | 0;
    const at = this.#place(linear) + (user ? this.#tlb : 0);
    if (!this.#isTag(at, page, high) && !this.#isTag(at + tag, page, high)) this.#forget(at);
    const place = at + (write ? tag : 0);
    w[place] = page;
    if (tag === 2) w[place + 1] = high;
    w[at + 2 * tag] = addend;
    const filled = isGlobal ? this.#global : this.#local;
    if (filled.length <= REMEMBERED) filled.push(at);
  }
  /** Forgets all pages. */
  flushPages(): void {
    this.#forgetAll(this.#global);
    this.#forgetAll(this.#local);
  }
  /** Forgets pages that are not global, and more if there are many. */
  flushLocal(): void {
    this.#forgetAll(this.#local);
  }
  /** Forgets one page, at both levels. */
  flushPage(linear: number): void {
    const at = this.#place(linear);
    this.#forget(at);
    this.#forget(at + this.#tlb);
  }
  /** Forgets that pages may be written, if `which` says so of where they lie in the memory. */
  forbidStores(which: (at: number) => boolean): void {
    const w = this.#words;
    const tag = this.#tag;
    for (let k = 0; k < 2 * TLB_ENTRIES; k++) {
      const at = this.#first + k * this.#entry;
      const page = w[at + tag];
      if (page !== NO_PAGE && which((page + w[at + 2 * tag]) >>> 0)) w[at + tag] = NO_PAGE;
    }
  }

  #place(linear: number): number {
    return this.#first + ((linear >>> 12) & (TLB_ENTRIES - 1)) * this.#entry;
  }
  #isTag(at: number, page: number, high: number): boolean {
    return this.#words[at] === page && (this.#tag === 1 || this.#words[at + 1] === high);
  }
  #forgetAll(filled: number[]): void {
    if (filled.length > REMEMBERED) this.#emptyPages();
    else for (const at of filled) this.#forget(at);
    filled.length = 0;
  }
  #emptyPages(): void {
    this.#words.fill(NO_PAGE, this.#first, this.#first + 2 * this.#tlb);
  }
  #forget(at: number): void {
    this.#words[at] = NO_PAGE;
    this.#words[at + this.#tag] = NO_PAGE;
  }
}
