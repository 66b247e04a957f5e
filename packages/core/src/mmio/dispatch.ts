import { type Address, addWrapped } from "../address.js";
import { Data64 } from "../access/data64.js";
import { firstIoeventfd, type Ioeventfd } from "./ioeventfd.js";
import { type MemOp, memOpSize, MemOp as Op } from "../access/mem-op.js";
import { type MemTxAttrs, MemTxResult } from "../access/mem-tx.js";
import { callRead, callWrite } from "./call.js";
import type { ResolvedMmioOps } from "./resolved-ops.js";
import {
  beginGuardedCallback,
  beginCallback,
  endGuardedCallback,
  endCallback,
  mayEnter,
  mayNest,
  refuseReentry,
} from "./guard.js";
import { validOps } from "./rules.js";
import type { DevicePort } from "./device-port.js";
import { ramDeviceRead, ramDeviceWrite } from "./ram-device.js";

/**
 * Reads directly from a region (`memory_region_dispatch_read`): size and alignment rules, the
 * device's callbacks, byte order. Follows aliases. The value is composed of whatever the
 * callbacks returned and is not cut to the size of the access.
 */
export function dispatchRead(
  region: DevicePort,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
): MemTxResult {
  data.set(0, 0);
  if (region.alias) return dispatchRead(region.alias, throughAlias(region, addr), op, data, attrs);
  if (region.watchers.flushCoalesced) region.system.flushCoalescedMmio();
  if (region.isRamDevice) return ramDeviceRead(region.ramBlock, addr, op, data);
  const size = memOpSize(op);
  const ops = validOps(region, addr, size, false, attrs);
  if (ops === null) return MemTxResult.DECODE_ERROR;
  if (!mayEnter(region)) return refused(region);
  const guard = beginGuardedCallback(region);
  let result: MemTxResult;
  try {
    result = readPieces(region, addr, size, attrs, data);
  } catch (error) {
    data.set(0, 0);
    result = callbackThrew(region, error);
  } finally {
    endGuardedCallback(region, guard);
  }
  if (needsSwap(ops, op)) data.swap(size);
  return result;
}

/** Writes directly to a region (`memory_region_dispatch_write`); see {@link dispatchRead}. */
export function dispatchWrite(
  region: DevicePort,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
): MemTxResult {
  if (region.alias) return dispatchWrite(region.alias, throughAlias(region, addr), op, data, attrs);
  if (region.watchers.flushCoalesced) region.system.flushCoalescedMmio();
  if (region.isRamDevice) return ramDeviceWrite(region.ramBlock, addr, op, data);
  const size = memOpSize(op);
  const ops = validOps(region, addr, size, true, attrs);
  if (ops === null) return MemTxResult.DECODE_ERROR;
  if (needsSwap(ops, op)) data.swap(size);
  const trigger =
    region.watchers.ioeventfds.length > 0 ? findTrigger(region, addr, size, data) : null;
  if (trigger) return signal(region, trigger);
  if (!mayEnter(region)) return refused(region);
  const guard = beginGuardedCallback(region);
  try {
    return writePieces(region, addr, size, attrs, data);
  } catch (error) {
    return callbackThrew(region, error);
  } finally {
    endGuardedCallback(region, guard);
  }
}

/** Offset in the target of an alias; not checked against its bounds. */
function throughAlias(alias: DevicePort, addr: Address): Address {
  return addWrapped(alias.aliasOffset, addr);
}

function needsSwap(ops: ResolvedMmioOps, op: MemOp): boolean {
  return ((op & Op.BIG) !== 0) !== ops.bigEndian;
}

function refused(region: DevicePort): MemTxResult {
  refuseReentry(region);
  return MemTxResult.ACCESS_ERROR;
}

/** Bytes that one callback moves: the access, within what the implementation can do. */
function pieceSize(ops: ResolvedMmioOps, size: number): number {
  return Math.max(Math.min(size, ops.implMax), ops.implMin);
}

function readPieces(
  region: DevicePort,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  const { ops } = region;
  if (ops === null) return MemTxResult.DECODE_ERROR;
  const piece = pieceSize(ops, size);
  if (piece === size) {
    const result = callRead(ops, addr, size, attrs, data);
    data.truncate(size);
    return result;
  }
  const part = partOf(region, ops);
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
  region: DevicePort,
  addr: Address,
  size: number,
  attrs: MemTxAttrs,
  data: Data64,
): MemTxResult {
  const { ops } = region;
  if (ops === null) return MemTxResult.DECODE_ERROR;
  const piece = pieceSize(ops, size);
  const part = partOf(region, ops);
  let result: MemTxResult = MemTxResult.OK;
  for (let i = 0; i < size; i += piece) {
    part.set(0, 0);
    part.orShifted(data.lo, data.hi, -pieceShift(ops, size, piece, i));
    part.truncate(piece);
    result |= callWrite(ops, addWrapped(addr, i), piece, attrs, part);
  }
  return result;
}

/** A carrier for one piece of an access: one for each depth at which the region is entered. */
function partOf(region: DevicePort, ops: ResolvedMmioOps): Data64 {
  return (ops.parts[region.entered] ??= new Data64());
}

/** Position of piece `i` in the value, in bits; negative when a piece is wider than the access. */
function pieceShift(ops: ResolvedMmioOps, size: number, piece: number, i: number): number {
  return (ops.bigEndian ? size - piece - i : i) * 8;
}

function callbackThrew(region: DevicePort, error: unknown): MemTxResult {
  region.logCallbackError(error);
  return MemTxResult.ERROR;
}

/** The first write trigger that the access sets off. */
function findTrigger(
  region: DevicePort,
  addr: Address,
  size: number,
  data: Data64,
): Ioeventfd | null {
  const at = BigInt(addr);
  const list = region.watchers.ioeventfds;
  for (let i = firstIoeventfd(list, (fd) => fd.addr >= at); i < list.length; i++) {
    const fd = list[i];
    if (fd?.addr !== at) return null;
    if (fd.size !== 0 && fd.size !== size) continue;
    if (fd.size !== 0 && fd.matchData && fd.data !== data.value64) continue;
    return fd;
  }
  return null;
}

/** Whoever is signalled may access memory in turn, so it counts as a callback; no guard applies. */
function signal(region: DevicePort, trigger: Ioeventfd): MemTxResult {
  if (!mayNest(region)) return refused(region);
  beginCallback(region);
  try {
    trigger.notifier.set();
    return MemTxResult.OK;
  } catch (error) {
    return callbackThrew(region, error);
  } finally {
    endCallback(region);
  }
}
