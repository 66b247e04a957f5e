import type { MemTxAttrs } from "../access/mem-tx.js";
import { beginNestedCallback, endCallback } from "./guard.js";
import type { AccessNesting, DevicePort } from "./device-port.js";

/** Answer of a fast path: the access needs the slow one; nothing has happened yet. */
export const NOT_FAST = -1;
/** Answer of a fast path: the callback threw; the access ends in `MemTxResult.ERROR`. */
export const CALLBACK_THREW = -2;

/**
 * Reads 1, 2 or 4 bytes, little endian, from a device whose rules ask for nothing but one call.
 * Answers an unsigned value, {@link NOT_FAST} or {@link CALLBACK_THREW}; allocates nothing.
 */
export function fastMmioRead(
  region: DevicePort,
  offset: number,
  size: number,
  attrs: MemTxAttrs,
): number {
  const { ops } = region;
  const read = ops === null ? null : ops.fastRead;
  if (ops === null || read === null || (ops.fastReadSizes & size) === 0) return NOT_FAST;
  if ((offset & (size - 1)) !== 0 && !ops.validUnaligned) return NOT_FAST;
  if (region.isWatched && region.watchers.flushCoalesced) region.system.flushCoalescedMmio();
  const guard = region.guardDevice;
  if (guard !== null && guard.engagedInIo) return NOT_FAST;
  const { reclaimer } = region.system;
  const isOutermost = reclaimer.isIdle;
  if (isOutermost) enterFirst(region, reclaimer);
  else if (!beginNestedCallback(region)) return NOT_FAST;
  if (guard !== null) guard.engagedInIo = true;
  try {
    const value = read.call(ops.callbacks, offset, size, attrs);
    return size === 4 ? value >>> 0 : size === 1 ? value & 0xff : value & 0xffff;
  } catch (error) {
    region.logCallbackError(error);
    return CALLBACK_THREW;
  } finally {
    if (guard !== null) guard.engagedInIo = false;
    if (isOutermost) leaveFirst(region, reclaimer);
    else endCallback(region);
  }
}

/**
 * Writes 1, 2 or 4 bytes likewise; `value` must be reduced to `size` bytes. Answers 0,
 * {@link NOT_FAST} or {@link CALLBACK_THREW}.
 */
export function fastMmioWrite(
  region: DevicePort,
  offset: number,
  value: number,
  size: number,
  attrs: MemTxAttrs,
): number {
  const { ops } = region;
  const write = ops === null ? null : ops.fastWrite;
  if (ops === null || write === null || (ops.fastWriteSizes & size) === 0) return NOT_FAST;
  if ((offset & (size - 1)) !== 0 && !ops.validUnaligned) return NOT_FAST;
  if (region.isWatched) {
    if (region.watchers.flushCoalesced) region.system.flushCoalescedMmio();
    if (region.watchers.ioeventfds.length > 0) return NOT_FAST;
  }
  const guard = region.guardDevice;
  if (guard !== null && guard.engagedInIo) return NOT_FAST;
  const { reclaimer } = region.system;
  const isOutermost = reclaimer.isIdle;
  if (isOutermost) enterFirst(region, reclaimer);
  else if (!beginNestedCallback(region)) return NOT_FAST;
  if (guard !== null) guard.engagedInIo = true;
  try {
    write.call(ops.callbacks, offset, value, size, attrs);
    return 0;
  } catch (error) {
    region.logCallbackError(error);
    return CALLBACK_THREW;
  } finally {
    if (guard !== null) guard.engagedInIo = false;
    if (isOutermost) leaveFirst(region, reclaimer);
    else endCallback(region);
  }
}

// Nearly every access comes while none is in flight: no rule about nesting applies then.

const enterFirst = (region: DevicePort, reclaimer: AccessNesting): void => {
  reclaimer.beginOutermost();
  region.entered = 1;
};

const leaveFirst = (region: DevicePort, reclaimer: AccessNesting): void => {
  region.entered = 0;
  reclaimer.endOutermost();
};
