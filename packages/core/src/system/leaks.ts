import type { LeakEntry, ObjectSystem, QomObject } from "@mem/qom";
import type { RegionIdentity } from "../region/identity.js";

/**
 * An object that something besides its parent keeps alive.
 * @see {@link DeviceObject}, on whose page leaks are looked for
 */
export interface MemoryLeak extends LeakEntry {
  /** The place where address spaces show regions whose use counts on this object, e.g. `regs at 0x4000 of memory`. */
  readonly shownAt: readonly string[];
}

/** The object model's leak report, with the views that account for unnamed references. */
export function describeLeaks(
  objects: ObjectSystem,
  showings: ReadonlyMap<RegionIdentity, readonly string[]>,
): MemoryLeak[] {
  const byHolder = new Map<QomObject, string[]>();
  for (const [region, places] of showings) {
    const counted = region.owner && region.isRam ? region : region.owner;
    if (!counted) continue;
    byHolder.set(counted, [...(byHolder.get(counted) ?? []), ...places]);
  }
  return [...objects.leaks()].map((entry) => ({
    ...entry,
    shownAt: byHolder.get(entry.object) ?? [],
  }));
}
