/**
 * MUL IMUL DIV IDIV, and the rest of group 3: TEST NOT NEG. After a multiplication SF, ZF and PF describe
 * the low half of the product; division leaves all flags.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { alu, AND, SUB } from "./alu.js";
import { EAX, EDX, EX_DE } from "../constants.js";
import { raise } from "../state/fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "../decode/fetch.js";
import type { Size } from "../mmu/memory.js";
import {
  immediate,
  loadRm,
  modifyRm,
  register,
  rm,
  rm16,
  rm32,
  setRegister,
  storeRm,
} from "../decode/operands.js";
import { sized, widths } from "../decode/table-build.js";

const TWO32 = 0x100000000;

/** Flags after a multiplication whose low half, sign-extended, is `low`. */
export function mulFlags(c: Cpu, low: number, overflow: boolean): void {
  c.fr = low;
  // CF = OF, so bit 30 (CF xor OF) is clear.
  c.fx = overflow ? 0x80000000 | 0 : 0;
}

/** High dword of the unsigned product, as int32. */
function mulHighU(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const low = al * bl;
  const mid1 = ah * bl + Math.floor(low / 65536);
  const mid2 = al * bh + (mid1 & 0xffff);
  return (ah * bh + Math.floor(mid1 / 65536) + Math.floor(mid2 / 65536)) | 0;
}
/** High dword of the signed product. */
function mulHighS(a: number, b: number): number {
  let high = mulHighU(a >>> 0, b >>> 0);
  if (a < 0) high = (high - b) | 0;
  if (b < 0) high = (high - a) | 0;
  return high;
}

function imul16(c: Cpu, a: number, b: number): number {
  const p = ((a << 16) >> 16) * ((b << 16) >> 16);
  const low = (p << 16) >> 16;
  mulFlags(c, low, low !== p);
  return p & 0xffff;
}
function imul32(c: Cpu, a: number, b: number): number {
  const low = Math.imul(a, b);
  mulFlags(c, low, mulHighS(a, b) !== low >> 31);
  return low;
}

/** The low `size` bytes as a signed number. */
function signed(v: number, size: 1 | 2): number {
  const unused = 32 - 8 * size;
  return (v << unused) >> unused;
}
/** MUL and IMUL of AL or AX. */
function multiply(c: Cpu, size: 1 | 2, v: number, isSigned: boolean): void {
  const a = register(c, EAX, size);
  const p = isSigned ? signed(a, size) * signed(v, size) : a * v;
  c.reg16[0] = p;
  if (size === 2) c.reg16[EDX * 2] = p >> 16;
  const low = signed(p, size);
  mulFlags(c, low, isSigned ? low !== p : p >= 1 << (8 * size));
}
function mul32(c: Cpu, v: number): void {
  const a = c.reg32[EAX];
  const low = Math.imul(a, v);
  const high = mulHighU(a >>> 0, v >>> 0);
  c.reg32[EAX] = low;
  c.reg32[EDX] = high;
  mulFlags(c, low, high !== 0);
}
function imul32x(c: Cpu, v: number): void {
  const a = c.reg32[EAX];
  const low = Math.imul(a, v);
  const high = mulHighS(a, v);
  c.reg32[EAX] = low;
  c.reg32[EDX] = high;
  mulFlags(c, low, high !== low >> 31);
}

/** DIV and IDIV of AX or DX:AX. */
function divide(c: Cpu, size: 1 | 2, w: number, isSigned: boolean): void {
  let n = size === 1 ? c.reg16[0] : c.reg16[EDX * 2] * 65536 + c.reg16[0];
  let v = w;
  if (isSigned) {
    n = size === 1 ? signed(n, 2) : n | 0;
    v = signed(w, size);
  }
  if (v === 0) raise(c, EX_DE);
  const q = Math.trunc(n / v);
  if (isSigned ? signed(q, size) !== q : q >= 1 << (8 * size)) raise(c, EX_DE);
  setRegister(c, EAX, size, q);
  // The rest goes to AH, which is number 4, or to DX.
  setRegister(c, size === 1 ? 4 : EDX, size, n - q * v);
}

/**
 * Divides high:low (unsigned dwords) by v; the quotient must fit 32 bits. Works in two steps of 16
 * quotient bits, so that every intermediate value is an exact double.
 */
function divide64(c: Cpu, high: number, low: number, v: number): number {
  const n1 = high * 65536 + Math.floor(low / 65536);
  const q1 = Math.floor(n1 / v);
  const r1 = n1 - q1 * v;
  const n0 = r1 * 65536 + (low & 0xffff);
  const q0 = Math.floor(n0 / v);
  c.dlo = (n0 - q0 * v) | 0;
  return q1 * 65536 + q0;
}
function div32(c: Cpu, w: number): void {
  const v = w >>> 0;
  const high = c.reg32[EDX] >>> 0;
  if (high >= v) raise(c, EX_DE);
  const q = divide64(c, high, c.reg32[EAX] >>> 0, v);
  c.reg32[EAX] = q | 0;
  c.reg32[EDX] = c.dlo;
}
function idiv32(c: Cpu, v: number): void {
  let low = c.reg32[EAX];
  let high = c.reg32[EDX];
  const negative = high < 0;
  const d = v < 0 ? -v : v;
  if (negative) {
    low = -low | 0;
    high = (~high + (low === 0 ? 1 : 0)) | 0;
  }
  if (high >>> 0 >= d) raise(c, EX_DE);
  const q = divide64(c, high >>> 0, low >>> 0, d);
  const flip = negative !== v < 0;
  if (q > (flip ? TWO32 / 2 : TWO32 / 2 - 1)) raise(c, EX_DE);
  c.reg32[EAX] = flip ? -q | 0 : q;
  c.reg32[EDX] = negative ? -c.dlo | 0 : c.dlo;
}

/** TEST NOT NEG MUL IMUL DIV IDIV. */
function group3(c: Cpu, size: Size): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  if (kind === 2 || kind === 3) {
    const at = modifyRm(c, m, size);
    const v = loadRm(c, m, at, size);
    const mask = size === 4 ? -1 : (1 << (8 * size)) - 1;
    storeRm(c, m, at, size, kind === 2 ? ~v & mask : alu(c, SUB, 0, v, size));
    return;
  }
  const v = rm(c, m, size);
  // Not in the manuals, but processors have it: the second slot is TEST once more.
  if (kind < 2) alu(c, AND, v, immediate(c, size), size);
  else if (size !== 4) (kind < 6 ? multiply : divide)(c, size, v, (kind & 1) !== 0);
  else if (kind === 4) mul32(c, v);
  else if (kind === 5) imul32x(c, v);
  else if (kind === 6) div32(c, v);
  else idiv32(c, v);
}

/** Enters this file's instructions. */
export function installMulDiv(t: OpcodeTables): void {
  widths(
    t,
    0xf6,
    (c) => group3(c, 1),
    (c) => group3(c, 2),
    (c) => group3(c, 4),
  );
  sized(
    t,
    0x1af,
    (c) => {
      const m = fetch8(c);
      const b = rm16(c, m);
      const i = (m >> 2) & 14;
      c.reg16[i] = imul16(c, c.reg16[i], b);
    },
    (c) => {
      const m = fetch8(c);
      const b = rm32(c, m);
      const i = (m >> 3) & 7;
      c.reg32[i] = imul32(c, c.reg32[i], b);
    },
  );
  for (const op of [0x69, 0x6b]) {
    sized(
      t,
      op,
      (c) => {
        const m = fetch8(c);
        const a = rm16(c, m);
        c.reg16[(m >> 2) & 14] = imul16(c, a, op === 0x69 ? fetch16(c) : fetchS8(c));
      },
      (c) => {
        const m = fetch8(c);
        const a = rm32(c, m);
        c.reg32[(m >> 3) & 7] = imul32(c, a, op === 0x69 ? fetch32(c) : fetchS8(c));
      },
    );
  }
}
