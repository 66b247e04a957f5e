import {
  type Address,
  addWrapped,
  memOp,
  type MemoryRegion,
  type MemTxAttrs,
  MemTxResult,
} from "@mem/core";
import { accessChunk, dispatchRead, dispatchWrite, internalsOf } from "@mem/core/plumbing";
import type { FlatView } from "../view/flat-view.js";
import type { Frame } from "./scratch.js";
import { translate, type Translation } from "./translation.js";

/** Whether a master that insists on memory may go on. */
function isAllowed(region: MemoryRegion, attrs: MemTxAttrs): boolean {
  if (!attrs.memory || region.isRam) return true;
  region.memory.logOnce(
    `memory-only:${region.id}`,
    "guest_error",
    `${region.describe()}: a memory-only access hit no memory`,
    internalsOf(region),
  );
  return false;
}

/** Bytes of a direct piece: up to the end of the RAM block. */
function directLength(hit: Translation): number {
  const block = hit.region.ramBlock;
  const room = block ? block.maxLength - Number(hit.xlat) : 0;
  return hit.length < room ? Number(hit.length) : room;
}

/**
 * Told of each piece of a transfer: `length` bytes from the byte `done` on, where they went, and
 * whether they were moved.
 */
export type PieceObserver = (
  done: number,
  length: number,
  hit: Translation,
  result: MemTxResult,
  isMoved: boolean,
) => void;

/** What is done with the pieces of a transfer. */
interface Transfer {
  readonly isWrite: boolean;
  readonly bytes: Uint8Array;
  readonly observe: PieceObserver | undefined;
  /** Moves `n` bytes between `bytes[done...]` and the RAM block of `hit`. */
  memory(bytes: Uint8Array, done: number, n: number, hit: Translation): void;
  /** One device access of `n` bytes. */
  device(bytes: Uint8Array, done: number, n: number, frame: Frame, attrs: MemTxAttrs): MemTxResult;
}

/** Walks a transfer piece by piece; each piece is translated anew, as a device may change the map. */
function transfer(
  view: FlatView,
  addr: Address,
  attrs: MemTxAttrs,
  frame: Frame,
  { isWrite, bytes, observe, memory, device }: Transfer,
): MemTxResult {
  const { hit } = frame;
  let result: MemTxResult = MemTxResult.OK;
  for (let done = 0; done < bytes.length;) {
    translate(view, addWrapped(addr, done), bytes.length - done, isWrite, attrs, hit);
    let n: number;
    let piece: MemTxResult = MemTxResult.OK;
    const isMoved = isAllowed(hit.region, attrs);
    if (!isMoved) {
      n = Number(hit.length);
      piece = MemTxResult.ACCESS_ERROR;
    } else if (hit.region.isDirect(isWrite, attrs)) {
      n = directLength(hit);
      memory(bytes, done, n, hit);
    } else {
      n = accessChunk(internalsOf(hit.region), hit.length, hit.xlat);
      piece = device(bytes, done, n, frame, attrs);
    }
    observe?.(done, n, hit, piece, isMoved);
    if (!isMoved && done === 0) return piece;
    result |= piece;
    done += n;
  }
  return result;
}

/**
 * Reads bytes through a view (`flatview_read`).
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function readView(
  view: FlatView,
  addr: Address,
  into: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
  observe?: PieceObserver,
): MemTxResult {
  return transfer(view, addr, attrs, frame, {
    isWrite: false,
    bytes: into,
    observe,
    memory: readBlock,
    device: readDevice,
  });
}

/**
 * Writes bytes through a view (`flatview_write`).
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function writeView(
  view: FlatView,
  addr: Address,
  from: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
  observe?: PieceObserver,
): MemTxResult {
  return transfer(view, addr, attrs, frame, {
    isWrite: true,
    bytes: from,
    observe,
    memory: writeBlock,
    device: writeDevice,
  });
}

function readBlock(bytes: Uint8Array, done: number, n: number, hit: Translation): void {
  hit.region.ramBlock?.read(Number(hit.xlat), bytes.subarray(done, done + n));
}

function writeBlock(bytes: Uint8Array, done: number, n: number, hit: Translation): void {
  const offset = Number(hit.xlat);
  hit.region.ramBlock?.write(offset, bytes.subarray(done, done + n));
  hit.region.markWritten(offset, n);
}

function readDevice(
  bytes: Uint8Array,
  done: number,
  n: number,
  { hit, data }: Frame,
  attrs: MemTxAttrs,
): MemTxResult {
  const result = dispatchRead(internalsOf(hit.region), hit.xlat, memOp(n), data, attrs);
  data.storeBytes(bytes, done, n);
  return result;
}

function writeDevice(
  bytes: Uint8Array,
  done: number,
  n: number,
  { hit, data }: Frame,
  attrs: MemTxAttrs,
): MemTxResult {
  data.loadBytes(bytes, done, n);
  return dispatchWrite(internalsOf(hit.region), hit.xlat, memOp(n), data, attrs);
}

/** Writes RAM and ROM alike and silently skips devices (`address_space_write_rom`). */
export function writeRomView(
  view: FlatView,
  addr: Address,
  from: Uint8Array,
  attrs: MemTxAttrs,
  frame: Frame,
  observe?: PieceObserver,
): void {
  const { hit } = frame;
  for (let done = 0; done < from.length;) {
    translate(view, addWrapped(addr, done), from.length - done, true, attrs, hit);
    if (hit.region.directRead) {
      const n = directLength(hit);
      writeBlock(from, done, n, hit);
      observe?.(done, n, hit, MemTxResult.OK, true);
      done += n;
    } else {
      done += accessChunk(internalsOf(hit.region), hit.length, hit.xlat);
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
    const n = accessChunk(internalsOf(hit.region), hit.length, at);
    if (!hit.region.accessValid(hit.xlat, n, isWrite, attrs)) return false;
    done += n;
  }
  return true;
}
