import { precedes } from "./precedence.js";
import type { Sibling } from "./sibling.js";
import { SubregionIndex } from "./subregion-index.js";

/** From this many children on, they are kept in an index once one is of use. */
const INDEX_FROM = 48;

const MAX_EXACT = /* @__PURE__ */ BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The children of a region, in order of precedence: higher priority first, and among equals
 * the one added last.
 */
export class Subregions<Region extends Sibling> {
  /**
   * The one of highest precedence at the end, where most additions happen. Empty once there is an
   * index, which many children get when a part of them is asked for: a map that is built in one
   * transaction, and looked at as a whole then, takes neither the time nor the memory for one.
   */
  #items: Region[] = [];
  /** Starts and ends of the {@link #items} as rounded numbers, in turns; `null` until they are asked for. */
  #bounds: number[] | null = null;
  #index: SubregionIndex<Region> | null = null;
  /** No child has ended behind it while there was no index. */
  #end = 0;
  #size = 0;
  #enabled = 0;

  /** Number of children. */
  get size(): number {
    return this.#size;
  }

  /** Adds a child whose place, `priority` and `sequence` are set; takes logarithmic time. */
  insert(region: Region): void {
    this.#size++;
    if (region.enabled) this.#enabled++;
    if (this.#index) {
      this.#index.add(region);
      return;
    }
    const end = region.approximateEnd;
    if (end > this.#end) this.#end = end;
    const { length } = this.#items;
    const last = this.#items[length - 1];
    if (last === undefined || precedes(last, region)) {
      this.#items.push(region);
      this.#bounds?.push(region.approximateStart, end);
    } else if (length < INDEX_FROM) {
      const at = this.#position(region);
      this.#items.splice(at, 0, region);
      this.#bounds?.splice(2 * at, 0, region.approximateStart, end);
    } else {
      this.#madeIndex().add(region);
    }
  }

  /** Removes a child; its place, `priority` and `sequence` are those it was inserted with. */
  remove(region: Region): void {
    this.#size--;
    if (region.enabled) this.#enabled--;
    const index = this.#neededIndex();
    if (index) {
      index.remove(region);
      return;
    }
    const at = this.#position(region);
    this.#items.splice(at, 1);
    this.#bounds?.splice(2 * at, 2);
  }

  /** A child has another size: its end as a rounded number is new. */
  resized(region: Region): void {
    if (this.#index) {
      this.#index.resized(region);
      return;
    }
    const end = region.approximateEnd;
    if (end > this.#end) this.#end = end;
    if (this.#bounds) this.#bounds[2 * this.#position(region) + 1] = end;
  }

  /** A child was enabled or disabled. */
  switched(region: Region): void {
    this.#enabled += region.enabled ? 1 : -1;
    this.#index?.switched(region);
  }

  /** All children, highest precedence first. */
  *[Symbol.iterator](): IterableIterator<Region> {
    const items = this.#index
      ? this.#index.all().sort((a, b) => (precedes(a, b) ? -1 : 1))
      : this.#items;
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      if (item) yield item;
    }
  }

  /** The only enabled child; `null` when there are none or several. `count` stops at 2. */
  soleEnabled(): { count: 0 | 1 | 2; child: Region | null } {
    if (this.#enabled !== 1) return this.#enabled === 0 ? NONE : SEVERAL;
    const index = this.#neededIndex();
    const child = index ? index.top : this.#items.find(({ enabled }) => enabled);
    return { count: 1, child: child ?? null };
  }

  /**
   * Calls `visit` for each enabled child that may intersect `[from, to)` (bytes within the
   * container), highest precedence first, until it answers `false`. The test is made on rounded
   * numbers, so that a child that only just misses the window may be visited too.
   */
  visitWindow(from: bigint, to: bigint, visit: (region: Region) => boolean): void {
    const low = from < MAX_EXACT ? Number(from) + 1 : Number(from);
    const high = to <= MAX_EXACT ? Number(to) - 1 : Number(to);
    // Where all may be seen, an index finds nothing sooner.
    const isWhole = from === 0n && high >= this.#end;
    const index = isWhole ? this.#index : this.#neededIndex();
    if (index) {
      index.visit(low, high, visit);
      return;
    }
    // What is visited may change the children, though not within a rendering.
    const items = this.#items;
    const bounds = isWhole ? null : (this.#bounds ??= boundsOf(items));
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      if (item === undefined || !item.enabled) continue;
      if (bounds !== null && !meets(bounds, i, low, high)) continue;
      if (!visit(item)) return;
    }
  }

  /** The index, if there are so many children that one is of use. */
  #neededIndex(): SubregionIndex<Region> | null {
    return this.#index === null && this.#items.length >= INDEX_FROM
      ? this.#madeIndex()
      : this.#index;
  }

  #madeIndex(): SubregionIndex<Region> {
    const index = new SubregionIndex<Region>();
    for (const item of this.#items) index.add(item);
    this.#items = [];
    this.#bounds = null;
    this.#index = index;
    return index;
  }

  #position(region: Region): number {
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

function boundsOf(regions: readonly Sibling[]): number[] {
  return regions.flatMap((region) => [region.approximateStart, region.approximateEnd]);
}

/** True if a child with these bounds may intersect `[low, high]`. */
function meets(bounds: readonly number[], index: number, low: number, high: number): boolean {
  const start = bounds[2 * index];
  const end = bounds[2 * index + 1];
  return start === undefined || end === undefined || (start <= high && end >= low);
}

const NONE = { count: 0, child: null } as const;
const SEVERAL = { count: 2, child: null } as const;
