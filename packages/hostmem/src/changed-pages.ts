import { PAGE_SIZE } from "@mem/core";

/**
 * The runs of pages within `[from, to)`, which starts at a page, in which two arrays differ, or
 * that are in `also`, by their first byte.
 */
export function* changedRuns(
  bytes: Uint8Array,
  copy: Uint8Array,
  from: number,
  to: number,
  also?: ReadonlySet<number>,
): IterableIterator<[number, number]> {
  if (!also && !differ(bytes, copy, from, to)) return;
  let start = -1;
  for (let page = from; page < to; page += PAGE_SIZE) {
    const end = Math.min(page + PAGE_SIZE, to);
    const changed = also?.has(page) === true || differ(bytes, copy, page, end);
    if (changed && start < 0) start = page;
    if (changed || start < 0) continue;
    yield [start, page];
    start = -1;
  }
  if (start >= 0) yield [start, to];
}

/** True if two arrays differ within `[from, to)`. */
export function differ(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  return Buffer.compare(a.subarray(from, to), b.subarray(from, to)) !== 0;
}
