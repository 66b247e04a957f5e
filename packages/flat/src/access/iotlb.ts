import {
  type Address,
  IommuAccess,
  type IommuTlbEntry,
  type MemTxAttrs,
  PAGE_SIZE,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import type { FlatView } from "../view/flat-view.js";
import { askIommu, MAX_IOMMU_HOPS, refuseHops } from "./translation.js";

const PAGE_MASK = /* @__PURE__ */ BigInt(PAGE_SIZE - 1);

/** The answer where nothing is mapped or a translation fails. */
const NOTHING: IommuTlbEntry<never> = {
  targetAs: null,
  iova: 0n,
  translatedAddr: 0n,
  addrMask: 0n,
  perm: IommuAccess.NONE,
};

/**
 * The translation of a whole page (`address_space_get_iotlb_entry`). A page that several ranges
 * share, or that is mapped in part only, counts as one without translation.
 */
export function iotlbEntry<Space extends { readonly flatView: FlatView }>(
  space: Space,
  addr: Address,
  isWrite: boolean,
  attrs: MemTxAttrs,
): IommuTlbEntry<Space> {
  const first = BigInt(addr);
  const flag = isWrite ? IommuAccess.WO : IommuAccess.RO;
  let mask = (1n << 64n) - 1n;
  let target = space;
  let at = first;
  for (let hops = 0; ; hops++) {
    const page = at & ~PAGE_MASK;
    const touching = [...target.flatView.rangesWithin(page, page + BigInt(PAGE_SIZE))];
    const range = touching[0];
    if (!range) return NOTHING;
    const whole = range.start <= page && range.end > page + PAGE_MASK;
    if (!whole || !internalsOf(range.region).isIommu) break;
    if (hops >= MAX_IOMMU_HOPS && refuseHops(range.region)) return NOTHING;
    const offset = at - range.start + range.offset;
    const entry = askIommu<Space>(range.region, offset, isWrite, attrs);
    if (!entry?.targetAs || (entry.perm & flag) === 0) return NOTHING;
    at = (entry.translatedAddr & ~entry.addrMask) | (offset & entry.addrMask);
    mask &= entry.addrMask;
    target = entry.targetAs;
  }
  if (mask === (1n << 64n) - 1n) mask = PAGE_MASK;
  return {
    targetAs: target,
    iova: first & ~mask,
    translatedAddr: at & ~mask,
    addrMask: mask,
    perm: IommuAccess.RW,
  };
}
