import { type Address, hex, toAddress, toSize } from "../address.js";
import { RamBlockError } from "../errors.js";
import type { RamHolder } from "./holder.js";

/** The live bytes of a region's memory; see `MemoryRegion.ramBytes`. */
export function liveBytes(region: RamHolder, offset: Address, length?: Address): Uint8Array {
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
export function syncRam(region: RamHolder, offset: Address, length: Address): void {
  region.assertUsable("sync");
  const bytes = toSize(length, "length", region.describe());
  let start = toAddress(offset, "offset", region.describe());
  let target: RamHolder = region;
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
