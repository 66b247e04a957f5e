import type { MemoryRegion } from "@mem/core";

/**
 * The region whose RAM block holds the first of these bytes, and where: the way back from a
 * pointer into guest memory.
 */
export function regionFromHost(
  regions: Iterable<MemoryRegion>,
  bytes: Uint8Array,
): { readonly region: MemoryRegion; readonly offset: number } | null {
  for (const region of regions) {
    const block = region.ramBlock;
    if (block === null) continue;
    const all = block.bytes(0, block.maxLength);
    const offset = bytes.byteOffset - all.byteOffset;
    if (all.buffer === bytes.buffer && offset >= 0 && offset < all.byteLength) {
      return { region, offset };
    }
  }
  return null;
}
