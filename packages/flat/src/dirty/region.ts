import { type Address, type MemoryRegion, MemorySystem, PAGE_SIZE } from "@mem/core";
import { checkRegion } from "@mem/core/plumbing";
import { SpaceRegistry } from "../space/registry.js";
import { DirtyLog } from "./log.js";
import { blockOf, pagesOf, rangeOf } from "./runs.js";
import { DirtySnapshot } from "./snapshot.js";
import { syncDirtyLog } from "./sync.js";

/** Pages that a snapshot captures and clears together. */
const SNAPSHOT_PAGES = 64;

/**
 * Marks bytes of a region's memory dirty for all its dirty clients (`memory_region_set_dirty`).
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 * @see the guide "Watching the map", "Which pages were written?"
 */
export function setDirty(region: MemoryRegion, offset: Address, length: Address): void {
  checkRegion(region, "setDirty");
  const { from, bytes } = rangeOf(region, offset, length);
  blockOf(region).markDirty(from, bytes, region.dirtyLogMask);
}

/**
 * Marks the pages that a byte range touches clean for one client; listeners with `logClear`
 * are told. Size 0 does nothing (`memory_region_reset_dirty`).
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 * @see the guide "Watching the map", "Which pages were written?"
 */
export function resetDirty(
  region: MemoryRegion,
  offset: Address,
  length: Address,
  client: number,
): void {
  checkRegion(region, "resetDirty");
  const range = rangeOf(region, offset, length);
  const bitmap = blockOf(region).dirtyBitmap(client);
  if (range.bytes === 0) return;
  const { first, end } = pagesOf(range);
  bitmap.clear(first, end);
  viewsOf(region).clearDirtyLog(region, first * PAGE_SIZE, (end - first) * PAGE_SIZE);
}

/**
 * Tells listeners with `logClear` that a byte range of a region is clean, where somebody keeps
 * dirty bits of his own (`memory_region_clear_dirty_bitmap`). The bitmaps of the region's memory
 * stay as they are. Size 0 does nothing.
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 * @see the guide "Watching the map", "Which pages were written?"
 */
export function clearDirtyBitmap(region: MemoryRegion, offset: Address, length: Address): void {
  checkRegion(region, "clearDirtyBitmap");
  const { from, bytes } = rangeOf(region, offset, length);
  if (bytes > 0) viewsOf(region).clearDirtyLog(region, from, bytes);
}

/**
 * Marks bytes dirty that a ROM device's own write callback changed in its memory
 * (`memory_region_flush_rom_device`).
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 */
export function flushRomDevice(region: MemoryRegion, offset: Address, length: Address): void {
  checkRegion(region, "flushRomDevice");
  const { from, bytes } = rangeOf(region, offset, length);
  region.markWritten(from, bytes);
}

/**
 * Captures and clears one client's dirty bits around a byte range; whole groups of 64 pages are
 * taken (`memory_region_snapshot_and_clear_dirty`). Chunks of the bitmap (128 MiB of memory)
 * that are taken as a whole are not even copied.
 * @throws RamBlockError when the region has no memory, or the range leaves it.
 *
 * @example
 * ram.setLog(true);
 * snapshotAndClearDirty(ram, 0, 0x10000, DirtyClient.VGA);
 * space.write(0x2ffe, new Uint8Array(4));
 * const drawn = snapshotAndClearDirty(ram, 0, 0x10000, DirtyClient.VGA);
 * for (const { offset, length } of drawn.runs()) console.log(hex(offset), length); // prints: 0x2000 8192
 * @see the guide "Watching the map", "Which pages were written?"
 */
export function snapshotAndClearDirty(
  region: MemoryRegion,
  offset: Address,
  length: Address,
  client: number,
): DirtySnapshot {
  checkRegion(region, "snapshotAndClearDirty");
  const { from, bytes } = rangeOf(region, offset, length);
  const bitmap = blockOf(region).dirtyBitmap(client);
  const views = viewsOf(region);
  syncDirtyLog(views, region, false);
  const group = SNAPSHOT_PAGES * PAGE_SIZE;
  const first = Math.floor(from / group) * SNAPSHOT_PAGES;
  const end = Math.ceil((from + bytes) / group) * SNAPSHOT_PAGES;
  const taken = bitmap.takeAndClear(first, end);
  views.clearDirtyLog(region, from, bytes);
  DirtyLog.of(views.system).afterSync();
  return new DirtySnapshot(region, taken, first, end);
}

function viewsOf(region: MemoryRegion): SpaceRegistry {
  return SpaceRegistry.of(MemorySystem.of(region));
}
