import { type Data64, memOp, type MemOp, MemOp as Op, memOpSize, MemTxResult } from "@mem/core";
import { addWrapped, dispatchRead, dispatchWrite, internalsOf } from "@mem/core/plumbing";
import type { MemAccess } from "./mem-access.js";
import { translate, type Translation } from "../translation/translation.js";

/**
 * Loads 1, 2, 4 or 8 bytes in one access (`address_space_ld*`). An access that does not fit one
 * section of RAM is a decode error as a whole; where words are split, it is one to each side.
 */
export function loadWord(access: MemAccess): MemTxResult {
  const { carry, op, size } = access;
  translate(access, access.addr, size);
  const result =
    carry !== null && access.length < size ? loadPieces(access, carry) : loadPiece(access, op);
  if (access.observer !== null) access.pieceEnded(0, size, result);
  return result;
}

/** Loads from where a translation of all that `op` names led. */
function loadPiece(access: MemAccess, op: MemOp): MemTxResult {
  const { attrs, data, region, xlat } = access;
  const size = memOpSize(op);
  if (access.length < size || !internalsOf(region).isDirect(false, attrs)) {
    const result = dispatchRead(internalsOf(region), xlat, op, data, attrs);
    data.truncate(size);
    return result;
  }
  readBlock(access, size, data);
  if (op & Op.BIG) data.swap(size);
  return MemTxResult.OK;
}

/** Stores 1, 2, 4 or 8 bytes in one access (`address_space_st*`). */
export function storeWord(access: MemAccess): MemTxResult {
  const { carry, data, op, size } = access;
  if (access.observer !== null) access.given.set(data.lo, data.hi);
  translate(access, access.addr, size);
  const result =
    carry !== null && access.length < size ? storePieces(access, carry) : storePiece(access, op);
  if (access.observer !== null) access.pieceEnded(0, size, result);
  return result;
}

/** Stores to where a translation of all that `op` names led. */
function storePiece(access: MemAccess, op: MemOp): MemTxResult {
  const { attrs, data, region, xlat } = access;
  const size = memOpSize(op);
  data.truncate(size);
  if (access.length < size || !internalsOf(region).isDirect(true, attrs)) {
    return dispatchWrite(internalsOf(region), xlat, op, data, attrs);
  }
  if (op & Op.BIG) data.swap(size);
  writeBlock(access, size, data);
  region.markWritten(Number(xlat), size);
  return MemTxResult.OK;
}

/** Loads a word that crosses a boundary, by an access to each side, by ascending address. */
function loadPieces(access: MemAccess, carry: Data64): MemTxResult {
  const { addr, data, op, size } = access;
  let result: MemTxResult = MemTxResult.OK;
  carry.set(0, 0);
  for (let done = 0; done < size;) {
    translate(access, addWrapped(addr, done), size - done);
    const n = pieceAt(access);
    result |= loadPiece(access, memOp(n) | (op & Op.BIG));
    carry.orShifted(data.lo, data.hi, pieceBits(op, done, n));
    done += n;
  }
  data.set(carry.lo, carry.hi);
  return result;
}

/** Stores a word that crosses a boundary, likewise. */
function storePieces(access: MemAccess, carry: Data64): MemTxResult {
  const { addr, data, op, size } = access;
  let result: MemTxResult = MemTxResult.OK;
  data.truncate(size);
  carry.set(data.lo, data.hi);
  for (let done = 0; done < size;) {
    translate(access, addWrapped(addr, done), size - done);
    const n = pieceAt(access);
    data.set(0, 0);
    data.orShifted(carry.lo, carry.hi, -pieceBits(op, done, n));
    result |= storePiece(access, memOp(n) | (op & Op.BIG));
    done += n;
  }
  return result;
}

/** The most bytes from where a translation led that are aligned there and lie on this side. */
function pieceAt({ xlat, length }: Translation): number {
  const low = Number(BigInt.asUintN(3, BigInt(xlat)));
  const aligned = low === 0 ? 8 : low & -low;
  const most = Math.min(aligned, Number(length));
  return most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

/**
 * Position in the value of a word, in bits, of `n` bytes that begin `done` bytes behind its
 * address.
 */
function pieceBits(op: MemOp, done: number, n: number): number {
  return 8 * ((op & Op.BIG) === 0 ? done : memOpSize(op) - done - n);
}

function readBlock({ region, xlat }: Translation, size: number, data: Data64): void {
  const block = region.ramBlock;
  data.set(0, 0);
  if (!block) return;
  const offset = Number(xlat);
  for (let i = 0; i < size && offset + i < block.maxLength; i++) {
    const { start, bytes } = block.span(offset + i);
    data.orShifted(bytes[offset + i - start] ?? 0, 0, 8 * i);
  }
}

function writeBlock({ region, xlat }: Translation, size: number, data: Data64): void {
  const block = region.ramBlock;
  if (!block) return;
  const offset = Number(xlat);
  for (let i = 0; i < size && offset + i < block.maxLength; i++) {
    const { start, bytes } = block.span(offset + i);
    bytes[offset + i - start] = i < 4 ? data.lo >>> (8 * i) : data.hi >>> (8 * (i - 4));
  }
}

/**
 * Loads 1 to 8 bytes of memory in the order that `op` names.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function loadDataAt(view: DataView, at: number, op: MemOp, data: Data64): void {
  const isLittle = (op & Op.BIG) === 0;
  data.hi = 0;
  switch (op & Op.SIZE_MASK) {
    case Op.SIZE_8:
      data.lo = view.getUint8(at);
      break;
    case Op.SIZE_16:
      data.lo = view.getUint16(at, isLittle);
      break;
    case Op.SIZE_32:
      data.lo = view.getUint32(at, isLittle);
      break;
    default:
      data.lo = view.getUint32(isLittle ? at : at + 4, isLittle);
      data.hi = view.getUint32(isLittle ? at + 4 : at, isLittle);
  }
}

/**
 * Stores 1 to 8 bytes into memory in the order that `op` names.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export function storeDataAt(view: DataView, at: number, op: MemOp, data: Data64): void {
  const isLittle = (op & Op.BIG) === 0;
  switch (op & Op.SIZE_MASK) {
    case Op.SIZE_8:
      view.setUint8(at, data.lo);
      break;
    case Op.SIZE_16:
      view.setUint16(at, data.lo, isLittle);
      break;
    case Op.SIZE_32:
      view.setUint32(at, data.lo | 0, isLittle);
      break;
    default:
      view.setUint32(isLittle ? at : at + 4, data.lo | 0, isLittle);
      view.setUint32(isLittle ? at + 4 : at, data.hi | 0, isLittle);
  }
}
