import {
  accessChunk,
  type Address,
  addWrapped,
  type Data64,
  memOp,
  type MemoryRegion,
  type MemTxAttrs,
  MemTxResult,
} from "@mem/core";
import type { FlatView } from "./flat-view.js";
import type { Frame } from "./scratch.js";
import { translate, type Translation } from "./translation.js";

/** Whether a master that insists on memory may go on. */
function isAllowed(region: MemoryRegion, attrs: MemTxAttrs): boolean {
  if (!attrs.memory || region.isRam) return true;
  region.memory.log("guest_error", `${region.describe()}: a memory-only access hit no memory`);
  return false;
}

/** Bytes of a direct piece: up to the end of the RAM block. */
function directLength(hit: Translation): number {
  const block = hit.region.ramBlock;
  const room = block ? block.maxLength - Number(hit.xlat) : 0;
  return hit.length < room ? Number(hit.length) : room;
}

/** Reads bytes through a view, piece by piece (`flatview_read`). */
export function readView(
  view: FlatView,
  addr: Address,
  into: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
): MemTxResult {
  const { hit, data } = frame;
  let result: MemTxResult = MemTxResult.OK;
  for (let done = 0; done < into.length;) {
    const at = addWrapped(addr, done);
    translate(view, at, into.length - done, false, attrs, hit);
    if (!isAllowed(hit.region, attrs)) {
      if (done === 0) return MemTxResult.ACCESS_ERROR;
      result |= MemTxResult.ACCESS_ERROR;
      done += Number(hit.length);
    } else if (hit.region.isDirect(false, attrs)) {
      const n = directLength(hit);
      hit.region.ramBlock?.read(Number(hit.xlat), into.subarray(done, done + n));
      done += n;
    } else {
      const n = accessChunk(opsOf(hit.region), hit.length, hit.xlat);
      result |= hit.region.dispatchRead(hit.xlat, memOp(n), data, attrs);
      storeBytes(into, done, n, data);
      done += n;
    }
  }
  return result;
}

/** Writes bytes through a view, piece by piece (`flatview_write`). */
export function writeView(
  view: FlatView,
  addr: Address,
  from: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
): MemTxResult {
  const { hit, data } = frame;
  let result: MemTxResult = MemTxResult.OK;
  for (let done = 0; done < from.length;) {
    const at = addWrapped(addr, done);
    translate(view, at, from.length - done, true, attrs, hit);
    if (!isAllowed(hit.region, attrs)) {
      if (done === 0) return MemTxResult.ACCESS_ERROR;
      result |= MemTxResult.ACCESS_ERROR;
      done += Number(hit.length);
    } else if (hit.region.isDirect(true, attrs)) {
      const n = directLength(hit);
      const offset = Number(hit.xlat);
      hit.region.ramBlock?.write(offset, from.subarray(done, done + n));
      hit.region.markWritten(offset, n);
      done += n;
    } else {
      const n = accessChunk(opsOf(hit.region), hit.length, hit.xlat);
      loadBytes(from, done, n, data);
      result |= hit.region.dispatchWrite(hit.xlat, memOp(n), data, attrs);
      done += n;
    }
  }
  return result;
}

/** Writes RAM and ROM alike and silently skips devices (`address_space_write_rom`). */
export function writeRomView(
  view: FlatView,
  addr: Address,
  from: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
): void {
  const { hit } = frame;
  for (let done = 0; done < from.length;) {
    translate(view, addWrapped(addr, done), from.length - done, true, attrs, hit);
    if (hit.region.directRead) {
      const n = directLength(hit);
      const offset = Number(hit.xlat);
      hit.region.ramBlock?.write(offset, from.subarray(done, done + n));
      hit.region.markWritten(offset, n);
      done += n;
    } else {
      done += accessChunk(opsOf(hit.region), hit.length, hit.xlat);
    }
  }
}

/** Whether every piece of an access would be accepted (`address_space_access_valid`). */
export function isViewAccessValid(
  view: FlatView,
  addr: Address,
  length: number,
  isWrite: boolean,
  attrs: MemTxAttrs,
  frame: Frame,
): boolean {
  const { hit } = frame;
  for (let done = 0; done < length;) {
    const at = addWrapped(addr, done);
    translate(view, at, length - done, isWrite, attrs, hit);
    if (hit.region.isDirect(isWrite, attrs)) {
      done += Number(hit.length);
      continue;
    }
    // The size of a piece follows the bus address here, not the offset in the region.
    const n = accessChunk(opsOf(hit.region), hit.length, at);
    if (!hit.region.accessValid(hit.xlat, n, isWrite, attrs)) return false;
    done += n;
  }
  return true;
}

const RAM_DEVICE_ACCESS = { validMax: 8, implUnaligned: true };

/** The constraints that set the size of pieces. */
function opsOf(region: MemoryRegion): Parameters<typeof accessChunk>[0] {
  return region.isRamDevice ? RAM_DEVICE_ACCESS : region.ops;
}

function storeBytes(into: Uint8Array, at: number, size: number, data: Data64): void {
  for (let i = 0; i < size; i++) {
    into[at + i] = i < 4 ? data.lo >>> (8 * i) : data.hi >>> (8 * (i - 4));
  }
}

function loadBytes(from: Uint8Array, at: number, size: number, data: Data64): void {
  data.set(0, 0);
  for (let i = 0; i < size; i++) data.orShifted(from[at + i] ?? 0, 0, 8 * i);
}
