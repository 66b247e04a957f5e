import { type Address, hex, toAddress, toSize } from "../address.js";
import { RamBlockError } from "../errors.js";
import type { RamHolder } from "./holder.js";

/**
 * The live bytes of a region's memory; see `MemoryRegion.ramBytes`.
 * @param offset in bytes, as is `length`
 * @throws RamBlockError when the region has no memory, or the range leaves it
 */
export function liveBytes(region: RamHolder, offset: Address, length?: Address): Uint8Array {
  if (region.alias) return bytesThroughAlias(region, region.alias, offset, length);
  const block = region.ramBlock;
  if (!block) {
    throw new RamBlockError(`${region.describe()} has no memory`, {
      rule: "no-ram",
      region: region.describe(),
    });
  }
  return block.bytes(Number(offset), Number(length ?? block.maxLength - Number(offset)));
}

/** Bytes of its target that an alias shows: no byte before or behind that. */
function bytesThroughAlias(
  alias: RamHolder,
  target: RamHolder,
  offset: Address,
  length?: Address,
): Uint8Array {
  const from = toAddress(offset, "offset", alias.describe());
  const end = length === undefined ? alias.size : from + toSize(length, "length", alias.describe());
  if (from > end || end > alias.size) {
    throw new RamBlockError(
      `${alias.describe()}: bytes ${hex(from)}+${hex(end - from)} leave the alias of ${hex(alias.size)}`,
      { rule: "ram-range", region: alias.describe(), other: target.describe(), address: from },
    );
  }
  const start = from + alias.aliasOffset;
  if (length !== undefined) return target.ramBytes(start, end - from);
  const rest = lengthOf(target) - start;
  return target.ramBytes(start, rest < end - from ? rest : end - from);
}

/** Bytes of memory that a region, or an alias, has to show. */
function lengthOf(region: RamHolder): bigint {
  return region.alias ? region.size : BigInt(region.ramBlock?.maxLength ?? region.size);
}

/**
 * Brings bytes of a region's memory to what stands behind it (`memory_region_msync`,
 * `memory_region_writeback`); aliases are followed. Memory without a backing that can be synced
 * has nothing to do.
 * @param length bytes; what lies beyond the used length is left out
 * @throws RamBlockError when the region has no memory, or the range leaves it
 */
export function syncRam(region: RamHolder, offset: Address, length: Address): void {
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
