/** SSE of 64-bit code beside its table: group 15, and what works on general registers. */
import type { Cpu, Handler } from "../state/cpu.js";
import { gp, ud } from "../state/fault.js";
import { setArithFlags } from "../state/flags.js";
import { AT_FPU_TAGS, AT_FPU_TOP, AT_MXCSR, AT_SCRATCH, AT_ST, AT_XMM } from "../state/layout.js";
import { packOperand } from "../kernels/sse/operands.js";
import { longLoad32, longModify, longStore32, longStore8 } from "../mmu/long-memory.js";
import { fxsaveLong } from "../operations/fpu/fxsave.js";
import { mustWait } from "../operations/fpu/wait.js";
import { checkMmx } from "../operations/mmx/install.js";
import { checkSse } from "../operations/sse/execute.js";
import { MXCSR_MASK } from "../operations/sse/install.js";
import { swapBytes } from "./alu.js";
import {
  effective,
  getReg,
  linearOf,
  loadSize,
  next8,
  readRm,
  regOf,
  setReg,
  storeSize,
} from "./decode.js";

const RDI = 14;

/** The memory operand of a ModRM byte. */
function operandAt(c: Cpu, m: number, bytes: number, write: boolean): number {
  effective(c, m, 0);
  return linearOf(c, bytes, write);
}

/** 0F AE: state, MXCSR, fences, CLFLUSH. */
export function group15(has: (feature: string) => boolean): Handler {
  const registerForms = [false, false, false, false, false, has("sse2"), has("sse2"), has("sse")];
  const needs = ["fxsr", "fxsr", "sse", "sse", "", "", "", "clflush"];
  return (c) => {
    const m = next8(c);
    const group = (m >> 3) & 7;
    const { long } = c;
    if (long.rep !== 0 || long.narrow || c.sse === null) return ud(c);
    if (m >= 0xc0) return registerForms[group] ? undefined : ud(c);
    const feature = needs[group];
    if (feature === "" || !has(feature)) return ud(c);
    if (group < 2) {
      const at = operandAt(c, m, 1, group === 0);
      return fxsaveLong(c, at, group === 0, long.size === 8);
    }
    if (group === 7) {
      loadSize(c, operandAt(c, m, 1, false), 1);
      return;
    }
    const at = operandAt(c, m, 4, group === 3);
    checkSse(c);
    if (group === 3) return longStore32(c, at, c.words[AT_MXCSR >> 2]);
    const value = longLoad32(c, at);
    if ((value & ~MXCSR_MASK) !== 0) gp(c, 0);
    c.words[AT_MXCSR >> 2] = value;
  };
}

/** MOVNTI. */
export function movnti(c: Cpu): void {
  const m = next8(c);
  const { long } = c;
  if (m >= 0xc0 || c.sse === null || long.rep !== 0 || long.narrow) ud(c);
  const size = long.size === 8 ? 8 : 4;
  const at = operandAt(c, m, size, true);
  const low = getReg(c, regOf(c, m), size);
  storeSize(c, at, size, low, long.valueHigh);
}

/** MASKMOVDQU with prefix 66, MASKMOVQ without. */
export function maskMove(c: Cpu, hasXmm: boolean): void {
  const m = next8(c);
  const { long } = c;
  if (m < 0xc0 || long.rep !== 0 || (long.narrow && !hasXmm)) ud(c);
  const isXmm = long.narrow;
  if (isXmm) checkSse(c);
  else {
    checkMmx(c);
    if (mustWait(c)) return;
  }
  const bytes = new Uint8Array(c.words.buffer, c.words.byteOffset + (isXmm ? AT_XMM : AT_ST), 256);
  const number = (n: number): number => 16 * (isXmm ? n : n & 7);
  const source = number(regOf(c, m));
  const mask = number((m & 7) | ((long.rex & 1) << 3));
  const at: number[] = [];
  for (let k = 0; k < (isXmm ? 16 : 8); k++) {
    const low = (long.words[RDI] >>> 0) + k;
    long.low = low | 0;
    long.high = long.address32 ? 0 : (long.words[RDI + 1] + (low > 0xffffffff ? 1 : 0)) | 0;
    long.onStack = false;
    at.push(bytes[mask + k] < 0x80 ? NaN : longModify(c, linearOf(c, 1, true), 1));
  }
  at.forEach((linear, k) => {
    if (!Number.isNaN(linear)) longStore8(c, linear, bytes[source + k]);
  });
  if (isXmm) return;
  c.words[AT_FPU_TOP >> 2] = 0;
  c.words[AT_FPU_TAGS >> 2] = 0xff;
}

function countBits(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
/** POPCNT. */
export function popcnt(c: Cpu): void {
  const m = next8(c);
  if (c.sse === null) ud(c);
  const { size } = c.long;
  const low = readRm(c, m, size);
  const high = size === 8 ? c.long.valueHigh : 0;
  setReg(c, regOf(c, m), size, countBits(low) + countBits(high));
  setArithFlags(c, (low | high) === 0 ? 0x40 : 0);
}

/** MOVBE: F0 loads, F1 stores. */
export function movbe(c: Cpu, op: number, m: number): void {
  if (m >= 0xc0 || c.sse === null) ud(c);
  const { long } = c;
  const { size } = long;
  const n = regOf(c, m);
  const at = operandAt(c, m, size, op === 0xf1);
  const low = op === 0xf0 ? loadSize(c, at, size) : getReg(c, n, size);
  const high = long.valueHigh;
  let swapped = swapBytes(low);
  if (size === 8) swapped = swapBytes(high);
  else if (size === 2) swapped >>>= 16;
  if (op === 0xf0) setReg(c, n, size, swapped, swapBytes(low));
  else storeSize(c, at, size, swapped, swapBytes(low));
}

/** CRC32: F0 of a byte, F1 of 2, 4 or 8. The sum is of 32 bits. */
export function crc32(c: Cpu, op: number, m: number): void {
  const unit = c.sse;
  if (unit === null) return ud(c);
  const { long } = c;
  const size = op === 0xf0 ? 1 : long.size;
  const value = readRm(c, m, size);
  const high = long.valueHigh;
  const n = regOf(c, m);
  const sum = AT_SCRATCH + 16;
  c.words[sum >> 2] = long.words[2 * n];
  const words = size === 8 ? [value, high] : [value];
  for (const word of words) {
    c.words[AT_SCRATCH >> 2] = word;
    unit.kernel(`crc32.${size === 8 ? 4 : size}`)(unit.state, packOperand(sum, AT_SCRATCH));
  }
  setReg(c, n, 4, c.words[sum >> 2]);
}
