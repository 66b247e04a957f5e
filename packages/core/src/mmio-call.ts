import type { Address } from "./address.js";
import type { Data64 } from "./data64.js";
import { type MemTxAttrs, MemTxResult } from "./mem-tx.js";
import type { MmioOps, ResolvedMmioOps, WideMmioOps } from "./mmio-ops.js";

/** Calls the device's read for exactly `size` bytes; `data` arrives as 0 and is filled. */
export function callRead(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (ops.wide) return callWideRead(ops.callbacks as WideMmioOps, BigInt(addr), size, attrs, data);
  const cb = ops.callbacks as MmioOps;
  const offset = Number(addr);
  if (cb.readWithAttrs) return keepOnSuccess(cb.readWithAttrs(offset, size, attrs, data), data);
  if (size === 8) {
    if (!cb.read64) return MemTxResult.DECODE_ERROR;
    data.value64 = cb.read64(offset, attrs);
    return MemTxResult.OK;
  }
  if (!cb.read) return MemTxResult.DECODE_ERROR;
  data.value = cb.read(offset, size, attrs);
  return MemTxResult.OK;
}

/** Calls the device's write with exactly `size` bytes. */
export function callWrite(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (ops.wide) return callWideWrite(ops.callbacks as WideMmioOps, BigInt(addr), size, attrs, data);
  const cb = ops.callbacks as MmioOps;
  const offset = Number(addr);
  if (cb.writeWithAttrs) return cb.writeWithAttrs(offset, data, size, attrs);
  if (size === 8) {
    if (!cb.write64) return MemTxResult.DECODE_ERROR;
    cb.write64(offset, data.value64, attrs);
    return MemTxResult.OK;
  }
  if (!cb.write) return MemTxResult.DECODE_ERROR;
  cb.write(offset, data.lo, size, attrs);
  return MemTxResult.OK;
}

function callWideRead(
  cb: WideMmioOps,
  offset: bigint,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (cb.readWithAttrs) return keepOnSuccess(cb.readWithAttrs(offset, size, attrs, data), data);
  if (size === 8) {
    if (!cb.read64) return MemTxResult.DECODE_ERROR;
    data.value64 = cb.read64(offset, attrs);
    return MemTxResult.OK;
  }
  if (!cb.read) return MemTxResult.DECODE_ERROR;
  data.value = cb.read(offset, size, attrs);
  return MemTxResult.OK;
}

function callWideWrite(
  cb: WideMmioOps,
  offset: bigint,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  if (cb.writeWithAttrs) return cb.writeWithAttrs(offset, data, size, attrs);
  if (size === 8) {
    if (!cb.write64) return MemTxResult.DECODE_ERROR;
    cb.write64(offset, data.value64, attrs);
    return MemTxResult.OK;
  }
  if (!cb.write) return MemTxResult.DECODE_ERROR;
  cb.write(offset, data.lo, size, attrs);
  return MemTxResult.OK;
}

function keepOnSuccess(result: MemTxResult, data: Data64): MemTxResult {
  if (result !== MemTxResult.OK) data.set(0, 0);
  return result;
}
