/** The jump cache in the shared memory: the units at linear addresses, as JavaScript enters and drops them. */
import { AT_JUMPS, JUMP_ENTRIES, JUMP_ENTRY_BYTES, jumpIndex } from "../../layout.js";

/** Entries by the number of their page: indices of words. */
type EntriesOfPages = Map<number, Set<number>>;

/** No context has that number: the tag of an empty entry. */
const NO_CONTEXT = -1;
const TWO32 = 0x1_0000_0000;

/** A context: the number of a mode, and whether linear addresses have 48 bits in it. */
export interface JumpContext {
  readonly context: number;
  readonly isLong: boolean;
}
/** The second word of an entry's tag: the context, and bits 32 to 47 of the linear address. */
function secondWord({ context, isLong }: JumpContext, linear: number): number {
  return (context << 16) | (isLong ? Math.floor(linear / TWO32) & 0xffff : 0);
}

/**
 * Units by context and linear address. An entry goes when the translation of its page becomes void, or
 * its unit; others stay, so that a switch between address spaces keeps what they have in common.
 */
export class JumpCache {
  readonly #words: Int32Array;
  readonly #first = AT_JUMPS / 4;
  /** Entries of pages that a load of CR3 leaves as they are, and of others. */
  readonly #global: EntriesOfPages = new Map();
  readonly #local: EntriesOfPages = new Map();

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array) {
    this.#words = words;
    for (let k = 0; k < JUMP_ENTRIES; k++) this.#empty(this.#first + (k * JUMP_ENTRY_BYTES) / 4);
  }

  /** The slot of the unit at a linear address, or -1. */
  slotOf(mode: JumpContext, linear: number): number {
    const at = this.#place(mode.context, linear);
    const w = this.#words;
    return w[at] === (linear | 0) && w[at + 1] === secondWord(mode, linear) ? w[at + 2] : -1;
  }
  /**
   * Enters the unit at a linear address.
   * @param isGlobal does what the unit's pages show outlive a load of CR3?
   * @param pages pages, from that of the address on, that its code lies in
   */
  enter(
    mode: JumpContext,
    linear: number,
    slot: number,
    { isGlobal, pages: count }: { readonly isGlobal: boolean; readonly pages: 1 | 2 },
  ): void {
    const at = this.#place(mode.context, linear);
    const w = this.#words;
    w[at] = linear;
    w[at + 1] = secondWord(mode, linear);
    w[at + 2] = slot;
    const pages = isGlobal ? this.#global : this.#local;
    for (let page = linear >>> 12; page < (linear >>> 12) + count; page++) {
      const entries = pages.get(page);
      if (entries === undefined) pages.set(page, new Set([at]));
      else entries.add(at);
    }
  }
  /** Forgets one unit. */
  drop(mode: JumpContext, linear: number): void {
    if (this.slotOf(mode, linear) >= 0) this.#empty(this.#place(mode.context, linear));
  }
  /** Forgets all units. */
  flush(): void {
    this.#flushPages(this.#global);
    this.flushLocal();
  }
  /** Forgets units of pages that are not global. */
  flushLocal(): void {
    this.#flushPages(this.#local);
  }
  /** Forgets the units of the page of a linear address. */
  flushPage(linear: number): void {
    for (const pages of [this.#global, this.#local]) {
      const entries = pages.get(linear >>> 12);
      if (entries === undefined) continue;
      for (const at of entries) this.#empty(at);
      pages.delete(linear >>> 12);
    }
  }

  #place(context: number, linear: number): number {
    return this.#first + (jumpIndex(context, linear) * JUMP_ENTRY_BYTES) / 4;
  }
  #flushPages(pages: EntriesOfPages): void {
    if (pages.size === 0) return;
    for (const entries of pages.values()) for (const at of entries) this.#empty(at);
    pages.clear();
  }
  #empty(at: number): void {
    this.#words[at + 1] = NO_CONTEXT;
  }
}
