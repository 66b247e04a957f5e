import { type Address, hex, toAddress, toSize } from "../address.js";
import { RamBlockError } from "../errors.js";
import type { MemoryRegion } from "../region/memory-region.js";

/**
 * What stands behind memory that the caller mapped and supplied, or that is loaded from a
 * `RamSource`: a file, a device, a store of pages (`memory_region_init_ram_from_file`,
 * `_from_fd`). The memory model itself opens nothing.
 * @see the README of `@mem/core`, "Memory of one's own"
 */
export interface RamBacking {
  /** The host's handle, for those who map the same memory elsewhere; default -1: none. */
  readonly fd?: number;
  /** Where the RAM starts within the file, in bytes; default 0. */
  readonly offset?: number;
  /** Path of the file, for people. */
  readonly path?: string;
  /**
   * Brings `[offset, offset + length)` of the block to the medium: `msync`, or writing the
   * bytes out where there is no real mapping. Called by {@link syncRam}.
   */
  sync?(offset: number, length: number): void;
  /** The region has ended: lets the medium go. What it throws is logged. */
  end?(): void;
}

/** The live bytes of a region's memory; see `MemoryRegion.ramBytes`. */
export function liveBytes(region: MemoryRegion, offset: Address, length?: Address): Uint8Array {
  if (region.alias) return region.alias.ramBytes(BigInt(offset) + region.aliasOffset, length);
  const block = region.ramBlock;
  if (!block) {
    throw new RamBlockError(`${region.describe()} has no memory`, {
      rule: "no-ram",
      region: region.describe(),
    });
  }
  return block.bytes(Number(offset), Number(length ?? block.maxLength - Number(offset)));
}

/**
 * Brings bytes of a region's memory to what stands behind it (`memory_region_msync`,
 * `memory_region_writeback`); aliases are followed. Memory without a backing that can be synced
 * has nothing to do.
 * @param length bytes; what lies beyond the used length is left out
 * @throws RamBlockError when the region has no memory, or the range leaves it
 * @see the README of `@mem/core`, "For packages above"
 */
export function syncRam(region: MemoryRegion, offset: Address, length: Address): void {
  region.assertUsable("sync");
  const bytes = toSize(length, "length", region.describe());
  let start = toAddress(offset, "offset", region.describe());
  let target = region;
  while (target.alias) {
    start += target.aliasOffset;
    target = target.alias;
  }
  const block = target.ramBlock;
  if (!block || start + bytes > BigInt(block.maxLength)) {
    throw new RamBlockError(
      `${region.describe()}: ${hex(offset)}+${hex(bytes)} is not within its memory`,
      { rule: block ? "ram-range" : "no-ram", region: region.describe(), address: offset },
    );
  }
  const from = Number(start);
  const to = Math.min(from + Number(bytes), block.usedLength);
  if (from < to) block.backing?.sync?.(from, to - from);
}
