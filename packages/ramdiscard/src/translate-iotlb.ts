import { IommuAccess, type IommuTlbEntry, type MemoryRegion } from "@mem/core";
import { checkSpace } from "@mem/flat/plumbing";
import { type AddressSpace, MemoryRegionSection } from "@mem/flat";
import { checkEntry } from "./arguments.js";
import { getRamDiscardManager } from "./region-manager.js";

/** The place where a translation of an IOMMU leads in memory, or why it cannot be used. */
export type IotlbTarget =
  | {
      /** True if there is memory to use. */
      readonly ok: true;
      /** The RAM behind the translation. */
      readonly region: MemoryRegion;
      /** Offset within the region, in bytes. */
      readonly xlat: bigint;
      /** True if it may only be read: by the entry, or because the region is. */
      readonly readonly: boolean;
    }
  | {
      /** True if there is memory to use. */
      readonly ok: false;
      /** Reason of the refusal, for people. */
      readonly error: string;
    };

/**
 * Finds the memory behind a translation, for those who map it for a physical device
 * (`memory_translate_iotlb`): it must be RAM, all populated, and as large as the entry.
 * @param space the address space that the entry's output addresses belong to.
 */
export function translateIotlb(space: AddressSpace, entry: IommuTlbEntry<unknown>): IotlbTarget {
  checkSpace(space, "translateIotlb");
  checkEntry(entry);
  const { translatedAddr, addrMask } = entry;
  const isWrite = (entry.perm & IommuAccess.WO) !== 0;
  const { region, xlat, length } = space.translate(translatedAddr, addrMask + 1n, isWrite);
  if (!region.isRam) {
    return { ok: false, error: `iommu map to non memory area ${xlat.toString(16)}` };
  }
  const section = new MemoryRegionSection({
    region,
    offsetWithinRegion: xlat,
    offsetWithinAddressSpace: translatedAddr,
    size: length,
  });
  const manager = getRamDiscardManager(region);
  if (manager !== null && !manager.isPopulated(section)) {
    const where = translatedAddr.toString(16);
    return {
      ok: false,
      error: `iommu map to discarded memory (e.g., unplugged via virtio-mem): ${where}`,
    };
  }
  if ((length & addrMask) !== 0n) {
    return { ok: false, error: "iommu has granularity incompatible with target AS" };
  }
  return { ok: true, region, xlat, readonly: !isWrite || region.readonly };
}
