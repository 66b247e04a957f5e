import {
  type Address,
  IommuAccess,
  type IommuTlbEntry,
  type MemTxAttrs,
  PAGE_SIZE,
} from "@mem/core";
import { internalsOf, type IommuWalk, narrow } from "@mem/core/plumbing";
import { askIommu, MAX_IOMMU_HOPS, refuseHops } from "./ask-iommu.js";
import type { TranslationTarget } from "./iommu-answer.js";
import { NO_TRANSLATION, pageAt, pageEntry } from "./iotlb.js";
import { enterView, type Translation } from "./translation.js";

const PAGE_MASK = /* @__PURE__ */ BigInt(PAGE_SIZE - 1);

/**
 * The way of accesses through translating regions, which each of them brings (`IommuTranslator.walk`).
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export const IOMMU_WALK: IommuWalk = { ask: askIommu, follow: followIommu, iotlbEntry: walkToPage };

/** Follows an access that has come to a translating region, through as many as there are. */
function followIommu(out: Translation): void {
  const { isWrite } = out;
  for (let hops = 0; internalsOf(out.region).isIommu; hops++) {
    const isOver = hops >= MAX_IOMMU_HOPS && refuseHops(out.region);
    const entry = isOver
      ? null
      : askIommu<TranslationTarget>(out.region, BigInt(out.xlat), isWrite, out.attrs);
    const needed = isWrite ? IommuAccess.WO : IommuAccess.RO;
    if (!entry?.targetAs || (entry.perm & needed) === 0) {
      if (out.carry !== null) cutRefused(entry, out);
      out.region = out.view.system.unassigned;
      return;
    }
    enterView(out, entry.targetAs.flatView, moveThrough(entry, out));
  }
}

/**
 * Cuts a refusal, where words are split, to the block that was refused: up to a page, or a byte
 * where nothing tells.
 */
function cutRefused(entry: IommuTlbEntry<unknown> | null, out: Translation): void {
  const mask = (entry?.addrMask ?? 0n) & PAGE_MASK;
  const room = mask - (BigInt(out.xlat) & mask) + 1n;
  if (room < out.length) out.length = narrow(room);
}

/** The output address of an entry for where `out` is; the length is cut to the entry's end. */
function moveThrough(entry: IommuTlbEntry<TranslationTarget>, out: Translation): Address {
  const { xlat } = out;
  const size = Number(entry.addrMask) + 1;
  const base = Number(entry.translatedAddr);
  // Numbers do for pages of up to 2 GiB below 2^53; their low 32 bits are exact in `>>> 0`.
  const isPage = size <= 0x8000_0000 && (size & (size - 1)) === 0;
  if (isPage && base <= Number.MAX_SAFE_INTEGER && typeof xlat === "number") {
    const offset = ((xlat >>> 0) & (size - 1)) >>> 0;
    const inPage = size - offset;
    if (inPage < out.length) out.length = inPage;
    return base - (((base >>> 0) & (size - 1)) >>> 0) + offset;
  }
  const mask = entry.addrMask;
  const at = (entry.translatedAddr & ~mask) | (BigInt(xlat) & mask);
  const inPage = (at | mask) - at + 1n;
  if (inPage < out.length) out.length = narrow(inPage);
  return narrow(at);
}

/** The translation of a page that a translating region has to itself, through as many as there are. */
function walkToPage(
  space: TranslationTarget,
  first: bigint,
  isWrite: boolean,
  attrs: MemTxAttrs,
): IommuTlbEntry<unknown> {
  const flag = isWrite ? IommuAccess.WO : IommuAccess.RO;
  let mask = (1n << 64n) - 1n;
  let target = space;
  let at = first;
  for (let hops = 0; ; hops++) {
    const range = pageAt(target.flatView, at);
    if (range === null) return NO_TRANSLATION;
    if (!range.isWhole || !internalsOf(range.region).isIommu) break;
    if (hops >= MAX_IOMMU_HOPS && refuseHops(range.region)) return NO_TRANSLATION;
    const { offset } = range;
    const entry = askIommu<TranslationTarget>(range.region, offset, isWrite, attrs);
    if (!entry?.targetAs || (entry.perm & flag) === 0) return NO_TRANSLATION;
    at = (entry.translatedAddr & ~entry.addrMask) | (offset & entry.addrMask);
    mask &= entry.addrMask;
    target = entry.targetAs;
  }
  return pageEntry(target, first, at, mask === (1n << 64n) - 1n ? PAGE_MASK : mask);
}
