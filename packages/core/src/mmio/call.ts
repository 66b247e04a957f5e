import type { Address } from "../address.js";
import type { Data64 } from "../access/data64.js";
import { type MemTxAttrs, MemTxResult } from "../access/mem-tx.js";
import type { MmioCallbacks, MmioOps, WideMmioOps } from "./callbacks.js";
import type { ResolvedMmioOps } from "./resolved-ops.js";

/** Calls the device's read for exactly `size` bytes; `data` arrives as 0 and is filled. */
export function callRead(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  return ops.wide
    ? readWith(ops.callbacks as WideMmioOps, BigInt(addr), size, attrs, data)
    : readWith(ops.callbacks as MmioOps, Number(addr), size, attrs, data);
}

/** Calls the device's write with exactly `size` bytes. */
export function callWrite(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  return ops.wide
    ? writeWith(ops.callbacks as WideMmioOps, BigInt(addr), size, attrs, data)
    : writeWith(ops.callbacks as MmioOps, Number(addr), size, attrs, data);
}

function readWith<Offset>(
  device: MmioCallbacks<Offset>,
  offset: Offset,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (device.readWithAttrs) {
    const result = outcome(device.readWithAttrs(offset, size, attrs, data));
    // A device may have put anything into the carrier.
    if (result === MemTxResult.OK) data.set(data.lo, data.hi);
    else data.set(0, 0);
    return result;
  }
  if (size === 8) {
    if (!device.read64) return MemTxResult.DECODE_ERROR;
    data.value64 = device.read64(offset, attrs);
    return MemTxResult.OK;
  }
  if (!device.read) return MemTxResult.DECODE_ERROR;
  data.value = device.read(offset, size, attrs);
  return MemTxResult.OK;
}

function writeWith<Offset>(
  device: MmioCallbacks<Offset>,
  offset: Offset,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (device.writeWithAttrs) return outcome(device.writeWithAttrs(offset, data, size, attrs));
  if (size === 8) {
    if (!device.write64) return MemTxResult.DECODE_ERROR;
    device.write64(offset, data.value64, attrs);
    return MemTxResult.OK;
  }
  if (!device.write) return MemTxResult.DECODE_ERROR;
  device.write(offset, data.lo, size, attrs);
  return MemTxResult.OK;
}

/** The bits that there are, of whatever a device answered. */
function outcome(result: MemTxResult): MemTxResult {
  return result & (MemTxResult.ERROR | MemTxResult.DECODE_ERROR | MemTxResult.ACCESS_ERROR);
}
