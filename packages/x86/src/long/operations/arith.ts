/** ADD to CMP, TEST, INC, DEC, NOT, NEG, multiplication, division, shifts, in 64-bit code. */
import type { Cpu } from "../../state/cpu.js";
import { EX_DE } from "../../constants.js";
import { raise } from "../../state/fault.js";
import { alu, CMP, dec16, dec32, dec8, inc16, inc32, inc8 } from "../../operations/alu.js";
import { mulFlags } from "../../operations/muldiv.js";
import { double16, double32, shift16, shift32, shift8 } from "../../operations/shift.js";
import { count64, double64, foldResult, fromBig, operate, shift64, sub64, toBig } from "./alu.js";
import type { LongSize } from "../decode.js";
import {
  getReg,
  loadRm,
  modifyRm,
  next8,
  nextImmediate,
  nextS8,
  readRm,
  regOf,
  setReg,
  storeRm,
} from "../decode.js";
import type { LongTable } from "../table.js";

const AND = 4;

function sizeOf(c: Cpu, op: number): LongSize {
  return (op & 1) === 0 ? 1 : c.long.size;
}

/** Changes the r/m operand by the operation with the second operand. */
function change(
  c: Cpu,
  m: number,
  kind: number,
  size: LongSize,
  at: number,
  bl: number,
  bh: number,
): void {
  const al = loadRm(c, m, at, size);
  const r = operate(c, kind, size, al, c.long.valueHigh, bl, bh);
  if (kind !== CMP) storeRm(c, m, at, size, r, c.long.valueHigh);
}

function arith(c: Cpu, op: number): void {
  const kind = op >> 3;
  const form = op & 7;
  const size = sizeOf(c, op);
  const { long } = c;
  if (form >= 4) {
    const b = nextImmediate(c, size);
    const a = getReg(c, 0, size);
    const r = operate(c, kind, size, a, long.valueHigh, b, b >> 31);
    if (kind !== CMP) setReg(c, 0, size, r, long.valueHigh);
    return;
  }
  const m = next8(c);
  const n = regOf(c, m);
  if (form >= 2 || kind === CMP) {
    const v = readRm(c, m, size);
    const vh = long.valueHigh;
    const g = getReg(c, n, size);
    const gh = long.valueHigh;
    if (form < 2) {
      operate(c, kind, size, v, vh, g, gh);
      return;
    }
    const r = operate(c, kind, size, g, gh, v, vh);
    if (kind !== CMP) setReg(c, n, size, r, long.valueHigh);
    return;
  }
  const at = modifyRm(c, m, size);
  const g = getReg(c, n, size);
  change(c, m, kind, size, at, g, long.valueHigh);
}

function group1(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const kind = (m >> 3) & 7;
  const bytes = op === 0x81 ? Math.min(size, 4) : 1;
  const { long } = c;
  if (kind === CMP) {
    const a = readRm(c, m, size, bytes);
    const ah = long.valueHigh;
    const b = op === 0x81 ? nextImmediate(c, size) : narrow(nextS8(c), size);
    operate(c, kind, size, a, ah, b, b >> 31);
    return;
  }
  const at = modifyRm(c, m, size, bytes);
  const b = op === 0x81 ? nextImmediate(c, size) : narrow(nextS8(c), size);
  change(c, m, kind, size, at, b, b >> 31);
}
/** A value as operands of a size hold it: 8 and 16 bits unsigned. */
function narrow(value: number, size: LongSize): number {
  return size === 1 ? value & 0xff : size === 2 ? value & 0xffff : value;
}
function testRm(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const a = readRm(c, m, size);
  const ah = c.long.valueHigh;
  const b = getReg(c, regOf(c, m), size);
  operate(c, AND, size, a, ah, b, c.long.valueHigh);
}
function testAccumulator(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const b = nextImmediate(c, size);
  const a = getReg(c, 0, size);
  operate(c, AND, size, a, c.long.valueHigh, b, b >> 31);
}

/** INC and DEC of groups 4 and 5. */
export function count(c: Cpu, m: number, size: LongSize): void {
  const at = modifyRm(c, m, size);
  const isUp = (m & 8) === 0;
  const a = loadRm(c, m, at, size);
  let r: number;
  if (size === 8) {
    count64(c, a, c.long.valueHigh, isUp ? 1 : -1);
    r = c.long.valueLow;
  } else if (size === 4) r = isUp ? inc32(c, a) : dec32(c, a);
  else if (size === 2) r = isUp ? inc16(c, a) : dec16(c, a);
  else r = isUp ? inc8(c, a) : dec8(c, a);
  storeRm(c, m, at, size, r, c.long.valueHigh);
}

function group3(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const kind = (m >> 3) & 7;
  const { long } = c;
  if (kind < 2) {
    const a = readRm(c, m, size, Math.min(size, 4));
    const ah = long.valueHigh;
    const b = nextImmediate(c, size);
    operate(c, AND, size, a, ah, b, b >> 31);
    return;
  }
  if (kind < 4) {
    const at = modifyRm(c, m, size);
    const a = loadRm(c, m, at, size);
    const ah = long.valueHigh;
    if (kind === 2) {
      storeRm(c, m, at, size, ~a, ~ah);
      return;
    }
    let r: number;
    if (size === 8) {
      sub64(c, 0, 0, a, ah, 0);
      r = long.valueLow;
    } else r = alu(c, 5, 0, a, size);
    storeRm(c, m, at, size, r, long.valueHigh);
    return;
  }
  const v = readRm(c, m, size);
  const big = wide(v, long.valueHigh, size, kind === 5 || kind === 7);
  if (kind < 6) multiply(c, big, size, kind === 5);
  else divide(c, big, size, kind === 7);
}

/** An operand as an integer. */
function wide(low: number, high: number, size: LongSize, isSigned: boolean): bigint {
  const bits = size * 8;
  const v = size === 8 ? toBig(low, high) : BigInt(low);
  return isSigned ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
}
function reg(c: Cpu, n: number, size: LongSize, isSigned: boolean): bigint {
  const low = getReg(c, n, size);
  return wide(low, c.long.valueHigh, size, isSigned);
}
function setBig(c: Cpu, n: number, size: LongSize, v: bigint): void {
  fromBig(c, v);
  setReg(c, n, size, c.long.valueLow, c.long.valueHigh);
}
/** Flags of a product: its low half as the processor's flags know results. */
function productFlags(c: Cpu, low: bigint, size: LongSize, isOverflow: boolean): void {
  const v = BigInt.asIntN(size * 8, low);
  fromBig(c, v);
  const { valueLow, valueHigh } = c.long;
  mulFlags(c, size === 8 ? foldResult(valueLow, valueHigh) : valueLow, isOverflow);
}
function multiply(c: Cpu, b: bigint, size: LongSize, isSigned: boolean): void {
  const bits = size * 8;
  const product = reg(c, 0, size, isSigned) * b;
  const low = isSigned ? BigInt.asIntN(bits, product) : BigInt.asUintN(bits, product);
  if (size === 1) {
    c.long.halves[0] = Number(BigInt.asUintN(16, product));
  } else {
    setBig(c, 0, size, product);
    setBig(c, 2, size, product >> BigInt(bits));
  }
  productFlags(c, low, size, low !== product);
}
function divide(c: Cpu, b: bigint, size: LongSize, isSigned: boolean): void {
  const bits = size * 8;
  if (b === 0n) raise(c, EX_DE);
  let n: bigint;
  if (size === 1) n = BigInt(c.long.halves[0]);
  else n = (reg(c, 2, size, false) << BigInt(bits)) | reg(c, 0, size, false);
  if (isSigned) n = BigInt.asIntN(2 * bits, n);
  const q = n / b;
  const r = n % b;
  if ((isSigned ? BigInt.asIntN(bits, q) : BigInt.asUintN(bits, q)) !== q) raise(c, EX_DE);
  if (size === 1) {
    c.long.halves[0] = Number((BigInt.asUintN(8, r) << 8n) | BigInt.asUintN(8, q));
  } else {
    setBig(c, 0, size, q);
    setBig(c, 2, size, r);
  }
}
function imulInto(c: Cpu, n: number, a: number, ah: number, b: number, bh: number): void {
  const { size } = c.long;
  if (size === 8) {
    const product = toBig(a, ah) * toBig(b, bh);
    const low = BigInt.asIntN(64, product);
    setBig(c, n, 8, low);
    productFlags(c, low, 8, low !== product);
    return;
  }
  const shift = size === 2 ? 16 : 0;
  const x = (a << shift) >> shift;
  const y = (b << shift) >> shift;
  const low = (Math.imul(x, y) << shift) >> shift;
  setReg(c, n, size, low);
  mulFlags(c, low, x * y !== low);
}
function imulRm(c: Cpu): void {
  const m = next8(c);
  const b = readRm(c, m, c.long.size);
  const bh = c.long.valueHigh;
  const n = regOf(c, m);
  const a = getReg(c, n, c.long.size);
  imulInto(c, n, a, c.long.valueHigh, b, bh);
}
function imulImmediate(c: Cpu, op: number): void {
  const m = next8(c);
  const { size } = c.long;
  const a = readRm(c, m, size, op === 0x6b ? 1 : Math.min(size, 4));
  const ah = c.long.valueHigh;
  const b = op === 0x6b ? nextS8(c) : nextImmediate(c, size);
  imulInto(c, regOf(c, m), a, ah, b, b >> 31);
}

function group2(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const isImmediate = op < 0xd0;
  const at = modifyRm(c, m, size, isImmediate ? 1 : 0);
  const by = isImmediate ? next8(c) : op < 0xd2 ? 1 : c.long.bytes[8];
  const n = by & (size === 8 ? 63 : 31);
  const kind = (m >> 3) & 7;
  const a = loadRm(c, m, at, size);
  let r: number;
  if (size === 8) {
    shift64(c, kind, a, c.long.valueHigh, n);
    r = c.long.valueLow;
  } else if (size === 4) r = shift32(c, kind, a, n);
  else r = size === 2 ? shift16(c, kind, a, n) : shift8(c, kind, a, n);
  storeRm(c, m, at, size, r, c.long.valueHigh);
}
function shiftDouble(c: Cpu, op: number): void {
  const m = next8(c);
  const { size } = c.long;
  const isImmediate = (op & 1) === 0;
  const isRight = (op & 8) !== 0;
  const at = modifyRm(c, m, size, isImmediate ? 1 : 0);
  const by = isImmediate ? next8(c) : c.long.bytes[8];
  const n = by & (size === 8 ? 63 : 31);
  const a = loadRm(c, m, at, size);
  const ah = c.long.valueHigh;
  const b = getReg(c, regOf(c, m), size);
  const bh = c.long.valueHigh;
  let r = a;
  c.long.valueHigh = ah;
  if (n !== 0) {
    if (size === 8) {
      double64(c, isRight, toBig(a, ah), toBig(b, bh), n);
      r = c.long.valueLow;
    } else r = size === 4 ? double32(c, isRight, a, b, n) : double16(c, isRight, a, b, n);
  }
  storeRm(c, m, at, size, r, c.long.valueHigh);
}

/** Enters this file's instructions. */
export function installLongArith(t: LongTable): void {
  for (let kind = 0; kind < 8; kind++) {
    for (let form = 0; form < 6; form++) t[kind * 8 + form] = arith;
  }
  t[0x80] = t[0x81] = t[0x83] = group1;
  t[0x84] = t[0x85] = testRm;
  t[0xa8] = t[0xa9] = testAccumulator;
  t[0xf6] = t[0xf7] = group3;
  t[0x1af] = imulRm;
  t[0x69] = t[0x6b] = imulImmediate;
  for (const op of [0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3]) t[op] = group2;
  for (const op of [0x1a4, 0x1a5, 0x1ac, 0x1ad]) t[op] = shiftDouble;
}
