import {
  type Address,
  type Data64,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemTxAttrs,
  type MemTxResult,
} from "@mem/core";
import type { FlatView } from "../view/flat-view.js";
import { translate, type Translation } from "./translation.js";

/**
 * Loads 1, 2, 4 or 8 bytes in one access (`address_space_ld*`). An access that does not fit one
 * section of RAM is a decode error as a whole.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export function loadView(
  view: FlatView,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
  hit: Translation,
): MemTxResult {
  translate(view, addr, memOpSize(op), false, attrs, hit);
  return loadHit(hit, op, data, attrs);
}

/**
 * Loads from where a translation of the whole access led; see {@link loadView}.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export function loadHit(hit: Translation, op: MemOp, data: Data64, attrs: MemTxAttrs): MemTxResult {
  const size = memOpSize(op);
  if (hit.length < size || !hit.region.isDirect(false, attrs)) {
    const result = hit.region.dispatchRead(hit.xlat, op, data, attrs);
    data.truncate(size);
    return result;
  }
  readBlock(hit, size, data);
  if (op & Op.BIG) data.swap(size);
  return 0;
}

/**
 * Stores 1, 2, 4 or 8 bytes in one access (`address_space_st*`).
 * @see the README of `@mem/flat`, "For packages beside"
 */
export function storeView(
  view: FlatView,
  addr: Address,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
  hit: Translation,
): MemTxResult {
  translate(view, addr, memOpSize(op), true, attrs, hit);
  return storeHit(hit, op, data, attrs);
}

/**
 * Stores to where a translation of the whole access led; see {@link storeView}.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export function storeHit(
  hit: Translation,
  op: MemOp,
  data: Data64,
  attrs: MemTxAttrs,
): MemTxResult {
  const size = memOpSize(op);
  data.truncate(size);
  if (hit.length < size || !hit.region.isDirect(true, attrs)) {
    return hit.region.dispatchWrite(hit.xlat, op, data, attrs);
  }
  if (op & Op.BIG) data.swap(size);
  writeBlock(hit, size, data);
  hit.region.markWritten(Number(hit.xlat), size);
  return 0;
}

function readBlock(hit: Translation, size: number, data: Data64): void {
  const block = hit.region.ramBlock;
  data.set(0, 0);
  if (!block) return;
  const offset = Number(hit.xlat);
  for (let i = 0; i < size && offset + i < block.maxLength; i++) {
    const { start, bytes } = block.span(offset + i);
    data.orShifted(bytes[offset + i - start] ?? 0, 0, 8 * i);
  }
}

function writeBlock(hit: Translation, size: number, data: Data64): void {
  const block = hit.region.ramBlock;
  if (!block) return;
  const offset = Number(hit.xlat);
  for (let i = 0; i < size && offset + i < block.maxLength; i++) {
    const { start, bytes } = block.span(offset + i);
    bytes[offset + i - start] = i < 4 ? data.lo >>> (8 * i) : data.hi >>> (8 * (i - 4));
  }
}

/**
 * Loads 1 to 8 bytes of memory in the order that `op` names.
 * @see the README of `@mem/flat`, "For packages beside"
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
 * @see the README of `@mem/flat`, "For packages beside"
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
