import type { MemoryRegion } from "./memory-region.js";
import { SubregionIndex } from "./subregion-index.js";

/** From this many children on, windows are looked up in an index. */
const INDEX_FROM = 64;

/**
 * The children of a region, in order of precedence: higher priority first, and among equals
 * the one added last. Kept with the highest at the end, where most additions happen.
 */
export class Subregions {
  readonly #items: MemoryRegion[] = [];
  #index: SubregionIndex | null = null;

  /** Number of children. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds a child whose `priority` and `sequence` are set; takes logarithmic search time. */
  insert(region: MemoryRegion): void {
    this.#items.splice(this.#position(region), 0, region);
    if (this.#index) {
      this.#index.add(region);
    } else if (this.#items.length >= INDEX_FROM) {
      this.#index = new SubregionIndex();
      for (const item of this.#items) this.#index.add(item);
    }
  }

  /** Removes a child; its `priority` and `sequence` must be those it was inserted with. */
  remove(region: MemoryRegion): void {
    this.#items.splice(this.#position(region), 1);
    this.#index?.remove(region);
  }

  /** A child has another size: its bounds as rounded numbers are new. */
  resized(region: MemoryRegion): void {
    this.#index?.remove(region);
    this.#index?.add(region);
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
    if (this.#index) {
      const found = this.#index.query(low, high).filter((region) => region.enabled);
      if (found.length > 1) found.sort((a, b) => (precedes(a, b) ? 1 : -1));
      for (const region of found) visit(region);
      return;
    }
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
