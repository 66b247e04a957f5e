/** Far jumps, calls and returns of 64-bit code. */
import type { Cpu } from "../../state/cpu.js";
import { CS, D_L, D_S } from "../../constants.js";
import { gp } from "../../state/fault.js";
import {
  longLoad16,
  longLoad32,
  longLoad64,
  longStore16,
  longStore32,
  longStore64,
} from "../../mmu/long-memory.js";
import { limitOf, readDescriptor } from "../../mmu/segment.js";
import { callGateLong, jumpGateLong } from "./call-gate.js";
import {
  effective,
  isCanonical,
  linearOf,
  loadSize,
  memoryOnly,
  nextRip,
  splitHigh,
} from "../decode.js";
import { checkSameLevel, commitCode, readCode } from "./descriptor.js";
import { returnLong } from "./interrupt.js";
import { continueAt } from "../mode.js";
import { moveRsp, stackAt } from "../operations/stack.js";

const TWO32 = 0x100000000;

/** Reads a far pointer: the selector; the offset in `valueLow`, `valueHigh`. */
export function farPointer(c: Cpu, m: number): number {
  memoryOnly(c, m);
  effective(c, m, 0);
  const { long } = c;
  const { size } = long;
  const at = linearOf(c, size + 2, false);
  const low = loadSize(c, at, size);
  const high = size === 8 ? long.valueHigh : 0;
  const selector = longLoad16(c, at + size);
  long.valueLow = low;
  long.valueHigh = high;
  return selector;
}

/** Is what a selector names a code segment, which is checked then? Leaves it in `dlo`, `dhi`. */
function isDirect(c: Cpu, selector: number): boolean {
  const error = selector & 0xfffc;
  if (error === 0) gp(c, 0);
  if (!readDescriptor(c, selector)) gp(c, error);
  if ((c.dhi & D_S) !== 0) {
    readCode(c, selector);
    checkSameLevel(c, selector);
    return true;
  }
  return false;
}

/** Continues at the offset in `low`, `high` of the code descriptor that was checked. */
function go(c: Cpu, selector: number, level: number, low: number, high: number): void {
  const { dlo: lo, dhi: hi } = c;
  const is64 = (hi & D_L) !== 0;
  if (is64 ? !isCanonical(high) : low >>> 0 > limitOf(lo, hi) >>> 0) gp(c, 0);
  commitCode(c, selector, level, lo, hi);
  continueAt(c, is64 ? high * TWO32 + (low >>> 0) : low >>> 0);
}

/** JMP of a far pointer in memory. */
export function jumpFarLong(c: Cpu, m: number): void {
  const { long } = c;
  const selector = farPointer(c, m);
  const { valueLow: low, valueHigh: high } = long;
  if (isDirect(c, selector)) return go(c, selector, c.cpl, low, high);
  jumpGateLong(c, selector);
}

function storeItem(c: Cpu, delta: number, low: number, high: number): void {
  const { size } = c.long;
  const at = stackAt(c, delta, true);
  if (size === 8) longStore64(c, at, low, high);
  else if (size === 4) longStore32(c, at, low);
  else longStore16(c, at, low & 0xffff);
}

/** CALL of a far pointer in memory. */
export function callFarLong(c: Cpu, m: number): void {
  const { long } = c;
  const selector = farPointer(c, m);
  const { valueLow: low, valueHigh: high } = long;
  if (isDirect(c, selector)) callDirect(c, selector, low, high);
  else callGateLong(c, selector);
}
/** Calls code at the same level, with a frame of the operand size. */
function callDirect(c: Cpu, selector: number, low: number, high: number): void {
  const next = nextRip(c);
  const { size } = c.long;
  storeItem(c, -size, c.segSel[CS], 0);
  storeItem(c, -2 * size, next | 0, splitHigh(next));
  const { words } = c.long;
  const saved = [words[8], words[9]] as const;
  moveRsp(c, -2 * size);
  try {
    go(c, selector, c.cpl, low, high);
  } catch (e) {
    [words[8], words[9]] = saved;
    throw e;
  }
}
/** RETF; `release` bytes more go. */
export function returnFarLong(c: Cpu, release: number): void {
  const { long } = c;
  const { size } = long;
  const at = stackAt(c, 0, false);
  const selectorAt = stackAt(c, size, false);
  if (size === 8) longLoad64(c, at);
  else {
    long.valueLow = size === 4 ? longLoad32(c, at) : longLoad16(c, at);
    long.valueHigh = 0;
  }
  const { valueLow: low, valueHigh: high } = long;
  returnLong(c, longLoad16(c, selectorAt), low, high, 2, release, false);
}
