import {
  type Address,
  IommuAccess,
  type IommuTlbEntry,
  type MemoryRegion,
  type MemTxAttrs,
  PAGE_SIZE,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import type { FlatView } from "../view/flat-view.js";

const PAGE_MASK = /* @__PURE__ */ BigInt(PAGE_SIZE - 1);

/** The answer where nothing is mapped or a translation fails. */
export const NO_TRANSLATION: IommuTlbEntry<never> = {
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
  const shown = pageAt(space.flatView, first);
  if (shown === null) return NO_TRANSLATION;
  const { isIommu, iommu } = internalsOf(shown.region);
  if (!shown.isWhole || !isIommu) return pageEntry(space, first, first, PAGE_MASK);
  const entry = iommu?.walk.iotlbEntry(space, first, isWrite, attrs) ?? NO_TRANSLATION;
  return entry as IommuTlbEntry<Space>;
}

/** The region and the place in it that show at an address. */
interface ShownPage {
  /** The region. */
  readonly region: MemoryRegion;
  /** Offset of the address within the region, in bytes. */
  readonly offset: bigint;
  /** True if the region has the page around the address to itself. */
  readonly isWhole: boolean;
}

/** The page around an address of a view; `null` where nothing shows in it. */
export function pageAt(view: FlatView, at: bigint): ShownPage | null {
  const page = at & ~PAGE_MASK;
  const [range] = view.rangesWithin(page, page + BigInt(PAGE_SIZE));
  if (!range) return null;
  const { region, start, end, offset } = range;
  return { region, offset: at - start + offset, isWhole: start <= page && end > page + PAGE_MASK };
}

/** The entry of a page that ends up at an address of an address space. */
export function pageEntry<Space>(
  targetAs: Space,
  iova: bigint,
  translatedAddr: bigint,
  addrMask: bigint,
): IommuTlbEntry<Space> {
  const perm = IommuAccess.RW;
  return {
    targetAs,
    iova: iova & ~addrMask,
    translatedAddr: translatedAddr & ~addrMask,
    addrMask,
    perm,
  };
}
