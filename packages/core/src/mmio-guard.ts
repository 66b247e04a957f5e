import type { MemoryRegion } from "./memory-region.js";

/** How many accesses may be in flight, one inside the other, before a further one is refused. */
export const MAX_REENTRY_DEPTH = 64;

/** Whether a callback of the region may be entered now. */
export function mayEnter(region: MemoryRegion): boolean {
  const guard = region.guardDevice;
  if (guard !== null && guard.engagedInIo) return false;
  return region.memory.reclaimer.inFlight < MAX_REENTRY_DEPTH;
}

/** Says why it may not, once for each region; always false. */
export function refuseEntry(region: MemoryRegion): false {
  const busy = region.guardDevice?.engagedInIo ?? false;
  region.memory.logOnce(
    `${busy ? "reentry" : "depth"}:${region.id}`,
    "guest_error",
    busy
      ? `${region.describe()}: blocked re-entrant access to a busy device`
      : `${region.describe()}: accesses nest more than ${MAX_REENTRY_DEPTH} deep, refused`,
  );
  return false;
}

/** A callback of the region begins; {@link leaveDevice} must follow. */
export function engage(region: MemoryRegion): void {
  const guard = region.guardDevice;
  if (guard !== null) guard.engagedInIo = true;
  region.memory.reclaimer.enter();
}

/** The callback is over. */
export function leaveDevice(region: MemoryRegion): void {
  const guard = region.guardDevice;
  if (guard !== null) guard.engagedInIo = false;
  region.memory.reclaimer.exit();
}
