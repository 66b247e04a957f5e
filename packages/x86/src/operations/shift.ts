/**
 * Shifts and rotates (group 2) and SHLD/SHRD. Flags the manuals leave undefined follow the
 * reference system: OF for any count is computed from the top bits as for a count of 1, AF is 0.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { ECX } from "../constants.js";
import { fetch8 } from "../decode/fetch.js";
import { setCarryOverflow } from "../state/flags.js";
import type { Size } from "../mmu/memory.js";
import { modify } from "../mmu/memory.js";
import { ea } from "../decode/modrm.js";
import { loadRm, modifyRm, register, storeRm, wordSize } from "../decode/operands.js";
import { both, widths } from "../decode/table-build.js";

/** Sets the flags of a shift: result `r` sign-extended, and the value one step before. */
function shiftFlags(c: Cpu, r: number, cf: boolean, of: boolean): void {
  c.fr = r;
  c.fx = (cf ? 0x80000000 : 0) | (cf !== of ? 0x40000000 : 0);
}

/** The operation `kind` (ROL ROR RCL RCR SHL SHR SAL SAR) on `width` (8, 16) bits, count 1..31. */
function shiftNarrow(c: Cpu, kind: number, a: number, count: number, width: number): number {
  const top = width - 1;
  const mask = (1 << width) - 1;
  let r: number;
  switch (kind) {
    case 0:
    case 1: {
      const n = kind === 0 ? count & top : (width - count) & top;
      r = ((a << n) | (a >> (width - n))) & mask;
      const cf = kind === 0 ? (r & 1) !== 0 : r >> top !== 0;
      const of = kind === 0 ? r >> top !== (r & 1) : r >> top !== ((r >> (top - 1)) & 1);
      setCarryOverflow(c, cf, of);
      return r;
    }
    case 2:
    case 3: {
      const n = count % (width + 1);
      if (n === 0) return a;
      const carry = c.fx >>> 31;
      // width + 1 bits rotate: the carry is the top one. 17 bits times 2^17 needs no more than 34.
      const wide = carry * (1 << width) + a;
      const left = kind === 2 ? n : width + 1 - n;
      const high = Math.floor(wide / 2 ** (width + 1 - left));
      const all = ((wide * 2 ** left) % 2 ** (width + 1)) + high;
      r = all & mask;
      setCarryOverflow(c, all > mask, (a ^ r) >> top !== 0);
      return r;
    }
    case 5: {
      const before = a >>> (count - 1);
      r = before >>> 1;
      shiftFlags(c, r, (before & 1) !== 0, (((before ^ r) >> top) & 1) !== 0);
      return r;
    }
    case 7: {
      const before = ((a << (32 - width)) >> (32 - width)) >> (count - 1);
      r = before >> 1;
      shiftFlags(c, r, (before & 1) !== 0, false);
      return r & mask;
    }
    default: {
      const before = a << (count - 1);
      r = ((before << 1) << (32 - width)) >> (32 - width);
      const cf = ((before >> top) & 1) !== 0;
      shiftFlags(c, r, cf, cf !== r < 0);
      return r & mask;
    }
  }
}

/** An 8-bit shift or rotate; `count` is 0..31. */
export function shift8(c: Cpu, kind: number, a: number, count: number): number {
  return count === 0 ? a : shiftNarrow(c, kind, a, count, 8);
}
/** A 16-bit shift or rotate; `count` is 0..31. */
export function shift16(c: Cpu, kind: number, a: number, count: number): number {
  return count === 0 ? a : shiftNarrow(c, kind, a, count, 16);
}
/** A 32-bit shift or rotate; `count` is 0..31. */
export function shift32(c: Cpu, kind: number, a: number, count: number): number {
  if (count === 0) return a;
  let r: number;
  switch (kind) {
    case 0:
      r = (a << count) | (a >>> (32 - count));
      setCarryOverflow(c, (r & 1) !== 0, r < 0 !== ((r & 1) !== 0));
      return r;
    case 1:
      r = (a >>> count) | (a << (32 - count));
      setCarryOverflow(c, r < 0, (r ^ (r << 1)) < 0);
      return r;
    case 2: {
      const carry = c.fx >>> 31;
      const cf = ((a >>> (32 - count)) & 1) !== 0;
      r = (a << count) | (carry << (count - 1));
      if (count > 1) r |= a >>> (33 - count);
      setCarryOverflow(c, cf, (a ^ r) < 0);
      return r;
    }
    case 3: {
      const carry = c.fx >>> 31;
      const cf = ((a >>> (count - 1)) & 1) !== 0;
      r = (a >>> count) | (carry << (32 - count));
      if (count > 1) r |= a << (33 - count);
      setCarryOverflow(c, cf, (a ^ r) < 0);
      return r;
    }
    case 5: {
      const before = a >>> (count - 1);
      r = before >>> 1;
      shiftFlags(c, r, (before & 1) !== 0, (before | 0) < 0);
      return r;
    }
    case 7: {
      const before = a >> (count - 1);
      r = before >> 1;
      shiftFlags(c, r, (before & 1) !== 0, false);
      return r;
    }
    default: {
      const before = a << (count - 1);
      r = before << 1;
      shiftFlags(c, r, before < 0, (before ^ r) < 0);
      return r;
    }
  }
}

function count(c: Cpu, op: number): number {
  return (op < 0xd0 ? fetch8(c) : op < 0xd2 ? 1 : c.reg8[ECX * 4]) & 31;
}
function group2(c: Cpu, op: number, size: Size): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  const offset = m < 0xc0 ? ea(c, m) : 0;
  const n = count(c, op);
  const at = m < 0xc0 ? modify(c, c.eaSeg, offset, size) : 0;
  const v = loadRm(c, m, at, size);
  if (size === 4) storeRm(c, m, at, 4, shift32(c, kind, v, n));
  else if (n !== 0) storeRm(c, m, at, size, shiftNarrow(c, kind, v, n, 8 * size));
  else storeRm(c, m, at, size, v);
}

/** SHLD/SHRD of 16 bits, count 1..31; for counts above 16 the destination's own bits follow the source's. */
export function double16(c: Cpu, right: boolean, a: number, b: number, n: number): number {
  let before: number;
  let r: number;
  if (right) {
    // a:b:a, the least significant part first.
    const low = (b << 16) | a;
    before = low >>> (n - 1);
    r = (low >>> n) | (n > 16 ? a << (32 - n) : 0);
    r = (r << 16) >> 16;
    const cf = (before & 1) !== 0;
    shiftFlags(c, r, cf, (((before ^ r) >> 15) & 1) !== 0);
    return r & 0xffff;
  }
  const high = (a << 16) | b;
  before = high << (n - 1);
  r = ((high << n) | (n > 16 ? a << (n - 16) : 0)) >> 16;
  shiftFlags(c, r, before < 0, (before ^ r) < 0);
  return r & 0xffff;
}
/** SHLD/SHRD of 32 bits, count 1..31. */
export function double32(c: Cpu, right: boolean, a: number, b: number, n: number): number {
  let r: number;
  if (right) {
    const before = a >>> (n - 1);
    r = (a >>> n) | (b << (32 - n));
    shiftFlags(c, r, (before & 1) !== 0, (before ^ r) < 0);
    return r;
  }
  const before = a << (n - 1);
  r = (a << n) | (b >>> (32 - n));
  shiftFlags(c, r, before < 0, (before ^ r) < 0);
  return r;
}
function shiftDouble(c: Cpu, op: number): void {
  const m = fetch8(c);
  const size = wordSize(c);
  const right = (op & 8) !== 0;
  const at = modifyRm(c, m, size);
  const count = ((op & 1) === 0 ? fetch8(c) : c.reg8[ECX * 4]) & 31;
  const a = loadRm(c, m, at, size);
  const b = register(c, m >> 3, size);
  let r = a;
  if (count !== 0) {
    r = size === 4 ? double32(c, right, a, b, count) : double16(c, right, a, b, count);
  }
  storeRm(c, m, at, size, r);
}

/** Enters this file's instructions. */
export function installShift(t: OpcodeTables): void {
  for (const op of [0xc0, 0xd0, 0xd2]) {
    widths(
      t,
      op,
      (c, code) => group2(c, code, 1),
      (c, code) => group2(c, code, 2),
      (c, code) => group2(c, code, 4),
    );
  }
  for (const op of [0x1a4, 0x1a5, 0x1ac, 0x1ad]) both(t, op, shiftDouble);
}
