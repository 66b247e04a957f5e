import type { FlatRange } from "./flat-range.js";

const SPLIT_AT = 512;

/**
 * Collects the ranges of a view while it is rendered. Regions arrive by precedence, and each
 * gets whatever those before it left free.
 */
export class RangeBuilder {
  /** Sorted runs of sorted ranges, short enough to insert into cheaply. */
  readonly #runs: FlatRange[][] = [];

  /** Fills what is free of `[from, to)` with the pieces that `make` returns. */
  fill(from: bigint, to: bigint, make: (start: bigint, end: bigint) => FlatRange): void {
    for (const gap of this.#gaps(from, to)) this.#insert(make(gap.start, gap.end));
  }

  /** All ranges, in order, neighbours joined where they are one. */
  finish(): FlatRange[] {
    const joined: FlatRange[] = [];
    for (const run of this.#runs) {
      for (const range of run) {
        const before = joined.at(-1);
        if (before?.joins(range)) joined[joined.length - 1] = before.extendedBy(range);
        else joined.push(range);
      }
    }
    return joined;
  }

  #gaps(from: bigint, to: bigint): { start: bigint; end: bigint }[] {
    const gaps: { start: bigint; end: bigint }[] = [];
    let position = from;
    let run = this.#runBefore(from);
    let index = 0;
    const first = this.#runs[run];
    if (first) index = firstEndingAfter(first, from);
    while (position < to) {
      const range = this.#runs[run]?.[index];
      if (!range) {
        if (run >= this.#runs.length) break;
        run++;
        index = 0;
        continue;
      }
      if (range.start >= to) break;
      if (range.start > position) gaps.push({ start: position, end: range.start });
      if (range.end > position) position = range.end;
      index++;
    }
    if (position < to) gaps.push({ start: position, end: to });
    return gaps;
  }

  #insert(range: FlatRange): void {
    const index = this.#runBefore(range.start);
    const run = this.#runs[index];
    if (!run) {
      this.#runs.push([range]);
      return;
    }
    run.splice(firstEndingAfter(run, range.start), 0, range);
    if (run.length > SPLIT_AT) this.#runs.splice(index + 1, 0, run.splice(run.length >>> 1));
  }

  /** The last run that starts at or before `address`, or the first one. */
  #runBefore(address: bigint): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#runs[middle]?.[0]?.start ?? 0n;
      if (start <= address) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }
}

/** Index of the first range that ends after `address`. */
export function firstEndingAfter(ranges: readonly FlatRange[], address: bigint): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range && range.end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
