import type { MemoryRegion } from "./memory-region.js";

/**
 * The children of a region, in order of precedence: higher priority first, and among equals
 * the one added last. Kept with the highest at the end, where most additions happen.
 */
export class Subregions {
  readonly #items: MemoryRegion[] = [];

  /** Number of children. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds a child whose `priority` and `sequence` are set; takes logarithmic search time. */
  insert(region: MemoryRegion): void {
    this.#items.splice(this.#position(region), 0, region);
  }

  /** Removes a child; its `priority` and `sequence` must be those it was inserted with. */
  remove(region: MemoryRegion): void {
    this.#items.splice(this.#position(region), 1);
  }

  /** The child of highest precedence. */
  first(): MemoryRegion | undefined {
    return this.#items.at(-1);
  }

  /** All children, highest precedence first. */
  *[Symbol.iterator](): IterableIterator<MemoryRegion> {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item) yield item;
    }
  }

  /** The only enabled child; `null` when there are none or several. `count` stops at 2. */
  soleEnabled(): { count: 0 | 1 | 2; child: MemoryRegion | null } {
    let child: MemoryRegion | null = null;
    for (const item of this.#items) {
      if (!item.enabled) continue;
      if (child) return { count: 2, child: null };
      child = item;
    }
    return { count: child ? 1 : 0, child };
  }

  /**
   * Calls `visit` for each enabled child that may intersect `[from, to)` (bytes within the
   * container), highest precedence first. The test is made on rounded numbers, so that a child
   * that only just misses the window may be visited too.
   */
  visitWindow(from: bigint, to: bigint, visit: (region: MemoryRegion) => void): void {
    const low = Number(from);
    const high = Number(to);
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item && item.enabled && item.roughStart <= high && item.roughEnd >= low) visit(item);
    }
  }

  #position(region: MemoryRegion): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#items[middle];
      if (other && precedes(other, region)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether `a` comes before `b` in the list, that is, has less precedence. */
function precedes(a: MemoryRegion, b: MemoryRegion): boolean {
  return a.priority !== b.priority ? a.priority < b.priority : a.sequence < b.sequence;
}
