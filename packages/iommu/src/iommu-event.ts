import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import type { IommuNotifier, IommuNotifierFlag } from "./iommu-notifier.js";
import { checkEntry, checkNotifier } from "./notifier-arguments.js";

/**
 * A change of a translation table (`IOMMUTLBEvent`).
 * @see {@link IommuMemoryRegion}, whose subclasses tell of them
 */
export interface IommuEvent {
  /** The kind of change: one of {@link IommuNotifierFlag}. */
  readonly type: IommuNotifierFlag;
  /** The new entry; it takes the place of all others for its input addresses. */
  readonly entry: IommuTlbEntry<AddressSpace>;
}

/**
 * The part of an entry within a notifier's range, `null` when there is none. The output address
 * stays that of the whole entry, unless the notifier's cropping is `"exact"`: then it moves along.
 * The mask may stop being a power of two minus 1: it is the length minus 1.
 * @throws ArgumentError for what is no entry, or no notifier
 */
export function cropEntry(
  entry: IommuTlbEntry<AddressSpace>,
  notifier: IommuNotifier,
): IommuTlbEntry<AddressSpace> | null {
  checkEntry(entry);
  checkNotifier(notifier, "cropEntry");
  return cropped(entry, notifier);
}

/** {@link cropEntry} of what was checked. */
export function cropped(
  entry: IommuTlbEntry<AddressSpace>,
  notifier: IommuNotifier,
): IommuTlbEntry<AddressSpace> | null {
  const last = entry.iova + entry.addrMask;
  if (notifier.start > last || notifier.end < entry.iova) return null;
  const iova = entry.iova > notifier.start ? entry.iova : notifier.start;
  const end = last < notifier.end ? last : notifier.end;
  const isMoved = notifier.cropping === "exact" && entry.perm !== IommuAccess.NONE;
  const translatedAddr = entry.translatedAddr + (isMoved ? iova - entry.iova : 0n);
  return { ...entry, iova, translatedAddr, addrMask: end - iova };
}
