/** Far jumps, calls and returns of 64-bit code, and call gates of 16 bytes. */
import type { Cpu } from "../state/cpu.js";
import { CS, D_EC, D_L, D_P, D_S, SS, TR } from "../constants.js";
import { gp, np, ss, ts } from "../state/fault.js";
import {
  longLoad16,
  longLoad32,
  longLoad64,
  longPrepareAt,
  longStore16,
  longStore32,
  longStore64,
  longStoreAt,
  longSysLoad32,
  longSysLoadAddress,
} from "../mmu/long-memory.js";
import { descriptorAddress, dplOf, limitOf, readDescriptor, setCpl } from "../mmu/segment.js";
import {
  effective,
  isCanonical,
  linearOf,
  loadSize,
  memoryOnly,
  nextRip,
  splitHigh,
} from "./decode.js";
import { checkSameLevel, commitCode, readCode, setNullStack } from "./descriptor.js";
import { returnLong } from "./interrupt.js";
import { moveRsp, stackAt } from "./stack.js";

const TWO32 = 0x100000000;
const CALL_GATE = 12;

/** Reads a far pointer: the selector; the offset in `valueLow`, `valueHigh`. */
function farPointer(c: Cpu, m: number): number {
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

/** Is what a selector names a code segment? Leaves it in `dlo`, `dhi`; a gate of 16 bytes, too. */
function isDirect(c: Cpu, selector: number): boolean {
  const error = selector & 0xfffc;
  if (error === 0) gp(c, 0);
  if (!readDescriptor(c, selector)) gp(c, error);
  if ((c.dhi & D_S) !== 0) {
    readCode(c, selector);
    checkSameLevel(c, selector);
    return true;
  }
  if (((c.dhi >> 8) & 15) !== CALL_GATE) gp(c, error);
  const dpl = dplOf(c.dhi);
  if (dpl < c.cpl || dpl < (selector & 3)) gp(c, error);
  if ((c.dhi & D_P) === 0) np(c, selector);
  return false;
}

/** Follows the gate in `dlo`, `dhi`: the code's selector; the offset in `valueLow`, `valueHigh`. */
function followGate(c: Cpu, gate: number): number {
  const { long } = c;
  const { dlo: lo, dhi: hi } = c;
  const at = descriptorAddress(c, gate & 0xfff8);
  const upper = descriptorAddress(c, (gate & 0xffff) + 8);
  if (at === null || upper === null) return gp(c, gate & 0xfffc);
  const high = longSysLoad32(c, upper);
  if ((longSysLoad32(c, upper + 4) & 0x1f00) !== 0) gp(c, gate & 0xfffc);
  const selector = lo >>> 16;
  readCode(c, selector);
  const error = selector & 0xfffc;
  if ((c.dhi & D_L) === 0 || dplOf(c.dhi) > c.cpl) gp(c, error);
  if ((c.dhi & D_P) === 0) np(c, selector);
  long.valueLow = (lo & 0xffff) | (hi & -65536);
  long.valueHigh = high;
  if (!isCanonical(high)) gp(c, 0);
  return selector;
}

/** Continues at the offset in `low`, `high` of the code descriptor that was checked. */
function go(c: Cpu, selector: number, level: number, low: number, high: number): void {
  const { dlo: lo, dhi: hi, long } = c;
  const is64 = (hi & D_L) !== 0;
  if (is64 ? !isCanonical(high) : low >>> 0 > limitOf(lo, hi) >>> 0) gp(c, 0);
  long.rip = is64 ? high * TWO32 + (low >>> 0) : low >>> 0;
  long.jumped = true;
  commitCode(c, selector, level, lo, hi);
  if (!c.code64) c.eip = low;
}

/** JMP of a far pointer in memory. */
export function jumpFarLong(c: Cpu, m: number): void {
  const { long } = c;
  const selector = farPointer(c, m);
  const { valueLow: low, valueHigh: high } = long;
  if (isDirect(c, selector)) return go(c, selector, c.cpl, low, high);
  const target = followGate(c, selector);
  if ((c.dhi & D_EC) === 0 && dplOf(c.dhi) !== c.cpl) gp(c, target & 0xfffc);
  go(c, target, c.cpl, long.valueLow, long.valueHigh);
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
function callGateLong(c: Cpu, gate: number): void {
  const { long } = c;
  const selector = followGate(c, gate);
  const { valueLow: low, valueHigh: high } = long;
  const level = dplOf(c.dhi);
  long.size = 8;
  if ((c.dhi & D_EC) !== 0 || level === c.cpl) return callDirect(c, selector, low, high);
  const { dlo: lo, dhi: hi } = c;
  const at = 4 + level * 8;
  if (at + 7 > c.segLimit[TR] >>> 0) ts(c, c.segSel[TR]);
  const sp = longSysLoadAddress(c, long.bases[TR] + at);
  const bottom = sp - 32;
  if (!isCanonical(splitHigh(sp)) || !isCanonical(splitHigh(bottom))) ss(c, 0);
  longPrepareAt(c, level, bottom, 32);
  const next = nextRip(c);
  longStoreAt(c, level, sp - 8, c.segSel[SS], 0);
  longStoreAt(c, level, sp - 16, long.words[8], long.words[9]);
  longStoreAt(c, level, sp - 24, c.segSel[CS], 0);
  longStoreAt(c, level, bottom, next | 0, splitHigh(next));
  setCpl(c, level);
  setNullStack(c, level);
  long.words[8] = bottom | 0;
  long.words[9] = splitHigh(bottom);
  long.rip = high * TWO32 + (low >>> 0);
  long.jumped = true;
  commitCode(c, selector, level, lo, hi);
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
