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
import type { AccessScratch } from "./scratch.js";
import { translate, type Translation } from "./translation.js";

/** True if a master that insists on memory may go on. */
function isAllowed(region: MemoryRegion, attrs: MemTxAttrs): boolean {
  if (!attrs.memory || region.isRam) return true;
  region.system.logOnce(
    `memory-only:${region.id}`,
    "guest_error",
    `${region.describe()}: an access whose attributes allow memory alone reached a device; refused`,
    internalsOf(region),
  );
  return false;
}

/** Bytes of a direct piece: up to the end of the RAM block. */
function directLength(translation: Translation): number {
  const block = translation.region.ramBlock;
  const room = block ? block.maxLength - Number(translation.xlat) : 0;
  return translation.length < room ? Number(translation.length) : room;
}

/**
 * Told of each piece of a transfer: `length` bytes from the byte `done` on, where they went, and
 * whether they were moved.
 */
export type PieceObserver = (
  done: number,
  length: number,
  translation: Translation,
  result: MemTxResult,
  isMoved: boolean,
) => void;

/** Treatment of the pieces of a transfer. */
interface Transfer {
  readonly isWrite: boolean;
  readonly bytes: Uint8Array;
  readonly observe: PieceObserver | undefined;
  /** Moves `n` bytes between `bytes[done...]` and the RAM block of `translation`. */
  memory(bytes: Uint8Array, done: number, n: number, translation: Translation): void;
  /** One device access of `n` bytes. */
  device(
    bytes: Uint8Array,
    done: number,
    n: number,
    scratch: AccessScratch,
    attrs: MemTxAttrs,
  ): MemTxResult;
}

/** Walks a transfer piece by piece; each piece is translated anew, as a device may change the map. */
function transfer(
  view: FlatView,
  addr: Address,
  attrs: MemTxAttrs,
  scratch: AccessScratch,
  { isWrite, bytes, observe, memory, device }: Transfer,
): MemTxResult {
  const { translation } = scratch;
  let result: MemTxResult = MemTxResult.OK;
  for (let done = 0; done < bytes.length;) {
    translate(view, addWrapped(addr, done), bytes.length - done, isWrite, attrs, translation);
    let n: number;
    let piece: MemTxResult = MemTxResult.OK;
    const isMoved = isAllowed(translation.region, attrs);
    if (!isMoved) {
      n = Number(translation.length);
      piece = MemTxResult.ACCESS_ERROR;
    } else if (translation.region.isDirect(isWrite, attrs)) {
      n = directLength(translation);
      memory(bytes, done, n, translation);
    } else {
      n = accessChunk(internalsOf(translation.region), translation.length, translation.xlat);
      piece = device(bytes, done, n, scratch, attrs);
    }
    observe?.(done, n, translation, piece, isMoved);
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
  scratch: AccessScratch,
  observe?: PieceObserver,
): MemTxResult {
  return transfer(view, addr, attrs, scratch, {
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
  scratch: AccessScratch,
  observe?: PieceObserver,
): MemTxResult {
  return transfer(view, addr, attrs, scratch, {
    isWrite: true,
    bytes: from,
    observe,
    memory: writeBlock,
    device: writeDevice,
  });
}

function readBlock(bytes: Uint8Array, done: number, n: number, translation: Translation): void {
  translation.region.ramBlock?.read(Number(translation.xlat), bytes.subarray(done, done + n));
}

function writeBlock(bytes: Uint8Array, done: number, n: number, translation: Translation): void {
  const offset = Number(translation.xlat);
  translation.region.ramBlock?.write(offset, bytes.subarray(done, done + n));
  translation.region.markWritten(offset, n);
}

function readDevice(
  bytes: Uint8Array,
  done: number,
  n: number,
  { translation, data }: AccessScratch,
  attrs: MemTxAttrs,
): MemTxResult {
  const result = dispatchRead(
    internalsOf(translation.region),
    translation.xlat,
    memOp(n),
    data,
    attrs,
  );
  data.storeBytes(bytes, done, n);
  return result;
}

function writeDevice(
  bytes: Uint8Array,
  done: number,
  n: number,
  { translation, data }: AccessScratch,
  attrs: MemTxAttrs,
): MemTxResult {
  data.loadBytes(bytes, done, n);
  return dispatchWrite(internalsOf(translation.region), translation.xlat, memOp(n), data, attrs);
}

/** Writes RAM and ROM alike and silently skips devices (`address_space_write_rom`). */
export function writeRomView(
  view: FlatView,
  addr: Address,
  from: Uint8Array,
  attrs: MemTxAttrs,
  scratch: AccessScratch,
  observe?: PieceObserver,
): void {
  const { translation } = scratch;
  for (let done = 0; done < from.length;) {
    translate(view, addWrapped(addr, done), from.length - done, true, attrs, translation);
    if (translation.region.directRead) {
      const n = directLength(translation);
      writeBlock(from, done, n, translation);
      observe?.(done, n, translation, MemTxResult.OK, true);
      done += n;
    } else {
      done += accessChunk(internalsOf(translation.region), translation.length, translation.xlat);
    }
  }
}

/** True if every piece of an access would be accepted (`address_space_access_valid`). */
export function isViewAccessValid(
  view: FlatView,
  addr: Address,
  length: number,
  isWrite: boolean,
  attrs: MemTxAttrs,
  scratch: AccessScratch,
): boolean {
  const { translation } = scratch;
  for (let done = 0; done < length;) {
    const at = addWrapped(addr, done);
    translate(view, at, length - done, isWrite, attrs, translation);
    if (translation.region.isDirect(isWrite, attrs)) {
      done += Number(translation.length);
      continue;
    }
    // The size of a piece follows the bus address here, not the offset in the region.
    const n = accessChunk(internalsOf(translation.region), translation.length, at);
    if (!translation.region.accessValid(translation.xlat, n, isWrite, attrs)) return false;
    done += n;
  }
  return true;
}
