import { type Address, addWrapped } from "./address.js";
import { Data64 } from "./data64.js";
import { type MemOp, memOpSize, MemOp as Op } from "./mem-op.js";
import { type MemTxAttrs, MemTxResult } from "./mem-tx.js";
import { callRead, callWrite } from "./mmio-call.js";
import type { ResolvedMmioOps } from "./mmio-ops.js";
import { engage, leaveDevice, mayEnter, refuseEntry } from "./mmio-guard.js";
import { isValidAccess, offsetFits } from "./mmio-valid.js";
import type { MemoryRegion } from "./memory-region.js";
import { ramDeviceRead, ramDeviceWrite } from "./ram-device.js";

/**
 * Reads directly from a region (`memory_region_dispatch_read`): size and alignment rules, the
 * device's callbacks, byte order. Follows aliases. The value is composed of whatever the
 * callbacks returned and is not cut to the size of the access.
 */
export function dispatchRead(
  region: MemoryRegion,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
): MemTxResult {
  while (region.alias) {
    addr = addWrapped(region.aliasOffset, addr);
    region = region.alias;
  }
  data.set(0, 0);
  const size = memOpSize(op);
  const { ops } = region;
  if (region.isRamDevice) return ramDeviceRead(region, addr, op, data);
  if (
    ops === null ||
    !offsetFits(ops, addr) ||
    !isValidAccess(region, ops, addr, size, false, attrs)
  ) {
    return MemTxResult.DECODE_ERROR;
  }
  if (!enterDevice(region)) return MemTxResult.ACCESS_ERROR;
  let result: MemTxResult;
  try {
    result = readPieces(ops, addr, size, attrs, data);
  } catch (error) {
    data.set(0, 0);
    result = callbackThrew(region, error);
  } finally {
    leaveDevice(region);
  }
  if (((op & Op.BIG) !== 0) !== ops.bigEndian) data.swap(size);
  return result;
}

/** Writes directly to a region (`memory_region_dispatch_write`); see {@link dispatchRead}. */
export function dispatchWrite(
  region: MemoryRegion,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
): MemTxResult {
  while (region.alias) {
    addr = addWrapped(region.aliasOffset, addr);
    region = region.alias;
  }
  const size = memOpSize(op);
  const { ops } = region;
  if (region.isRamDevice) return ramDeviceWrite(region, addr, op, data);
  if (
    ops === null ||
    !offsetFits(ops, addr) ||
    !isValidAccess(region, ops, addr, size, true, attrs)
  ) {
    return MemTxResult.DECODE_ERROR;
  }
  if (((op & Op.BIG) !== 0) !== ops.bigEndian) data.swap(size);
  if (region.ioeventfds.length > 0 && signalEventfd(region, addr, size, data)) {
    return MemTxResult.OK;
  }
  if (!enterDevice(region)) return MemTxResult.ACCESS_ERROR;
  try {
    return writePieces(ops, addr, size, attrs, data);
  } catch (error) {
    return callbackThrew(region, error);
  } finally {
    leaveDevice(region);
  }
}

/** Bytes that one callback moves: the access, within what the implementation can do. */
function pieceSize(ops: ResolvedMmioOps, size: number): number {
  return Math.max(Math.min(size, ops.implMax), ops.implMin);
}

function readPieces(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  const piece = pieceSize(ops, size);
  if (piece === size) {
    const result = callRead(ops, addr, size, attrs, data);
    data.truncate(size);
    return result;
  }
  const part = new Data64();
  let result: MemTxResult = MemTxResult.OK;
  for (let i = 0; i < size; i += piece) {
    part.set(0, 0);
    result |= callRead(ops, addWrapped(addr, i), piece, attrs, part);
    part.truncate(piece);
    data.orShifted(part.lo, part.hi, pieceShift(ops, size, piece, i));
  }
  return result;
}

function writePieces(
  ops: ResolvedMmioOps,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  const piece = pieceSize(ops, size);
  const part = new Data64();
  let result: MemTxResult = MemTxResult.OK;
  for (let i = 0; i < size; i += piece) {
    part.set(0, 0);
    part.orShifted(data.lo, data.hi, -pieceShift(ops, size, piece, i));
    part.truncate(piece);
    result |= callWrite(ops, addWrapped(addr, i), piece, attrs, part);
  }
  return result;
}

/** Where piece `i` sits in the value, in bits; negative when a piece is wider than the access. */
function pieceShift(ops: ResolvedMmioOps, size: number, piece: number, i: number): number {
  return (ops.bigEndian ? size - piece - i : i) * 8;
}

function enterDevice(region: MemoryRegion): boolean {
  if (!mayEnter(region)) return refuseEntry(region);
  engage(region);
  return true;
}

function callbackThrew(region: MemoryRegion, error: unknown): MemTxResult {
  region.logCallbackError(error);
  return MemTxResult.ERROR;
}

function signalEventfd(region: MemoryRegion, addr: Address, size: number, data: Data64): boolean {
  const at = BigInt(addr);
  for (const fd of region.ioeventfds) {
    if (fd.addr !== at) continue;
    if (fd.size !== 0 && fd.size !== size) continue;
    if (fd.size !== 0 && fd.matchData && fd.data !== data.value64) continue;
    fd.notifier.set();
    return true;
  }
  return false;
}
