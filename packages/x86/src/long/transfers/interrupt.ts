/** Interrupts and exceptions in long mode: gates of 16 bytes, IST, IRETQ. */
import type { Cpu } from "../../state/cpu.js";
import { D_EC, D_L, D_P, EV_TRAP, EX_DB, F_NT, F_RF, F_VIF, F_VIP, SS } from "../../constants.js";
import { reportDebugHits } from "../../state/breakpoints.js";
import { gp, np, ss } from "../../state/fault.js";
import { changeableFlags, writeEflags } from "../../state/flags.js";
import { longLoad16, longLoad32, longLoad64 } from "../../mmu/long-memory.js";
import {
  dplOf,
  dropInnerSegments,
  isWritableData,
  limitOf,
  readDescriptor,
  setCpl,
  setFromDescriptor,
} from "../../mmu/segment.js";
import { isCanonical, nextRip } from "../decode.js";
import { commitCode, readCode, setNullStack } from "./descriptor.js";
import { continueAt } from "../mode.js";
import { moveRsp, stackAt } from "../operations/stack.js";
import { deliverLong } from "./deliver.js";

const RSP = 4;

/** Enters the handler of `vector`; the return address is the next instruction. */
function enterHandler(c: Cpu, vector: number, isSoftware: boolean): void {
  c.events &= ~EV_TRAP;
  c.long.rip = nextRip(c);
  try {
    deliverLong(c, vector, isSoftware, -1);
  } catch (e) {
    c.long.rip = c.long.startRip;
    throw e;
  }
  c.long.jumped = true;
}
/** INT n and its kin. */
export function softwareInterrupt(c: Cpu, vector: number): void {
  enterHandler(c, vector, true);
}
/** INT1, for which no level of the gate counts; what waits to be reported is reported with it. */
export function debugInterrupt(c: Cpu): void {
  reportDebugHits(c);
  enterHandler(c, EX_DB, false);
}

/** Item `k` of the frame, of the operand size, as words. */
function item(c: Cpu, k: number): void {
  const { long } = c;
  const { size } = long;
  const at = stackAt(c, k * size, false);
  if (size === 8) longLoad64(c, at);
  else {
    long.valueLow = size === 4 ? longLoad32(c, at) : longLoad16(c, at);
    long.valueHigh = 0;
  }
}

/** IRET, IRETD, IRETQ of 64-bit code: the frame always has a stack pointer. */
export function iretLong(c: Cpu): void {
  const { long } = c;
  c.nmiBlocked = false;
  if ((c.eflags & F_NT) !== 0) gp(c, 0);
  item(c, 0);
  const { valueLow: rip, valueHigh: ripHigh } = long;
  item(c, 1);
  const selector = long.valueLow & 0xffff;
  item(c, 2);
  const flags = long.valueLow;
  let mask = changeableFlags(c);
  if (c.cpl === 0) mask |= F_VIF | F_VIP;
  if (long.size === 2) mask &= 0xffff;
  returnLong(c, selector, rip, ripHigh, 3, 0, true);
  writeEflags(c, flags, mask);
  if (long.size !== 2 && c.executeBreaks !== 0) c.eflags |= flags & F_RF;
}

/**
 * The common end of RETF and IRET in 64-bit code: continues at `selector` and an address, popping
 * `used` items and `release` bytes. All checks come before any change.
 * @param always is a stack pointer popped at the same level, too?
 */
export function returnLong(
  c: Cpu,
  selector: number,
  rip: number,
  ripHigh: number,
  used: number,
  release: number,
  always: boolean,
): void {
  const { long } = c;
  const error = selector & 0xfffc;
  readCode(c, selector);
  const { dlo: lo, dhi: hi } = c;
  const rpl = selector & 3;
  if (rpl < c.cpl) gp(c, error);
  const dpl = dplOf(hi);
  if ((hi & D_EC) !== 0 ? dpl > rpl : dpl !== rpl) gp(c, error);
  if ((hi & D_P) === 0) np(c, selector);
  const is64 = (hi & D_L) !== 0;
  if (is64 ? !isCanonical(ripHigh) : rip >>> 0 > limitOf(lo, hi) >>> 0) gp(c, 0);
  const to = is64 ? ripHigh * 0x100000000 + (rip >>> 0) : rip >>> 0;
  const isOuter = rpl !== c.cpl;
  if (!isOuter && !always) {
    moveRsp(c, used * long.size + release);
    commitCode(c, selector, rpl, lo, hi);
    continueAt(c, to);
    return;
  }
  const base = used * long.size + release;
  const { size } = long;
  const spAt = stackAt(c, base, false);
  const ssAt = stackAt(c, base + size, false);
  if (size === 8) longLoad64(c, spAt);
  else {
    long.valueLow = size === 4 ? longLoad32(c, spAt) : longLoad16(c, spAt);
    long.valueHigh = 0;
  }
  const { valueLow: sp, valueHigh: spHigh } = long;
  const stack = longLoad16(c, ssAt);
  let stackLo = 0;
  let stackHi = 0;
  const isNull = (stack & 0xfffc) === 0;
  if (isNull) {
    if (!is64 || rpl === 3 || (stack & 3) !== rpl) gp(c, 0);
  } else {
    const stackError = stack & 0xfffc;
    if (!readDescriptor(c, stack)) gp(c, stackError);
    stackLo = c.dlo;
    stackHi = c.dhi;
    if ((stack & 3) !== rpl || dplOf(stackHi) !== rpl || !isWritableData(stackHi))
      gp(c, stackError);
    if ((stackHi & D_P) === 0) ss(c, stackError);
  }
  setCpl(c, rpl);
  long.words[2 * RSP] = sp;
  long.words[2 * RSP + 1] = spHigh;
  if (release !== 0) moveRsp(c, release);
  if (isNull) setNullStack(c, rpl);
  else setFromDescriptor(c, SS, stack, stackLo, stackHi);
  commitCode(c, selector, rpl, lo, hi);
  continueAt(c, to);
  if (isOuter) dropInnerSegments(c);
}
