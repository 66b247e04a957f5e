/** An address, also as a rounded number, which decides most comparisons. */
export interface Position {
  readonly exact: bigint;
  readonly rough: number;
}

/** The position of an address from 0 to 2^64. */
export function positionOf(exact: bigint): Position {
  return { exact, rough: Number(exact) };
}

/** A range as far as its place is concerned. */
export interface PlacedRange {
  endsBy(position: Position): boolean;
  startsFrom(position: Position): boolean;
}

/** Index of the first of ascending ranges that ends after a position. */
export function firstEndingAfter(ranges: readonly PlacedRange[], position: Position): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]?.endsBy(position)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first of ascending ranges that starts at a position, or after it. */
export function firstStartingFrom(ranges: readonly PlacedRange[], position: Position): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]?.startsFrom(position)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ascending ranges by the region that each shows, ascending for each. */
export function rangesByRegion<Range extends { readonly region: object }>(
  ranges: Iterable<Range>,
): ReadonlyMap<object, readonly Range[]> {
  const found = new Map<object, Range[]>();
  for (const range of ranges) {
    const known = found.get(range.region);
    if (known) known.push(range);
    else found.set(range.region, [range]);
  }
  return found;
}
