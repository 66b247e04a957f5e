/** Checks of notifiers, events and entries, for callers that no compiler checked. */
import {
  aBigint,
  anInstance,
  aNumber,
  anyObject,
  anything,
  checkArgument,
  checkOptions,
  refuseArgument,
} from "@mem/core/plumbing";
import { IommuNotifier } from "./iommu-notifier.js";

const A_NOTIFIER = anInstance("an IommuNotifier", () => IommuNotifier);

const EVENT = { call: "an event of an IOMMU", required: { type: aNumber, entry: anyObject } };

const ENTRY = {
  call: "an entry of an IOMMU",
  required: { iova: aBigint, translatedAddr: aBigint, addrMask: aBigint, perm: aNumber },
  optional: { targetAs: anything },
};

/**
 * Refuses what is no notifier.
 * @throws ArgumentError
 */
export function checkNotifier(notifier: unknown, call: string): void {
  checkArgument(notifier, A_NOTIFIER, call, "the notifier", refuseArgument);
}

/**
 * Refuses what is no change of a table.
 * @throws ArgumentError
 */
export function checkEvent(event: unknown): void {
  checkOptions(event, EVENT, refuseArgument);
  checkEntry((event as { readonly entry: unknown }).entry);
}

/**
 * Refuses what is no entry of a table.
 * @throws ArgumentError
 */
export function checkEntry(entry: unknown): void {
  checkOptions(entry, ENTRY, refuseArgument);
}
