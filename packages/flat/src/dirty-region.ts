import {
  type Address,
  hex,
  type MemoryRegion,
  PAGE_SIZE,
  RamBlockError,
  type RamBlock,
  toAddress,
  toSize,
} from "@mem/core";
import { AddressSpaces } from "./address-spaces.js";
import { DirtyLog } from "./dirty-log.js";
import { syncDirtyLog } from "./dirty-sync.js";

/** Pages that a snapshot captures and clears together. */
const SNAPSHOT_PAGES = 64;

/** Marks bytes of a region's memory dirty for all its dirty clients. */
export function setDirty(region: MemoryRegion, offset: Address, length: Address): void {
  const { block, from, bytes } = resolve(region, offset, length);
  block.markDirty(from, bytes, region.dirtyLogMask);
}

/**
 * Marks the pages that a byte range touches clean for one client; listeners with `logClear`
 * are told. Size 0 does nothing.
 */
export function resetDirty(
  region: MemoryRegion,
  offset: Address,
  length: Address,
  client: number,
): void {
  const { block, from, bytes } = resolve(region, offset, length);
  const bitmap = block.dirtyBitmap(client);
  if (bytes === 0) return;
  const first = Math.floor(from / PAGE_SIZE);
  const end = Math.ceil((from + bytes) / PAGE_SIZE);
  bitmap.clear(first, end);
  region.memory.clearDirtyLog(region, first * PAGE_SIZE, (end - first) * PAGE_SIZE);
}

/** Marks bytes dirty that a ROM device's own write callback changed in its memory. */
export function flushRomDevice(region: MemoryRegion, offset: Address, length: Address): void {
  const { from, bytes } = resolve(region, offset, length);
  region.markWritten(from, bytes);
}

/** A captured piece of a dirty bitmap (`DirtyBitmapSnapshot`). */
export class DirtySnapshot {
  readonly region: MemoryRegion;
  readonly #firstPage: number;
  readonly #dirty: Uint8Array;

  /** @internal */
  constructor(region: MemoryRegion, firstPage: number, dirty: Uint8Array) {
    this.region = region;
    this.#firstPage = firstPage;
    this.#dirty = dirty;
  }

  /**
   * Whether any page that a byte range of the region touches was dirty.
   * @throws RamBlockError when the range leaves what was captured.
   */
  isDirty(offset: Address, length: Address): boolean {
    const { from, bytes } = resolve(this.region, offset, length);
    const first = Math.floor(from / PAGE_SIZE) - this.#firstPage;
    const end = Math.ceil((from + bytes) / PAGE_SIZE) - this.#firstPage;
    if (first < 0 || end > this.#dirty.length) {
      throw new RamBlockError(`${hex(from)}+${hex(bytes)} was not captured`, {
        rule: "snapshot-range",
        region: this.region.describe(),
        address: from,
      });
    }
    return this.#dirty.subarray(first, end).includes(1);
  }
}

/**
 * Captures and clears one client's dirty bits around a byte range; whole groups of 64 pages are
 * taken (`memory_region_snapshot_and_clear_dirty`).
 */
export function snapshotAndClearDirty(
  region: MemoryRegion,
  offset: Address,
  length: Address,
  client: number,
): DirtySnapshot {
  const { block, from, bytes } = resolve(region, offset, length);
  const bitmap = block.dirtyBitmap(client);
  syncDirtyLog(AddressSpaces.of(region.memory), region, false);
  const group = SNAPSHOT_PAGES * PAGE_SIZE;
  const first = Math.floor(from / group) * SNAPSHOT_PAGES;
  const end = Math.ceil((from + bytes) / group) * SNAPSHOT_PAGES;
  const dirty = new Uint8Array(Math.max(end - first, 0));
  for (let page = first; page < end; page++) {
    dirty[page - first] = page < bitmap.pages && bitmap.get(page) ? 1 : 0;
  }
  bitmap.clear(first, end);
  region.memory.clearDirtyLog(region, from, bytes);
  DirtyLog.of(region.memory).afterSync();
  return new DirtySnapshot(region, first, dirty);
}

function resolve(
  region: MemoryRegion,
  offset: Address,
  length: Address,
): { block: RamBlock; from: number; bytes: number } {
  region.assertUsable("track dirty pages of");
  const block = region.ramBlock;
  const from = toAddress(offset, "offset", region.describe());
  const bytes = toSize(length, "length", region.describe());
  if (!block || from + bytes > BigInt(block.maxLength)) {
    throw new RamBlockError(
      `${region.describe()}: ${hex(from)}+${hex(bytes)} is not within its memory`,
      { rule: block ? "ram-range" : "no-ram", region: region.describe(), address: from },
    );
  }
  return { block, from: Number(from), bytes: Number(bytes) };
}
