/**
 * MUL IMUL DIV IDIV, and the rest of group 3: TEST NOT NEG. After a multiplication SF, ZF and PF describe
 * the low half of the product; division leaves all flags.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { logic16, logic32, logic8, sub16, sub32, sub8 } from "./alu.js";
import { EAX, EDX, EX_DE } from "../constants.js";
import { raise } from "../state/fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "../decode/fetch.js";
import { load16, load32, load8, modify, store16, store32, store8 } from "../mmu/memory.js";
import { ea } from "../decode/modrm.js";
import { index8, rm16, rm32, rm8 } from "../decode/operands.js";
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

function mul8(c: Cpu, v: number): void {
  const p = c.reg8[0] * v;
  c.reg16[0] = p;
  mulFlags(c, (p << 24) >> 24, p > 0xff);
}
function imul8(c: Cpu, v: number): void {
  const p = ((c.reg8[0] << 24) >> 24) * ((v << 24) >> 24);
  c.reg16[0] = p;
  mulFlags(c, (p << 24) >> 24, (p << 24) >> 24 !== p);
}
function mul16(c: Cpu, v: number): void {
  const p = c.reg16[0] * v;
  c.reg16[0] = p;
  c.reg16[EDX * 2] = p >>> 16;
  mulFlags(c, (p << 16) >> 16, p > 0xffff);
}
function imul16x(c: Cpu, v: number): void {
  const p = ((c.reg16[0] << 16) >> 16) * ((v << 16) >> 16);
  c.reg16[0] = p;
  c.reg16[EDX * 2] = p >> 16;
  mulFlags(c, (p << 16) >> 16, (p << 16) >> 16 !== p);
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

function div8(c: Cpu, v: number): void {
  const n = c.reg16[0];
  if (v === 0) raise(c, EX_DE);
  const q = (n / v) >> 0;
  if (q > 0xff) raise(c, EX_DE);
  c.reg8[0] = q;
  c.reg8[1] = n - q * v;
}
function idiv8(c: Cpu, w: number): void {
  const n = (c.reg16[0] << 16) >> 16;
  const v = (w << 24) >> 24;
  if (v === 0) raise(c, EX_DE);
  const q = (n / v) >> 0;
  if (q > 127 || q < -128) raise(c, EX_DE);
  c.reg8[0] = q;
  c.reg8[1] = n - q * v;
}
function div16(c: Cpu, v: number): void {
  const n = c.reg16[EDX * 2] * 65536 + c.reg16[0];
  if (v === 0) raise(c, EX_DE);
  const q = Math.floor(n / v);
  if (q > 0xffff) raise(c, EX_DE);
  c.reg16[0] = q;
  c.reg16[EDX * 2] = n - q * v;
}
function idiv16(c: Cpu, w: number): void {
  const n = (c.reg16[EDX * 2] << 16) | c.reg16[0];
  const v = (w << 16) >> 16;
  if (v === 0) raise(c, EX_DE);
  const q = Math.trunc(n / v);
  if (q > 32767 || q < -32768) raise(c, EX_DE);
  c.reg16[0] = q;
  c.reg16[EDX * 2] = n - q * v;
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

// Group 3's second slot (an alias of TEST on some processors) does not exist here.
function group3b(c: Cpu): void {
  const m = fetch8(c);
  switch ((m >> 3) & 7) {
    case 0:
    // Not in the manuals, but processors have it: TEST once more.
    case 1: {
      const v = rm8(c, m);
      logic8(c, v & fetch8(c));
      return;
    }
    case 2:
    case 3: {
      const negate = (m & 8) !== 0;
      if (m >= 0xc0) {
        const i = index8(m);
        c.reg8[i] = negate ? sub8(c, 0, c.reg8[i], 0) : ~c.reg8[i];
      } else {
        const offset = ea(c, m);
        const at = modify(c, c.eaSeg, offset, 1);
        const v = load8(c, at);
        store8(c, at, negate ? sub8(c, 0, v, 0) : ~v & 0xff);
      }
      return;
    }
    case 4:
      return mul8(c, rm8(c, m));
    case 5:
      return imul8(c, rm8(c, m));
    case 6:
      return div8(c, rm8(c, m));
    default:
      return idiv8(c, rm8(c, m));
  }
}
function group3w(c: Cpu): void {
  const m = fetch8(c);
  switch ((m >> 3) & 7) {
    case 0:
    // Not in the manuals, but processors have it: TEST once more.
    case 1: {
      const v = rm16(c, m);
      logic16(c, v & fetch16(c));
      return;
    }
    case 2:
    case 3: {
      const negate = (m & 8) !== 0;
      if (m >= 0xc0) {
        const i = (m & 7) << 1;
        c.reg16[i] = negate ? sub16(c, 0, c.reg16[i], 0) : ~c.reg16[i];
      } else {
        const offset = ea(c, m);
        const at = modify(c, c.eaSeg, offset, 2);
        const v = load16(c, at);
        store16(c, at, negate ? sub16(c, 0, v, 0) : ~v & 0xffff);
      }
      return;
    }
    case 4:
      return mul16(c, rm16(c, m));
    case 5:
      return imul16x(c, rm16(c, m));
    case 6:
      return div16(c, rm16(c, m));
    default:
      return idiv16(c, rm16(c, m));
  }
}
function group3d(c: Cpu): void {
  const m = fetch8(c);
  switch ((m >> 3) & 7) {
    case 0:
    // Not in the manuals, but processors have it: TEST once more.
    case 1: {
      const v = rm32(c, m);
      logic32(c, v & fetch32(c));
      return;
    }
    case 2:
    case 3: {
      const negate = (m & 8) !== 0;
      if (m >= 0xc0) {
        const i = m & 7;
        c.reg32[i] = negate ? sub32(c, 0, c.reg32[i], 0) : ~c.reg32[i];
      } else {
        const offset = ea(c, m);
        const at = modify(c, c.eaSeg, offset, 4);
        const v = load32(c, at);
        store32(c, at, negate ? sub32(c, 0, v, 0) : ~v);
      }
      return;
    }
    case 4:
      return mul32(c, rm32(c, m));
    case 5:
      return imul32x(c, rm32(c, m));
    case 6:
      return div32(c, rm32(c, m));
    default:
      return idiv32(c, rm32(c, m));
  }
}

/** Enters this file's instructions. */
export function installMulDiv(t: OpcodeTables): void {
  widths(t, 0xf6, group3b, group3w, group3d);
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
