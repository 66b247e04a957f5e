import type { AddressRow } from "./map-layout.js";

/** Height of the lowest row: a line of text with air around it. */
const ROW = 26;
/** Height of the lowest row where there are few: two lines, and room for arrows. */
const ROW_OF_FEW = 48;
const FEW = 4;
/** Rows whose sizes differ no more than this are drawn to scale. */
const TO_SCALE = 6n;
/** Growth of a row for each doubling of its size, and the most of it, in pixels. */
const GROWTH = 2.5;
const MOST_GROWTH = 40;
/** An empty row this many times as long as rows usually are is marked as broken. */
const LONG = 16n;

/**
 * Heights for the stretches between boundaries. Where sizes are alike, they are to scale; where
 * they are not, each is high enough to be read, and long ones are a little higher.
 *
 * @param boundaries ascending, at least two
 * @param isEmpty true if nothing but containers lies in the row that starts there
 */
export function scaleRows(
  boundaries: readonly bigint[],
  top: number,
  isEmpty: (start: bigint) => boolean,
): AddressRow[] {
  const spans = boundaries.slice(1).map((end, at) => ({ start: boundaries[at] ?? 0n, end }));
  const sizes = spans.map(({ start, end }) => end - start);
  const least = sizes.reduce((a, b) => (a < b ? a : b), sizes[0] ?? 1n);
  const most = sizes.reduce((a, b) => (a > b ? a : b), 0n);
  const isToScale = most <= least * TO_SCALE;
  const usual = sizes.toSorted(ascending)[(sizes.length - 1) >> 1] ?? least;
  const lowest = sizes.length <= FEW ? ROW_OF_FEW : ROW;
  const rows: AddressRow[] = [];
  let y = top;
  for (const { start, end } of spans) {
    const size = end - start;
    const ratio = Number(size) / Number(least);
    const isBroken = !isToScale && size >= usual * LONG && isEmpty(start);
    const extra = Math.min(MOST_GROWTH, GROWTH * Math.log2(ratio));
    const height = isToScale ? lowest * ratio : isBroken ? lowest + 10 : lowest + extra;
    const rounded = Math.round(height);
    rows.push({ start, end, y, height: rounded, isBroken });
    y += rounded;
  }
  return rows;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The place where a boundary lies. */
export class Scale {
  readonly rows: readonly AddressRow[];
  readonly #edges = new Map<bigint, number>();

  constructor(rows: readonly AddressRow[]) {
    this.rows = rows;
    for (const row of rows) {
      this.#edges.set(row.start, row.y);
      this.#edges.set(row.end, row.y + row.height);
    }
  }

  /** The y of a boundary; of an address within a row, that of the row. */
  yOf(address: bigint): number {
    const exact = this.#edges.get(address);
    if (exact !== undefined) return exact;
    const row = this.rows.find(({ start, end }) => start <= address && address < end);
    const last = this.rows.at(-1);
    return row?.y ?? (last ? last.y + last.height : 0);
  }

  /** The rows between two addresses, which are boundaries. */
  within(low: bigint, high: bigint): readonly AddressRow[] {
    return this.rows.slice(this.indexOf(low), this.indexOf(high));
  }

  /** Number of the first row that starts at `address` or after it. */
  indexOf(address: bigint): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle]?.start ?? 0n) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
