/** The events that a notifier wants (`IOMMUNotifierFlag`), and the kind of an event; OR-able. */
export const IommuNotifierFlag = {
  /** No event at all. */
  NONE: 0,
  /** A translation is gone. */
  UNMAP: 1,
  /** A translation appeared. */
  MAP: 2,
  /** A translation that a device may hold in its own cache is gone. */
  DEVIOTLB_UNMAP: 4,
  /** `UNMAP` and `MAP`: what one needs to mirror the table. */
  IOTLB_EVENTS: 3,
  /** The event that a device which caches translations needs. */
  DEVIOTLB_EVENTS: 4,
  /** Every kind of event. */
  ALL: 7,
} as const;

/** An OR of {@link IommuNotifierFlag} bits. */
export type IommuNotifierFlag = number;

/** Names of flags, e.g. `UNMAP|MAP`. */
export function flagNames(flags: IommuNotifierFlag): string {
  const { UNMAP, MAP, DEVIOTLB_UNMAP } = IommuNotifierFlag;
  const names = Object.entries({ UNMAP, MAP, DEVIOTLB_UNMAP })
    .filter(([, flag]) => (flags & flag) !== 0)
    .map(([name]) => name);
  return names.length === 0 ? "NONE" : names.join("|");
}
