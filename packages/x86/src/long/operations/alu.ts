/** Integer operations of 64 bits on pairs of words: result in `valueLow`, `valueHigh`, and flags. */
import type { Cpu } from "../../state/cpu.js";
import { alu } from "../../operations/alu.js";
import { setCarryOverflow } from "../../state/flags.js";
import type { LongSize } from "../decode.js";

/** The flag words of a 64-bit result: sign, whether it is zero, the low byte. */
export function foldResult(low: number, high: number): number {
  const rest = (low >>> 8) | high;
  return (high & 0x80000000) | (low & 0xff) | (rest !== 0 ? 0x100 : 0);
}
function finish(c: Cpu, low: number, high: number, carriesLow: number, carriesHigh: number): void {
  c.long.valueLow = low;
  c.long.valueHigh = high;
  c.fr = foldResult(low, high);
  c.fx = (carriesHigh & 0xc0000000) | (carriesLow & 8);
}
function logic(c: Cpu, low: number, high: number): void {
  c.long.valueLow = low;
  c.long.valueHigh = high;
  c.fr = foldResult(low, high);
  c.fx = 0;
}
/** a + b + carry. */
export function add64(c: Cpu, al: number, ah: number, bl: number, bh: number, carry: number): void {
  const low = (al + bl + carry) | 0;
  const carriesLow = (al & bl) | ((al | bl) & ~low);
  const high = (ah + bh + (carriesLow >>> 31)) | 0;
  finish(c, low, high, carriesLow, (ah & bh) | ((ah | bh) & ~high));
}
/** a - b - borrow. */
export function sub64(
  c: Cpu,
  al: number,
  ah: number,
  bl: number,
  bh: number,
  borrow: number,
): void {
  const low = (al - bl - borrow) | 0;
  const borrowsLow = (~al & bl) | (~(al ^ bl) & low);
  const high = (ah - bh - (borrowsLow >>> 31)) | 0;
  finish(c, low, high, borrowsLow, (~ah & bh) | (~(ah ^ bh) & high));
}
/** ADD OR ADC SBB AND SUB XOR CMP by number. */
export function alu64(c: Cpu, op: number, al: number, ah: number, bl: number, bh: number): void {
  switch (op) {
    case 0:
      return add64(c, al, ah, bl, bh, 0);
    case 1:
      return logic(c, al | bl, ah | bh);
    case 2:
      return add64(c, al, ah, bl, bh, c.fx >>> 31);
    case 3:
      return sub64(c, al, ah, bl, bh, c.fx >>> 31);
    case 4:
      return logic(c, al & bl, ah & bh);
    case 6:
      return logic(c, al ^ bl, ah ^ bh);
    default:
      return sub64(c, al, ah, bl, bh, 0);
  }
}
/** An operation on words: the result's low word, all of it in `valueLow`, `valueHigh` for 8 bytes. */
export function operate(
  c: Cpu,
  kind: number,
  size: LongSize,
  al: number,
  ah: number,
  bl: number,
  bh: number,
): number {
  if (size !== 8) return alu(c, kind, al, bl, size);
  alu64(c, kind, al, ah, bl, bh);
  return c.long.valueLow;
}

/** INC (1) or DEC (-1): the carry stays. */
export function count64(c: Cpu, al: number, ah: number, by: 1 | -1): void {
  const kept = c.fx < 0;
  if (by === 1) add64(c, al, ah, 1, 0, 0);
  else sub64(c, al, ah, 1, 0, 0);
  const isOverflow = (c.fx ^ (c.fx << 1)) < 0;
  setCarryOverflow(c, kept, isOverflow);
}

/** The bytes of a word the other way round. */
export function swapBytes(v: number): number {
  return (v >>> 24) | ((v >> 8) & 0xff00) | ((v & 0xff00) << 8) | (v << 24);
}
/** A pair of words as a signed 64-bit integer. */
export function toBig(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
/** The low 64 bits of `value` as the answer. */
export function fromBig(c: Cpu, value: bigint): void {
  c.long.valueLow = Number(BigInt.asIntN(32, value));
  c.long.valueHigh = Number(BigInt.asIntN(32, value >> 32n));
}

function shiftFlags(c: Cpu, cf: boolean, of: boolean): void {
  c.fr = foldResult(c.long.valueLow, c.long.valueHigh);
  c.fx = (cf ? 0x80000000 : 0) | (cf !== of ? 0x40000000 : 0);
}
/** ROL ROR RCL RCR SHL SHR SAL SAR by number, of 64 bits; `n` is 0 to 63. */
export function shift64(c: Cpu, kind: number, low: number, high: number, n: number): void {
  c.long.valueLow = low;
  c.long.valueHigh = high;
  if (n === 0) return;
  if (kind >= 4) return plainShift64(c, kind, low, high, n);
  const a = BigInt.asUintN(64, toBig(low, high));
  const before = high < 0;
  if (kind < 2) {
    const left = BigInt(kind === 0 ? n : 64 - n);
    fromBig(c, (a << left) | (a >> (64n - left)));
    const top = c.long.valueHigh < 0;
    const next = c.long.valueHigh << 1 < 0;
    const cf = kind === 0 ? (c.long.valueLow & 1) !== 0 : top;
    setCarryOverflow(c, cf, kind === 0 ? top !== cf : top !== next);
    return;
  }
  // 65 bits rotate, the carry on top.
  const wide = (c.fx < 0 ? 1n << 64n : 0n) | a;
  const left = BigInt(kind === 2 ? n : 65 - n);
  const all = (wide << left) | (wide >> (65n - left));
  fromBig(c, all);
  setCarryOverflow(c, ((all >> 64n) & 1n) !== 0n, before !== c.long.valueHigh < 0);
}
function plainShift64(c: Cpu, kind: number, low: number, high: number, n: number): void {
  const { long } = c;
  if (kind === 5 || kind === 7) {
    const fill = kind === 7 ? high >> 31 : 0;
    const cf = n <= 32 ? low >>> (n - 1) : high >>> (n - 33);
    if (n < 32) {
      long.valueLow = (low >>> n) | (high << (32 - n));
      long.valueHigh = kind === 7 ? high >> n : high >>> n;
    } else {
      long.valueLow = kind === 7 ? high >> (n - 32) : (high >>> (n - 32)) | 0;
      long.valueHigh = fill;
    }
    // As for a count of 1: the top bit of the value one step before.
    const top = kind === 5 && n === 1 && high < 0;
    shiftFlags(c, (cf & 1) !== 0, top);
    return;
  }
  const bit = n <= 32 ? high >>> (32 - n) : low >>> (64 - n);
  if (n < 32) {
    long.valueHigh = (high << n) | (low >>> (32 - n));
    long.valueLow = low << n;
  } else {
    long.valueHigh = low << (n - 32);
    long.valueLow = 0;
  }
  const carry = (bit & 1) !== 0;
  shiftFlags(c, carry, carry !== long.valueHigh < 0);
}
/** SHLD or SHRD of 64 bits; `n` is 1 to 63. */
export function double64(c: Cpu, isRight: boolean, a: bigint, b: bigint, n: number): void {
  const count = BigInt(n);
  const ua = BigInt.asUintN(64, a);
  const ub = BigInt.asUintN(64, b);
  const all = isRight ? (ub << 64n) | ua : (ua << 64n) | ub;
  const before = isRight ? all >> (count - 1n) : all << (count - 1n);
  const result = isRight ? all >> count : (all << count) >> 64n;
  fromBig(c, result);
  const top = isRight ? (before >> 63n) & 1n : (before >> 127n) & 1n;
  const cf = isRight ? before & 1n : top;
  shiftFlags(c, cf !== 0n, (top !== 0n) !== c.long.valueHigh < 0);
}
