import type { MemoryRegion } from "@mem/core";
import { FlatRange } from "./flat-range.js";
import { firstEndingAfter, positionOf } from "./range-search.js";

const SPLIT_AT = 512;

/**
 * Collects the ranges of a view while it is rendered. Regions arrive by precedence, and each
 * gets whatever those before it left free.
 */
export class RangeBuilder {
  /** Sorted runs of sorted ranges, short enough to insert into cheaply. */
  readonly #runs: FlatRange[][] = [];
  /**
   * Ranges before all others, the first one at the end. Regions arrive by precedence, so that of
   * those that were added by ascending address each lies before those that came already.
   */
  #front: FlatRange[] = [];

  /**
   * Fills what is free of `[from, to)` with a region.
   * @param base the address of its first byte, which need not show
   * @param attributes as `FlatRange` takes them
   */
  fill(region: MemoryRegion, base: bigint, from: bigint, to: bigint, attributes: number): void {
    const first = this.#front.at(-1) ?? this.#runs[0]?.[0];
    if (!first || to <= first.start) {
      this.#front.push(new FlatRange(region, from, to, from - base, attributes));
      return;
    }
    const last = this.#runs.at(-1)?.at(-1) ?? this.#front[0];
    if (!last || last.end <= from) {
      this.#append(new FlatRange(region, from, to, from - base, attributes));
      return;
    }
    this.#settleFront();
    const make = (start: bigint, end: bigint): FlatRange =>
      new FlatRange(region, start, end, start - base, attributes);
    let position = from;
    let { run, index } = this.#place(from);
    while (position < to) {
      const range = this.#runs[run]?.[index];
      if (!range) {
        if (run >= this.#runs.length) break;
        run++;
        index = 0;
        continue;
      }
      if (range.start >= to) break;
      if (range.start > position) {
        this.#insert(make(position, range.start));
        ({ run, index } = this.#place(range.start));
      }
      position = range.end;
      index++;
    }
    if (position < to) this.#insert(make(position, to));
  }

  /** The first free address from `from` on, `to` at most. */
  firstFree(from: bigint, to: bigint): bigint {
    this.#settleFront();
    let position = from;
    let { run, index } = this.#place(from);
    while (position < to) {
      const range = this.#runs[run]?.[index++];
      if (range) {
        if (range.start > position) break;
        if (range.end > position) position = range.end;
      } else {
        if (++run >= this.#runs.length) break;
        index = 0;
      }
    }
    return position < to ? position : to;
  }

  /** All ranges, in order, neighbours joined where they are one. */
  finish(): FlatRange[] {
    this.#settleFront();
    const joined: FlatRange[] = [];
    let before: FlatRange | undefined;
    for (const run of this.#runs) {
      for (const range of run) {
        if (before?.joins(range)) joined[joined.length - 1] = before = before.extendedBy(range);
        else joined.push((before = range));
      }
    }
    return joined;
  }

  /** Makes the ranges in front runs like all others. */
  #settleFront(): void {
    if (this.#front.length === 0) return;
    const front = this.#front.reverse();
    this.#front = [];
    const run = this.#runs[0];
    if (run && run.length + front.length <= SPLIT_AT) {
      run.unshift(...front);
      return;
    }
    const runs: FlatRange[][] = [];
    for (let i = 0; i < front.length; i += SPLIT_AT) runs.push(front.slice(i, i + SPLIT_AT));
    this.#runs.unshift(...runs);
  }

  #append(range: FlatRange): void {
    const run = this.#runs.at(-1);
    if (run && run.length < SPLIT_AT) run.push(range);
    else this.#runs.push([range]);
  }

  #insert(range: FlatRange): void {
    const { run: at, index } = this.#place(range.start);
    const run = this.#runs[at];
    if (!run) {
      this.#runs.push([range]);
      return;
    }
    run.splice(index, 0, range);
    if (run.length > SPLIT_AT) this.#runs.splice(at + 1, 0, run.splice(run.length >>> 1));
  }

  /** The place where the first range that ends after `address` is, or would be. */
  #place(address: bigint): { run: number; index: number } {
    const position = positionOf(address);
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#runs[middle]?.[0];
      if (first && (first.start === address || !first.startsFrom(position))) low = middle + 1;
      else high = middle;
    }
    const run = Math.max(low - 1, 0);
    return { run, index: firstEndingAfter(this.#runs[run] ?? [], position) };
  }
}
