/**
 * Bytes of 64-bit instructions and their operands. Bytes are read live; one that lies in the next
 * page, or in no plain memory, is fetched when it is needed, so faults come as they should.
 */
import type { Cpu } from "../state/cpu.js";
import { EX_AC, FS, SS } from "../constants.js";
import { gp, raiseError, ss, ud } from "../state/fault.js";
import { noteAccess } from "../state/breakpoints.js";
import {
  longLoad16,
  longLoad32,
  longLoad64,
  longLoad8,
  longLoadCode,
  longModify,
  longStore16,
  longStore32,
  longStore64,
  longStore8,
  openCode,
} from "../mmu/long-memory.js";

/** Operand sizes in bytes. */
export type LongSize = 1 | 2 | 4 | 8;

/** Bytes of the longest instruction. */
const LONGEST = 15;
const TWO32 = 0x100000000;

/** Points at the instruction at RIP; throws what fetching its first byte throws. */
export function beginInstruction(c: Cpu): void {
  const { long } = c;
  const offset = long.rip - long.page;
  if ((offset >= 0 && offset < 0x1000) || openCode(c, long.rip)) {
    const start = (long.rip - long.page) | 0;
    long.code = long.pageCode;
    long.start = start;
    long.pos = start;
    long.end = start < 0x1000 - LONGEST ? start + LONGEST : 0x1000;
    return;
  }
  long.code = long.scratch;
  long.start = 0;
  long.pos = 0;
  long.end = 0;
}

/** Makes the byte at `pos` be there. */
function fetchMore(c: Cpu): void {
  const { long } = c;
  const length = long.pos - long.start;
  if (length >= LONGEST) gp(c, 0);
  if (long.code !== long.scratch) {
    for (let k = 0; k < length; k++) long.scratch[k] = long.code[long.start + k];
    long.code = long.scratch;
    long.start = 0;
    long.pos = length;
  }
  long.scratch[length] = longLoadCode(c, long.startRip + length);
  long.end = length + 1;
}
/** Next byte, unsigned. */
export function next8(c: Cpu): number {
  const { long } = c;
  if (long.pos >= long.end) fetchMore(c);
  return long.code[long.pos++];
}
/** Next byte, sign-extended. */
export function nextS8(c: Cpu): number {
  return (next8(c) << 24) >> 24;
}
/** Next word, unsigned. */
export function next16(c: Cpu): number {
  const low = next8(c);
  return low | (next8(c) << 8);
}
/** Next doubleword, signed. */
export function next32(c: Cpu): number {
  const { long } = c;
  const { code, pos } = long;
  if (pos + 4 <= long.end) {
    long.pos = pos + 4;
    return code[pos] | (code[pos + 1] << 8) | (code[pos + 2] << 16) | (code[pos + 3] << 24);
  }
  const low = next16(c);
  return low | (next16(c) << 16);
}
/** Next immediate of an operand; one of 8 bytes has 4, sign-extended. */
export function nextImmediate(c: Cpu, size: LongSize): number {
  if (size === 1) return next8(c);
  return size === 2 ? next16(c) : next32(c);
}
/** Linear address of what follows the bytes read so far. */
export function nextRip(c: Cpu): number {
  const { long } = c;
  return long.startRip + (long.pos - long.start);
}

/** Number of the register in the middle of a ModRM byte. */
export function regOf(c: Cpu, m: number): number {
  return ((m >> 3) & 7) | ((c.long.rex & 4) << 1);
}
/** Number of the register at the end of a ModRM byte, or of an opcode. */
export function rmOf(c: Cpu, m: number): number {
  return (m & 7) | ((c.long.rex & 1) << 3);
}

/** Place of a byte register in the file. */
function byteAt(c: Cpu, n: number): number {
  return c.long.rex === 0 && n >= 4 && n < 8 ? ((n - 4) << 3) + 1 : n << 3;
}
/** A register; for 8 bytes the low half, and all of it in `valueLow`, `valueHigh`. */
export function getReg(c: Cpu, n: number, size: LongSize): number {
  const { long } = c;
  if (size === 8) {
    long.valueHigh = long.words[2 * n + 1];
    return (long.valueLow = long.words[2 * n]);
  }
  if (size === 4) return long.words[2 * n];
  return size === 2 ? long.halves[4 * n] : long.bytes[byteAt(c, n)];
}
/** Sets a register; 4 bytes clear the high half, 8 take it from `high`. */
export function setReg(c: Cpu, n: number, size: LongSize, value: number, high = 0): void {
  const { long } = c;
  if (size === 8) {
    long.words[2 * n] = value;
    long.words[2 * n + 1] = high;
  } else if (size === 4) {
    long.words[2 * n] = value;
    long.words[2 * n + 1] = 0;
  } else if (size === 2) long.halves[4 * n] = value;
  else long.bytes[byteAt(c, n)] = value;
}

/**
 * Works out the effective address of a ModRM byte that names memory, as words `low` and `high`.
 * @param immediate bytes of the instruction that follow the address: RIP counts them
 */
export function effective(c: Cpu, m: number, immediate: number): void {
  const { long } = c;
  const { words, rex } = long;
  const mod = m >> 6;
  let base = m & 7;
  let low = 0;
  let high = 0;
  let isBased = true;
  if (base === 4) {
    const sib = next8(c);
    const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
    if (index !== 4) {
      const scale = sib >> 6;
      low = (words[2 * index] >>> 0) * (1 << scale);
      high = words[2 * index + 1] << scale;
    }
    base = sib & 7;
    if (base === 5 && mod === 0) isBased = false;
  } else if (base === 5 && mod === 0) {
    const displacement = next32(c);
    const target = nextRip(c) + immediate + displacement;
    long.low = target | 0;
    long.high = long.address32 ? 0 : Math.floor(target / TWO32) | 0;
    long.onStack = false;
    return;
  }
  if (isBased) {
    const n = base | ((rex & 1) << 3);
    low += words[2 * n] >>> 0;
    high += words[2 * n + 1];
    long.onStack = base === n && (n === 4 || n === 5);
  } else long.onStack = false;
  if (mod !== 0 || !isBased) {
    const displacement = mod === 1 ? nextS8(c) : next32(c);
    low += displacement >>> 0;
    high += displacement >> 31;
  }
  if (low >= TWO32) high += Math.floor(low / TWO32);
  long.low = low | 0;
  long.high = long.address32 ? 0 : high | 0;
}

/** Takes register `n` and `by` bytes more as the effective address. */
export function offsetRegister(c: Cpu, n: number, by: number): void {
  const { long } = c;
  const low = (long.words[2 * n] >>> 0) + by;
  long.low = low | 0;
  long.high = long.address32 ? 0 : (long.words[2 * n + 1] + (low >= TWO32 ? 1 : 0)) | 0;
  long.onStack = false;
}

/** The linear address of the offset in `low`, `high`, for `size` bytes; throws #GP, #SS, #AC. */
export function linearOf(c: Cpu, size: number, write: boolean): number {
  const { long } = c;
  let { low, high } = long;
  if (long.segment >= FS) {
    const base = long.bases[long.segment];
    const sum = (low >>> 0) + ((base | 0) >>> 0);
    high = (high + Math.floor(base / TWO32) + (sum >= TWO32 ? 1 : 0)) | 0;
    low = sum | 0;
  }
  if (high >> 15 !== high >> 31) {
    if (long.segment === SS || (long.onStack && long.segment < 0)) ss(c, 0);
    gp(c, 0);
  }
  const linear = high * TWO32 + (low >>> 0);
  if (c.alignCheck || c.watches !== 0) checkCarefully(c, linear, size, write);
  return linear;
}
function checkCarefully(c: Cpu, linear: number, size: number, write: boolean): void {
  if (c.alignCheck && (linear & (size - 1)) !== 0) raiseError(c, EX_AC, 0);
  if (c.watches !== 0) noteAccess(c, linear, size, write);
}

/** Loads from a linear address; for 8 bytes all of it in `valueLow`, `valueHigh`. */
export function loadSize(c: Cpu, at: number, size: LongSize): number {
  if (size === 8) {
    longLoad64(c, at);
    return c.long.valueLow;
  }
  if (size === 4) return longLoad32(c, at);
  return size === 2 ? longLoad16(c, at) : longLoad8(c, at);
}
/** Stores at a linear address. */
export function storeSize(c: Cpu, at: number, size: LongSize, value: number, high = 0): void {
  if (size === 8) longStore64(c, at, value, high);
  else if (size === 4) longStore32(c, at, value);
  else if (size === 2) longStore16(c, at, value);
  else longStore8(c, at, value);
}

/** Reads the r/m operand. */
export function readRm(c: Cpu, m: number, size: LongSize, immediate = 0): number {
  if (m >= 0xc0) return getReg(c, rmOf(c, m), size);
  effective(c, m, immediate);
  return loadSize(c, linearOf(c, size, false), size);
}
/** Writes the r/m operand. */
export function writeRm(c: Cpu, m: number, size: LongSize, value: number, high: number): void {
  if (m >= 0xc0) {
    setReg(c, rmOf(c, m), size, value, high);
    return;
  }
  effective(c, m, 0);
  storeSize(c, linearOf(c, size, true), size, value, high);
}
/**
 * Begins to change the r/m operand: the address for {@link loadRm} and {@link storeRm}, after every
 * fault that the store could raise.
 */
export function modifyRm(c: Cpu, m: number, size: number, immediate = 0): number {
  if (m >= 0xc0) return 0;
  effective(c, m, immediate);
  return longModify(c, linearOf(c, size, true), size);
}
/** Loads the operand that {@link modifyRm} prepared. */
export function loadRm(c: Cpu, m: number, at: number, size: LongSize): number {
  return m >= 0xc0 ? getReg(c, rmOf(c, m), size) : loadSize(c, at, size);
}
/** Stores it. */
export function storeRm(
  c: Cpu,
  m: number,
  at: number,
  size: LongSize,
  value: number,
  high = 0,
): void {
  if (m >= 0xc0) setReg(c, rmOf(c, m), size, value, high);
  else storeSize(c, at, size, value, high);
}

/** Throws #UD for a ModRM byte that names a register. */
export function memoryOnly(c: Cpu, m: number): void {
  if (m >= 0xc0) ud(c);
}
/** The value of a signed 64-bit number as words, where it is exact. */
export function splitHigh(value: number): number {
  return Math.floor(value / TWO32) | 0;
}
/** Is a pair of words a canonical address? */
export function isCanonical(high: number): boolean {
  return high >> 15 === high >> 31;
}
