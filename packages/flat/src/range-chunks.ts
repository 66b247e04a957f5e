import type { FlatRange } from "./flat-range.js";

const CHUNK_TARGET = 32;
const CHUNK_MAX = 64;

/**
 * A run of consecutive ranges, shared by all views that contain it. While any view does, it
 * holds one use of each range's region.
 */
export class RangeChunk {
  readonly ranges: readonly FlatRange[];
  #holders = 0;

  constructor(ranges: readonly FlatRange[]) {
    this.ranges = ranges;
  }

  /** A view takes the chunk. */
  retain(): void {
    if (this.#holders++ > 0) return;
    for (const range of this.ranges) range.region.refShown();
  }

  /** A view lets it go. */
  release(): void {
    if (--this.#holders > 0) return;
    for (const range of this.ranges) range.region.unrefShown();
  }
}

/** Cuts ranges into chunks of a size that is cheap to copy. */
export function chunkRanges(ranges: readonly FlatRange[]): RangeChunk[] {
  if (ranges.length === 0) return [];
  if (ranges.length <= CHUNK_MAX) return [new RangeChunk(ranges)];
  const chunks: RangeChunk[] = [];
  for (let i = 0; i < ranges.length; i += CHUNK_TARGET) {
    chunks.push(new RangeChunk(ranges.slice(i, i + CHUNK_TARGET)));
  }
  return chunks;
}

/**
 * Replaces the ranges of `[from, to)`, whose boundaries no old range crosses, by others; chunks
 * that the window does not touch are reused.
 */
export function replaceRanges(
  chunks: readonly RangeChunk[],
  from: bigint,
  to: bigint,
  fresh: readonly FlatRange[],
): RangeChunk[] {
  let first = firstChunkEndingAfter(chunks, from);
  let next = first;
  const head: FlatRange[] = [];
  const tail: FlatRange[] = [];
  for (; next < chunks.length; next++) {
    const ranges = chunks[next]?.ranges ?? [];
    const start = ranges[0]?.start;
    if (start === undefined || start >= to) break;
    for (const range of ranges) {
      if (range.end <= from) head.push(range);
      else if (range.start >= to) tail.push(range);
    }
  }
  // A small remainder joins its neighbour, so that chunks do not crumble.
  if (head.length + fresh.length + tail.length < CHUNK_TARGET / 2) {
    const [before, after] = [chunks[first - 1], chunks[next]];
    if (before && before.ranges.length < CHUNK_MAX / 2) {
      head.unshift(...before.ranges);
      first--;
    } else if (after) {
      tail.push(...after.ranges);
      next++;
    }
  }
  const middle = [...head, ...fresh, ...tail];
  return [...chunks.slice(0, first), ...chunkRanges(middle), ...chunks.slice(next)];
}

/** Index of the first chunk with a range that ends after `address`. */
export function firstChunkEndingAfter(chunks: readonly RangeChunk[], address: bigint): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const end = chunks[middle]?.ranges.at(-1)?.end ?? 0n;
    if (end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
