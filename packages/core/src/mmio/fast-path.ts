import type { MemTxAttrs } from "../access/mem-tx.js";
import { engage, leaveDevice, mayEnter } from "./guard.js";
import type { ResolvedMmioOps } from "./resolved-ops.js";
import type { DevicePort } from "./device-port.js";

/**
 * The access needs the general path; nothing has happened yet.
 * @see the README of `@mem/core`, "For packages above"
 */
export const NOT_FAST = -1;
/**
 * The callback threw; the access ends in `MemTxResult.ERROR`.
 * @see the README of `@mem/core`, "For packages above"
 */
export const CALLBACK_THREW = -2;

/**
 * Reads 1, 2 or 4 bytes, little endian, from a device whose rules ask for nothing but one call.
 * Answers an unsigned value, {@link NOT_FAST} or {@link CALLBACK_THREW}; allocates nothing.
 * @see the README of `@mem/core`, "For packages above"
 */
export function fastMmioRead(
  region: DevicePort,
  ops: ResolvedMmioOps,
  offset: number,
  size: number,
  attrs: MemTxAttrs,
): number {
  const read = ops.fastRead;
  if (read === null || (ops.fastReadSizes & size) === 0) return NOT_FAST;
  if ((offset & (size - 1)) !== 0 && !ops.validUnaligned) return NOT_FAST;
  if (region.flushCoalesced) region.memory.flushCoalescedMmio();
  if (!mayEnter(region)) return NOT_FAST;
  const guard = engage(region);
  try {
    const value = read.call(ops.callbacks, offset, size, attrs);
    return size === 4 ? value >>> 0 : size === 1 ? value & 0xff : value & 0xffff;
  } catch (error) {
    region.logCallbackError(error);
    return CALLBACK_THREW;
  } finally {
    leaveDevice(region, guard);
  }
}

/**
 * Writes 1, 2 or 4 bytes likewise; `value` must be reduced to `size` bytes. Answers 0,
 * {@link NOT_FAST} or {@link CALLBACK_THREW}.
 * @see the README of `@mem/core`, "For packages above"
 */
export function fastMmioWrite(
  region: DevicePort,
  ops: ResolvedMmioOps,
  offset: number,
  value: number,
  size: number,
  attrs: MemTxAttrs,
): number {
  const write = ops.fastWrite;
  if (write === null || (ops.fastWriteSizes & size) === 0) return NOT_FAST;
  if ((offset & (size - 1)) !== 0 && !ops.validUnaligned) return NOT_FAST;
  if (region.flushCoalesced) region.memory.flushCoalescedMmio();
  if (region.ioeventfds.length > 0 || !mayEnter(region)) return NOT_FAST;
  const guard = engage(region);
  try {
    write.call(ops.callbacks, offset, value, size, attrs);
    return 0;
  } catch (error) {
    region.logCallbackError(error);
    return CALLBACK_THREW;
  } finally {
    leaveDevice(region, guard);
  }
}
