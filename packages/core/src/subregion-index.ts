import type { MemoryRegion } from "./memory-region.js";

const BLOCK = 64;
/** Changes kept aside before the sorted part is made anew; more for large containers. */
const MIN_ASIDE = 64;

interface Entry {
  readonly region: MemoryRegion;
  readonly start: number;
  readonly end: number;
  /** Whether the region still lies where the entry says. */
  live: boolean;
}

/**
 * Finds the children of a large container that may intersect a window, without looking at all
 * of them: entries sorted by start, with the highest end of each block of 64, and a few recent
 * ones aside. Works on rounded numbers and errs on the side of finding too much.
 */
export class SubregionIndex {
  #sorted: Entry[] = [];
  #blockEnds = new Float64Array(0);
  readonly #aside = new Set<Entry>();
  readonly #entries = new Map<MemoryRegion, Entry>();
  #dead = 0;

  /** Adds a child at its present place. */
  add(region: MemoryRegion): void {
    const entry = { region, start: region.roughStart, end: region.roughEnd, live: true };
    this.#entries.set(region, entry);
    this.#aside.add(entry);
  }

  /** Forgets a child. */
  remove(region: MemoryRegion): void {
    const entry = this.#entries.get(region);
    if (!entry) return;
    entry.live = false;
    this.#entries.delete(region);
    if (!this.#aside.delete(entry)) this.#dead++;
  }

  /** The children that may intersect `[low, high]`, in no particular order. */
  query(low: number, high: number): MemoryRegion[] {
    const changes = this.#aside.size + this.#dead;
    if (changes > Math.max(MIN_ASIDE, this.#sorted.length >>> 4)) this.#rebuild();
    const found: MemoryRegion[] = [];
    for (const entry of this.#aside) {
      if (entry.start <= high && entry.end >= low) found.push(entry.region);
    }
    const count = this.#countStartingBy(high);
    for (let block = 0; block * BLOCK < count; block++) {
      if ((this.#blockEnds[block] ?? 0) < low) continue;
      const end = Math.min(count, (block + 1) * BLOCK);
      for (let i = block * BLOCK; i < end; i++) {
        const entry = this.#sorted[i];
        if (entry?.live && entry.end >= low) found.push(entry.region);
      }
    }
    return found;
  }

  #rebuild(): void {
    this.#sorted = [...this.#entries.values()].sort((a, b) => a.start - b.start);
    this.#aside.clear();
    this.#dead = 0;
    this.#blockEnds = new Float64Array(Math.ceil(this.#sorted.length / BLOCK));
    for (const [i, { end }] of this.#sorted.entries()) {
      const block = Math.floor(i / BLOCK);
      this.#blockEnds[block] = Math.max(this.#blockEnds[block] ?? 0, end);
    }
  }

  #countStartingBy(high: number): number {
    let low = 0;
    let top = this.#sorted.length;
    while (low < top) {
      const middle = (low + top) >>> 1;
      if ((this.#sorted[middle]?.start ?? 0) <= high) low = middle + 1;
      else top = middle;
    }
    return low;
  }
}
