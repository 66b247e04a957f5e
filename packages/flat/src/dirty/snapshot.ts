import {
  type Address,
  type DirtyBitmap,
  hex,
  type MemoryRegion,
  PAGE_SIZE,
  RamBlockError,
  toAddress,
} from "@mem/core";
import type { Ink } from "@mem/qom";
import { checkRange } from "../arguments.js";
import { dataOf, Inspectable, type Summary } from "../inspect/summary.js";
import {
  type ByteRange,
  type DirtyRange,
  type DirtyRun,
  pagesOf,
  rangeOf,
  runsWithin,
} from "./runs.js";

/** A captured piece of a dirty bitmap (`DirtyBitmapSnapshot`). */
export class DirtySnapshot extends Inspectable {
  /** The region whose memory was captured. */
  readonly region: MemoryRegion;
  /** Offset within the region's memory of the captured pages, in bytes. */
  readonly offset: number;
  /** Number of bytes that were captured: whole groups of 64 pages, as far as memory is in use. */
  readonly length: number;
  readonly #firstPage: number;
  readonly #endPage: number;
  readonly #bitmap: DirtyBitmap;

  /**
   * `snapshotAndClearDirty` makes snapshots.
   * @param bitmap has the bits of the pages that were captured
   * @param first number of the first of these pages
   * @param end number of the page behind the last
   */
  constructor(region: MemoryRegion, bitmap: DirtyBitmap, first: number, end: number) {
    super();
    this.region = region;
    this.#bitmap = bitmap;
    this.#firstPage = first;
    this.#endPage = end;
    this.offset = first * PAGE_SIZE;
    const used = region.ramBlock?.usedLength ?? 0;
    this.length = Math.max(Math.min(end * PAGE_SIZE, used) - this.offset, 0);
  }

  /**
   * True if any page that a byte range of the region touches was dirty
   * (`memory_region_snapshot_get_dirty`).
   * @throws RamBlockError when the range leaves what was captured.
   */
  isDirty(offset: Address, length: Address): boolean {
    const { first, end } = pagesOf(this.#captured(offset, length));
    return this.#bitmap.any(first, end);
  }

  /**
   * The runs of pages that were dirty, in ascending order, as byte ranges of the region's memory.
   * @param range every page that it touches counts; default: all that was captured, which may be
   *   more than was asked for, and is clean now.
   * @throws RamBlockError when the range leaves what was captured; AddressError, ArgumentError when
   *   it is none.
   */
  runs(range: DirtyRange = {}): IterableIterator<DirtyRun> {
    checkRange(range, "snapshot.runs");
    const { offset = this.offset } = range;
    const rest = BigInt(this.offset + this.length) - toAddress(offset, "offset");
    const { length = rest > 0n ? rest : 0n } = range;
    return runsWithin(this.region, this.#bitmap, this.#captured(offset, length));
  }

  /** Number of pages that were dirty, of all that were captured. */
  get dirtyPages(): number {
    const { first, end } = pagesOf({ from: this.offset, bytes: this.length });
    return this.#bitmap.count(first, end);
  }

  protected override summarize(): Summary {
    const { region, offset, length } = this;
    const place = `${hex(offset)}+${hex(length)}`;
    return {
      kind: "DirtySnapshot",
      name: region.name,
      facts: [place, `${this.dirtyPages} dirty page(s)`],
      lines: (ink) => runLines(this.runs(), ink),
    };
  }

  /** The captured range, and the first 256 runs of dirty pages, in bytes. */
  toJSON(): object {
    const { region, offset, length, dirtyPages } = this;
    return {
      region: region.name,
      offset,
      length,
      dirtyPages,
      runs: dataOf(this.runs(), (run) => run),
    };
  }

  #captured(offset: Address, length: Address): ByteRange {
    const range = rangeOf(this.region, offset, length);
    const { first, end } = pagesOf(range);
    if (first >= this.#firstPage && end <= this.#endPage) return range;
    throw new RamBlockError(`${hex(range.from)}+${hex(range.bytes)} was not captured`, {
      rule: "snapshot-range",
      region: this.region.describe(),
      address: range.from,
    });
  }
}

function* runLines(runs: Iterable<DirtyRun>, ink: Ink): Generator<string> {
  for (const { offset, length } of runs) yield ink(`${hex(offset)}+${hex(length)}`, "number");
}
