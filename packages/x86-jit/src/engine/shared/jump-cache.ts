/** The jump cache in the shared memory: the units at linear addresses, as JavaScript enters and drops them. */
import { AT_JUMPS, JUMP_ENTRIES, JUMP_ENTRY_BYTES, jumpIndex } from "../../layout.js";
import { JumpPages, type PageOfJumps } from "./jump-pages.js";
import type { JumpContext, JumpTarget } from "./jump-target.js";

/** Entries by the number of their page: indices of words. */
type EntriesOfPages = Map<number, Set<number>>;

/** No context has that number: the tag of an empty entry. */
const NO_CONTEXT = -1;
const TWO32 = 0x1_0000_0000;

/** The pages that a unit lies in, as its linear address shows them now. */
export interface JumpPlace {
  /** Number of the first page's memory. */
  readonly memory: number;
  /** True if a load of CR3 leaves what the pages show. */
  readonly isGlobal: boolean;
  /** Pages, from that of the address on. */
  readonly pages: 1 | 2;
}

/** The second word of an entry's tag: the context, and bits 32 to 47 of the linear address. */
function secondWord({ context, isLong }: JumpContext, linear: number): number {
  return (context << 16) | (isLong ? Math.floor(linear / TWO32) & 0xffff : 0);
}

/**
 * Units by context and linear address. An entry goes when the translation of its page becomes void, or
 * its unit; others stay, so that a switch between address spaces keeps what they have in common.
 *
 * Pages that are not global are remembered with their units: once one of them is found there again, the
 * page shows what it showed, and all of its units come back. So a switch costs what the pages do.
 */
export class JumpCache {
  readonly #words: Int32Array;
  readonly #first = AT_JUMPS / 4;
  /** Entries of pages that a load of CR3 leaves as they are; and of units in two pages that it does not. */
  readonly #global: EntriesOfPages = new Map();
  readonly #local: EntriesOfPages = new Map();
  readonly #pages = new JumpPages();

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
  /** Enters a unit at its linear address. */
  enter(unit: JumpTarget, { memory, isGlobal, pages }: JumpPlace): void {
    if (!isGlobal && pages === 1) {
      const page = this.#pages.page(unit);
      if (page.memory !== memory) {
        this.#hide(page);
        page.begin(memory);
      }
      page.units.add(unit);
      if (!page.isShown) this.#show(page);
      this.#write(unit);
      return;
    }
    const at = this.#write(unit);
    const entriesOfPages = isGlobal ? this.#global : this.#local;
    const first = unit.linear >>> 12;
    for (let page = first; page < first + pages; page++) {
      const entries = entriesOfPages.get(page);
      if (entries === undefined) entriesOfPages.set(page, new Set([at]));
      else entries.add(at);
    }
  }
  /** Forgets one unit. */
  drop(unit: JumpTarget): void {
    const { mode, linear } = unit;
    if (this.slotOf(mode, linear) >= 0) this.#empty(this.#place(mode.context, linear));
    this.#pages.remove(unit);
  }
  /** Forgets all units, until their pages are found again. */
  flush(): void {
    this.#flushPages(this.#global);
    this.flushLocal();
  }
  /** Forgets units of pages that are not global, until those are found again. */
  flushLocal(): void {
    this.#flushPages(this.#local);
    this.#pages.forEachShown((page) => this.#hide(page));
  }
  /** Forgets the units of the page of a linear address. */
  flushPage(linear: number): void {
    for (const pages of [this.#global, this.#local]) {
      const entries = pages.get(linear >>> 12);
      if (entries === undefined) continue;
      for (const at of entries) this.#empty(at);
      pages.delete(linear >>> 12);
    }
    this.#pages.forEachAt(linear, (page) => this.#hide(page));
  }

  #place(context: number, linear: number): number {
    return this.#first + (jumpIndex(context, linear) * JUMP_ENTRY_BYTES) / 4;
  }
  #write({ mode, linear, slot }: JumpTarget): number {
    const at = this.#place(mode.context, linear);
    const w = this.#words;
    w[at] = linear;
    w[at + 1] = secondWord(mode, linear);
    w[at + 2] = slot;
    return at;
  }
  #show(page: PageOfJumps): void {
    this.#pages.show(page);
    for (const unit of page.units) this.#write(unit);
  }
  #hide(page: PageOfJumps): void {
    if (!page.isShown) return;
    page.isShown = false;
    for (const { mode, linear } of page.units) this.#empty(this.#place(mode.context, linear));
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
