import {
  type Address,
  type DirtyBitmap,
  hex,
  type MemoryRegion,
  PAGE_SIZE,
  type RamBlock,
  RamBlockError,
  toAddress,
  toSize,
} from "@mem/core";
import { checkRegion, internalsOf, isExactNumber } from "@mem/core/plumbing";
import { checkRange } from "../arguments.js";

/**
 * A byte range of a region's memory.
 * @see {@link dirtyRuns}
 */
export interface DirtyRange {
  /** Offset at which it starts, in bytes; default 0. */
  readonly offset?: Address;
  /** Its length in bytes; default: up to the end of the memory in use. */
  readonly length?: Address;
}

/** A {@link DirtyRange} that was checked. */
export interface ByteRange {
  readonly from: number;
  readonly bytes: number;
}

/**
 * A run of dirty pages, as large as possible.
 * @see {@link dirtyRuns}
 */
export interface DirtyRun {
  /**
   * Offset within the region's memory at which it starts, in bytes: a multiple of the page size.
   */
  readonly offset: number;
  /** Its length in bytes: whole pages, but where the memory ends within one. */
  readonly length: number;
}

/**
 * The runs of pages that are dirty for one client, in ascending order; nothing is cleared. Bits
 * are read as the iteration gets there: what is marked or cleared meanwhile further on shows.
 * @param range bytes of the region's memory; every page that they touch counts.
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 *
 * @example
 * ram.setLog(true);
 * snapshotAndClearDirty(ram, 0, 0x10000, DirtyClient.VGA);
 * space.store(0x5000, 1, 1);
 * for (const { offset, length } of dirtyRuns(ram, DirtyClient.VGA)) {
 *   console.log(hex(offset), length); // prints: 0x5000 4096
 * }
 * @see the guide "Watching the map", "Which pages were written?"
 */
export function dirtyRuns(
  region: MemoryRegion,
  client: number,
  range: DirtyRange = {},
): IterableIterator<DirtyRun> {
  checkRegion(region, "dirtyRuns");
  checkRange(range, "dirtyRuns");
  const bitmap = blockOf(region).dirtyBitmap(client);
  return runsWithin(region, bitmap, givenRange(region, range));
}

/**
 * Number of pages that are dirty for one client: of the whole memory in use, or those that a range
 * touches.
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 */
export function countDirtyPages(
  region: MemoryRegion,
  client: number,
  range: DirtyRange = {},
): number {
  checkRegion(region, "countDirtyPages");
  checkRange(range, "countDirtyPages");
  const bitmap = blockOf(region).dirtyBitmap(client);
  const { first, end } = pagesOf(givenRange(region, range));
  return bitmap.count(first, end);
}

/**
 * The runs of a bitmap of the region's pages, among those that a byte range touches.
 * @throws RamBlockError for a region without memory
 */
export function runsWithin(
  region: MemoryRegion,
  bitmap: DirtyBitmap,
  range: ByteRange,
): IterableIterator<DirtyRun> {
  const { first, end } = pagesOf(range);
  return walk(bitmap, first, end, blockOf(region).usedLength);
}

function* walk(
  bitmap: DirtyBitmap,
  first: number,
  end: number,
  usedLength: number,
): IterableIterator<DirtyRun> {
  for (let from = bitmap.nextDirty(first, end); from < end;) {
    const to = bitmap.nextClean(from, end);
    const offset = from * PAGE_SIZE;
    if (offset >= usedLength) return;
    yield { offset, length: Math.min(to * PAGE_SIZE, usedLength) - offset };
    from = bitmap.nextDirty(to, end);
  }
}

function givenRange(region: MemoryRegion, range: DirtyRange): ByteRange {
  const offset = range.offset ?? 0;
  const rest = BigInt(blockOf(region).usedLength) - toAddress(offset, "offset");
  return rangeOf(region, offset, range.length ?? (rest > 0n ? rest : 0n));
}

/** Pages that a byte range touches: the first, and the one behind the last. */
export function pagesOf(range: ByteRange): { first: number; end: number } {
  const end = Math.ceil((range.from + range.bytes) / PAGE_SIZE);
  return { first: Math.floor(range.from / PAGE_SIZE), end };
}

/**
 * A byte range, checked.
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 */
export function rangeOf(region: MemoryRegion, offset: Address, length: Address): ByteRange {
  internalsOf(region).assertUsable("track dirty pages of");
  const block = blockOf(region);
  // Devices mark each write of a guest: no path is put together for an error that there is not.
  if (isExactNumber(offset) && isExactNumber(length) && offset + length <= block.maxLength) {
    return { from: offset, bytes: length };
  }
  const from = toAddress(offset, "offset", region.describe());
  const bytes = toSize(length, "length", region.describe());
  if (from + bytes > BigInt(block.maxLength)) {
    throw new RamBlockError(
      `${region.describe()}: ${hex(from)}+${hex(bytes)} is not within its memory`,
      { rule: "ram-range", region: region.describe(), address: from },
    );
  }
  return { from: Number(from), bytes: Number(bytes) };
}

/**
 * The region's own memory; aliases are not followed.
 * @throws RamBlockError when it has none
 */
export function blockOf(region: MemoryRegion): RamBlock {
  if (region.ramBlock) return region.ramBlock;
  throw new RamBlockError(`${region.describe()} has no memory`, {
    rule: "no-ram",
    region: region.describe(),
  });
}
