/** Call gates of 16 bytes, from 64-bit and from compatibility code. */
import type { Cpu } from "../../state/cpu.js";
import { CS, D_EC, D_L, D_P, ESP, SS, TR } from "../../constants.js";
import { gp, np, ss, ts } from "../../state/fault.js";
import {
  longPrepareAt,
  longStoreAt,
  longSysLoad32,
  longSysLoadAddress,
} from "../../mmu/long-memory.js";
import { descriptorAddress, dplOf, setCpl } from "../../mmu/segment.js";
import { isCanonical, nextRip, splitHigh } from "../decode.js";
import { commitCode, readCode, setNullStack } from "./descriptor.js";

const TWO32 = 0x100000000;
const CALL_GATE = 12;

/** Checks that the system descriptor in `dhi` is a call gate that may be used. */
export function checkCallGate(c: Cpu, selector: number): void {
  if (((c.dhi >> 8) & 15) !== CALL_GATE) gp(c, selector & 0xfffc);
  const dpl = dplOf(c.dhi);
  if (dpl < c.cpl || dpl < (selector & 3)) gp(c, selector & 0xfffc);
  if ((c.dhi & D_P) === 0) np(c, selector);
}

/** Follows the gate in `dlo`, `dhi`: the code's selector; the offset in `valueLow`, `valueHigh`. */
function followGate(c: Cpu, gate: number): number {
  const { long } = c;
  const { dlo: lo, dhi: hi } = c;
  const upper = descriptorAddress(c, (gate & 0xfffc) + 8);
  if (upper === null || gate >= 0xfff8) return gp(c, gate & 0xfffc);
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

/** Begins 64-bit code at the offset in `low`, `high` of the code descriptor that was read. */
function enterCode(c: Cpu, selector: number, level: number, low: number, high: number): void {
  commitCode(c, selector, level, c.dlo, c.dhi);
  c.long.rip = high * TWO32 + (low >>> 0);
  c.long.jumped = true;
}

/** JMP through the gate that has been read and checked. */
function jumpThrough(c: Cpu, gate: number): void {
  const target = followGate(c, gate);
  if ((c.dhi & D_EC) === 0 && dplOf(c.dhi) !== c.cpl) gp(c, target & 0xfffc);
  enterCode(c, target, c.cpl, c.long.valueLow, c.long.valueHigh);
}
/** JMP to what `dlo`, `dhi` say, which is no segment. */
export function jumpGateLong(c: Cpu, selector: number): void {
  checkCallGate(c, selector);
  jumpThrough(c, selector);
}

/** CALL of what `dlo`, `dhi` say, which is no segment. The frame's items have 8 bytes. */
export function callGateLong(c: Cpu, gate: number): void {
  checkCallGate(c, gate);
  const { long } = c;
  const selector = followGate(c, gate);
  const { valueLow: low, valueHigh: high } = long;
  const { words, bases } = long;
  const { dlo: lo, dhi: hi } = c;
  const spLow = c.code64 ? words[8] : c.reg32[ESP];
  const spHigh = c.code64 ? words[9] : 0;
  const next = c.code64 ? nextRip(c) : c.eip >>> 0;
  const isInner = (hi & D_EC) === 0 && dplOf(hi) < c.cpl;
  const level = isInner ? dplOf(hi) : c.cpl;
  let sp = spHigh * TWO32 + (spLow >>> 0);
  if (isInner) {
    const at = 4 + level * 8;
    if (at + 7 > c.segLimit[TR] >>> 0) ts(c, c.segSel[TR]);
    sp = longSysLoadAddress(c, bases[TR] + at);
  }
  const bytes = isInner ? 32 : 16;
  const bottom = sp - bytes;
  if (!isCanonical(splitHigh(sp)) || !isCanonical(splitHigh(bottom))) ss(c, 0);
  longPrepareAt(c, level, bottom, bytes);
  if (isInner) {
    longStoreAt(c, level, bottom + 24, c.segSel[SS], 0);
    longStoreAt(c, level, bottom + 16, spLow, spHigh);
  }
  longStoreAt(c, level, bottom + 8, c.segSel[CS], 0);
  longStoreAt(c, level, bottom, next | 0, splitHigh(next));
  if (isInner) {
    setCpl(c, level);
    setNullStack(c, level);
  }
  c.dlo = lo;
  c.dhi = hi;
  enterCode(c, selector, level, low, high);
  words[8] = bottom | 0;
  words[9] = splitHigh(bottom);
}
