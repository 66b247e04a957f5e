/** Delivery of interrupts and exceptions in long mode, from 64-bit and compatibility code. */
import type { Cpu } from "../../state/cpu.js";
import {
  CS,
  D_EC,
  D_L,
  D_P,
  ESP,
  EX_NP,
  F_IF,
  F_NT,
  F_RF,
  F_TF,
  F_VM,
  SS,
  TR,
} from "../../constants.js";
import { gp, np, raiseError, ss, ts } from "../../state/fault.js";
import { getEflags } from "../../state/flags.js";
import {
  longPrepareAt,
  longStoreAt,
  longSysLoad32,
  longSysLoadAddress,
} from "../../mmu/long-memory.js";
import { dplOf, setCpl } from "../../mmu/segment.js";
import { isCanonical, splitHigh } from "../decode.js";
import { commitCode, readCode, setNullStack } from "./descriptor.js";

const TWO32 = 0x100000000;

/** A stack pointer from the TSS, at an offset. */
function stackFromTss(c: Cpu, offset: number): number {
  if (offset + 7 > c.segLimit[TR] >>> 0) ts(c, c.segSel[TR]);
  const at = c.long.bases[TR] + offset;
  const high = longSysLoad32(c, at + 4);
  if (!isCanonical(high)) ss(c, 0);
  return longSysLoadAddress(c, at);
}

/**
 * Enters the handler of `vector`; `error` is the error code or -1. The return address is the next
 * instruction's: RIP, or EIP in compatibility code. Throws the fault that delivery runs into.
 */
export function deliverLong(c: Cpu, vector: number, isInt: boolean, error: number): void {
  const { long } = c;
  const gateError = vector * 8 + 2;
  if (vector * 16 + 15 > c.idtLimit) gp(c, gateError);
  const entry = long.idtBase + vector * 16;
  const gateLo = longSysLoad32(c, entry);
  const gateHi = longSysLoad32(c, entry + 4);
  const type = (gateHi >> 8) & 31;
  if (type !== 14 && type !== 15) gp(c, gateError);
  if (isInt && dplOf(gateHi) < c.cpl) gp(c, gateError);
  if ((gateHi & D_P) === 0) raiseError(c, EX_NP, gateError);
  const high = longSysLoad32(c, entry + 8);
  const low = (gateLo & 0xffff) | (gateHi & -65536);
  const selector = gateLo >>> 16;
  readCode(c, selector);
  const { dlo: lo, dhi: hi } = c;
  const dpl = dplOf(hi);
  if (dpl > c.cpl || (hi & D_L) === 0) gp(c, selector & 0xfffc);
  if ((hi & D_P) === 0) np(c, selector);
  const isInner = (hi & D_EC) === 0 && dpl < c.cpl;
  const level = isInner ? dpl : c.cpl;
  const ist = gateHi & 7;
  const { words } = long;
  const oldLow = c.code64 ? words[8] : c.reg32[ESP];
  const oldHigh = c.code64 ? words[9] : 0;
  const rip = c.code64 ? long.rip : c.eip >>> 0;
  let sp: number;
  if (ist !== 0) sp = stackFromTss(c, 28 + ist * 8);
  else if (isInner) sp = stackFromTss(c, 4 + level * 8);
  else sp = oldHigh * TWO32 + (oldLow >>> 0);
  sp -= (sp & 15) >>> 0;
  const count = error >= 0 ? 6 : 5;
  const bottom = sp - count * 8;
  if (!isCanonical(splitHigh(bottom))) ss(c, 0);
  if (!isCanonical(high)) gp(c, 0);
  longPrepareAt(c, level, bottom, count * 8);
  let at = sp;
  const put = (v: number, h: number): void => {
    at -= 8;
    longStoreAt(c, level, at, v, h);
  };
  put(c.segSel[SS], 0);
  put(oldLow, oldHigh);
  put(getEflags(c), 0);
  put(c.segSel[CS], 0);
  put(rip | 0, splitHigh(rip));
  if (error >= 0) put(error, 0);
  if (isInner) {
    setCpl(c, level);
    setNullStack(c, level);
  }
  commitCode(c, selector, level, lo, hi);
  words[8] = bottom | 0;
  words[9] = splitHigh(bottom);
  long.rip = high * TWO32 + (low >>> 0);
  c.eflags &= ~(F_TF | F_NT | F_RF | F_VM | ((type & 1) === 0 ? F_IF : 0));
}
