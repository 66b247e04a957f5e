import type { FlatRange } from "./flat-range.js";
import { firstEndingAfter, positionOf } from "./range-search.js";

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
    const last = this.#runs.at(-1)?.at(-1);
    if (!last || last.end <= from) {
      this.#append(make(from, to));
      return;
    }
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

  /** Where the first range that ends after `address` is, or would be. */
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
