/** Pages of linear addresses, by context, with the units that were found there. */
import type { JumpTarget } from "./jump-target.js";

/** Pages of one context from which on those that are not in the cache are forgotten. */
const MOST_PAGES = 4096;
const NO_MEMORY = -1;

/** A page and its units: those that lie in it as a whole. */
export class PageOfJumps {
  /** Number of the memory that it showed when its units were found. */
  memory = NO_MEMORY;
  /** True if the units are in the cache. */
  isShown = false;
  /** True if it was shown since all were hidden. */
  isListed = false;
  readonly units = new Set<JumpTarget>();

  /** Forgets what there was, for the page shows other memory now. */
  begin(memory: number): void {
    this.memory = memory;
    this.units.clear();
  }
}

/** All of them. */
export class JumpPages {
  /** Of each context, by the number of the page. */
  readonly #contexts: (Map<number, PageOfJumps> | undefined)[] = [];
  #shown: PageOfJumps[] = [];

  /** The page of a unit, made if there is none. */
  page({ mode, linear }: JumpTarget): PageOfJumps {
    const pages = (this.#contexts[mode.context] ??= new Map());
    const number = pageNumber(mode.isLong, linear);
    let page = pages.get(number);
    if (page === undefined) {
      if (pages.size >= MOST_PAGES) forgetHidden(pages);
      page = new PageOfJumps();
      pages.set(number, page);
    }
    return page;
  }
  /** Notes that a page's units are in the cache. */
  show(page: PageOfJumps): void {
    page.isShown = true;
    if (page.isListed) return;
    page.isListed = true;
    this.#shown.push(page);
  }
  /** Has `visit` called for the pages that were shown since the last time, and may be still. */
  forEachShown(visit: (page: PageOfJumps) => void): void {
    for (const page of this.#shown) {
      page.isListed = false;
      visit(page);
    }
    if (this.#shown.length > 0) this.#shown = [];
  }
  /** Forgets a unit. */
  remove(unit: JumpTarget): void {
    const { mode, linear } = unit;
    this.#contexts[mode.context]?.get(pageNumber(mode.isLong, linear))?.units.delete(unit);
  }
  /** Has `visit` called for the page of a linear address in each context. */
  forEachAt(linear: number, visit: (page: PageOfJumps) => void): void {
    for (const pages of this.#contexts) {
      const page = pages?.get(pageNumber(true, linear)) ?? pages?.get(pageNumber(false, linear));
      if (page !== undefined) visit(page);
    }
  }
}

/** The number of a page: in 64-bit code of 36 bits, signed. */
function pageNumber(isLong: boolean, linear: number): number {
  return isLong ? Math.floor(linear / 4096) : linear >>> 12;
}

function forgetHidden(pages: Map<number, PageOfJumps>): void {
  for (const [number, { isShown, units }] of pages) {
    if (!isShown || units.size === 0) pages.delete(number);
  }
}
