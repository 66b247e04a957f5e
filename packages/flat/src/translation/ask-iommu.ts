import { IommuAccess, type IommuTlbEntry, type MemoryRegion, type MemTxAttrs } from "@mem/core";
import {
  beginCallback,
  endCallback,
  internalsOf,
  type IommuTranslator,
  mayNest,
  refuseReentry,
} from "@mem/core/plumbing";
import { checkIommuAnswer } from "./iommu-answer.js";

/**
 * Translations followed for one access before it is given up.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export const MAX_IOMMU_HOPS = 64;

/** Says that a chain of translations has no end, once for the region it got to; always true. */
export function refuseHops(region: MemoryRegion): true {
  region.system.logOnce(
    `iommu-hops:${internalsOf(region).id}`,
    "guest_error",
    `${region.describe()}: more than ${MAX_IOMMU_HOPS} translations of one access; refused`,
    internalsOf(region),
  );
  return true;
}

/**
 * Answer of a translating region for an offset within it; `null` when it throws or answers what is
 * no translation ({@link checkIommuAnswer}), which is logged, and where walks would nest without
 * end. A walk may access memory itself: it counts as an access in flight, and finds working storage
 * of its own.
 */
export function askIommu<Target>(
  region: MemoryRegion,
  offset: bigint,
  isWrite: boolean,
  attrs: MemTxAttrs,
): IommuTlbEntry<Target> | null {
  const iommu = internalsOf(region).iommu as IommuTranslator<Target> | null;
  if (!iommu || !(mayNest(internalsOf(region)) || refuseReentry(internalsOf(region)))) return null;
  beginCallback(internalsOf(region));
  try {
    const flag = isWrite ? IommuAccess.WO : IommuAccess.RO;
    return checkIommuAnswer(region, iommu.translate(offset, flag, iommu.attrsToIndex(attrs)));
  } catch (error) {
    internalsOf(region).logCallbackError(error);
    return null;
  } finally {
    endCallback(internalsOf(region));
  }
}
