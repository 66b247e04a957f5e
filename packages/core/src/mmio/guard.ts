import type { DeviceObject } from "./device.js";
import type { DevicePort } from "./device-port.js";

/**
 * Number of callbacks that may run, one inside the other, before a further one is refused. Each counts
 * once, by whatever road its access came: in one piece or in several, of a processor or in bulk,
 * through a cache or a trace.
 */
export const MAX_REENTRY_DEPTH = 64;

/**
 * Number of times that callbacks of regions that are in a callback already may be entered again within one
 * outermost access. The depth alone would let a device that reaches itself twice do so 2^64 times.
 */
export const MAX_REENTRIES = 1000;

/**
 * Number of callbacks that may run inside two or more others within one outermost access. Beyond it those
 * that run reach nothing more: devices that each reach the next one several times would have
 * the work grow with the power of their number. What the outermost callback reaches by itself is
 * not counted, however much data it moves between devices.
 */
export const MAX_NESTED_CALLBACKS = 1_000_000;

/**
 * A callback of the region begins inside accesses that are in flight, if it may; it ends with
 * {@link endCallback}.
 */
export function beginNestedCallback(region: DevicePort): boolean {
  if (!mayNest(region)) return false;
  beginCallback(region);
  return true;
}

/** True if a callback of the region may be entered now. */
export function mayEnter(region: DevicePort): boolean {
  const guard = region.guardDevice;
  if (guard !== null && guard.engagedInIo) return false;
  return mayNest(region);
}

/**
 * True if the callbacks that run, and the region's own among them, leave room for one more inside.
 */
export function mayNest(region: DevicePort): boolean {
  const { reclaimer } = region.system;
  const depth = reclaimer.callbackDepth;
  if (depth === 0) return true;
  if (region.entered > 0 && reclaimer.reentries >= MAX_REENTRIES) return false;
  return depth < MAX_REENTRY_DEPTH && !areNestedCallbacksSpent(region);
}

/** True if the outermost access has had all the callbacks inside others that it may have. */
function areNestedCallbacksSpent(region: DevicePort): boolean {
  return region.system.reclaimer.nestedCallbacks >= MAX_NESTED_CALLBACKS;
}

/**
 * Says why it may not, once for each region, or once for all where no region has more to do with
 * it than others; always false.
 */
export function refuseReentry(region: DevicePort): false {
  const busy = region.guardDevice?.engagedInIo ?? false;
  if (!busy && areNestedCallbacksSpent(region)) {
    region.system.logOnce(
      "nested-callbacks",
      "guest_error",
      `${region.describe()}: more than ${MAX_NESTED_CALLBACKS} callbacks of one access would run inside others; refused`,
    );
    return false;
  }
  region.system.logOnce(
    `${busy ? "reentry" : "depth"}:${region.id}`,
    "guest_error",
    busy
      ? `${region.describe()}: blocked re-entrant access to a busy device`
      : `${region.describe()}: callbacks nest more than ${MAX_REENTRY_DEPTH} deep, or re-enter more than ${MAX_REENTRIES} times; refused`,
    region,
  );
  return false;
}

/**
 * A device's callback begins: the guard of its device is up until {@link endGuardedCallback}, which must
 * follow with the answer, whatever the callback does to the region's guard.
 * @returns the device that is busy now; `null` where no guard applies
 */
export function beginGuardedCallback(region: DevicePort): DeviceObject | null {
  const guard = region.guardDevice;
  if (guard !== null) guard.engagedInIo = true;
  beginCallback(region);
  return guard;
}

/** A device's callback has returned or thrown: its device is free again. */
export function endGuardedCallback(region: DevicePort, guard: DeviceObject | null): void {
  if (guard !== null) guard.engagedInIo = false;
  endCallback(region);
}

/**
 * Code of the region's creator begins that is no device access: a check, a translation.
 */
export function beginCallback(region: DevicePort): void {
  const { reclaimer } = region.system;
  reclaimer.beginCallback();
  if (region.entered++ > 0) reclaimer.countReentry();
}

/** Ends the callback that {@link beginCallback} began, which has returned or thrown. */
export function endCallback(region: DevicePort): void {
  region.entered--;
  region.system.reclaimer.endCallback();
}
