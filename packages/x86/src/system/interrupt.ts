/** Interrupts and exceptions: delivery in every mode, INT instructions, IRET. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  CS,
  D_CODE,
  D_EC,
  D_P,
  D_S,
  DS,
  ES,
  ESP,
  EV_TRAP,
  EX_BP,
  EX_DB,
  EX_NP,
  EX_OF,
  EX_PF,
  F_AC,
  F_ALL,
  F_IF,
  F_IOPL,
  F_NT,
  F_RF,
  F_TF,
  F_VIF,
  F_VIP,
  F_VM,
  FS,
  GS,
  SS,
  TR,
} from "../constants.js";
import { reportDebugHits } from "../state/breakpoints.js";
import { gp, np, ts, raiseError } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { changeableFlags, getEflags, getOF, iopl, writeEflags } from "../state/flags.js";
import { deliverLong } from "../long/transfers/deliver.js";
import { returnFar, setFlatCode, taskGateTarget } from "./far.js";
import { commitInnerStack, prepareInnerStack, pushInner, setCode } from "./inner-stack.js";
import { read16, read32, sysLoad16, sysLoad32, write16, write32 } from "../mmu/memory.js";
import { wordSize } from "../decode/operands.js";
import {
  dplOf,
  limitOf,
  readDescriptor,
  setCpl,
  setNullSegment,
  setRealSegment,
  setV86Segment,
  setVm,
} from "../mmu/segment.js";
import { moveSp, peekStack, push, push16, push32, spOffset } from "../operations/stack.js";
import { both } from "../decode/table-build.js";
import { TASK_GATE, TASK_RETURN, switchTask } from "./task.js";

/** The place where an interrupt comes from: an INT instruction. */
export const SOURCE_INT = 0;
/** A fault or trap. */
export const SOURCE_EXCEPTION = 1;
/** The interrupt line or an NMI. */
export const SOURCE_HARDWARE = 2;

/**
 * Enters the handler of `vector`. `error` is the error code or -1. The return address is `c.eip`.
 * Throws the fault that delivery runs into, with the EXT bit set where it belongs.
 */
export function deliver(c: Cpu, vector: number, source: number, error: number): void {
  if (!c.pe) return deliverReal(c, vector);
  try {
    if (c.lma) deliverLong(c, vector, source === SOURCE_INT, error);
    else deliverProtected(c, vector, source, error);
  } catch (e) {
    if (e === c.fault && source !== SOURCE_INT && c.fault.error >= 0 && c.fault.vector !== EX_PF) {
      c.fault.error |= 1;
    }
    throw e;
  }
}

function deliverReal(c: Cpu, vector: number): void {
  if (vector * 4 + 3 > c.idtLimit) gp(c, vector * 8 + 2);
  const entry = (c.idtBase + vector * 4) | 0;
  const eip = sysLoad16(c, entry);
  const selector = sysLoad16(c, (entry + 2) | 0);
  write16(c, SS, spOffset(c, -2), getEflags(c) & 0xffff);
  write16(c, SS, spOffset(c, -4), c.segSel[CS]);
  write16(c, SS, spOffset(c, -6), c.eip & 0xffff);
  moveSp(c, -6);
  setRealSegment(c, CS, selector);
  c.eip = eip;
  c.eflags &= ~(F_IF | F_TF | F_AC | F_RF);
}

function deliverProtected(c: Cpu, vector: number, source: number, error: number): void {
  const gateError = vector * 8 + 2;
  if (vector * 8 + 7 > c.idtLimit) gp(c, gateError);
  const entry = (c.idtBase + vector * 8) | 0;
  const gateLo = sysLoad32(c, entry);
  const gateHi = sysLoad32(c, (entry + 4) | 0);
  const type = (gateHi >> 8) & 31;
  if (type !== 5 && type !== 6 && type !== 7 && type !== 14 && type !== 15) gp(c, gateError);
  if (source === SOURCE_INT && dplOf(gateHi) < c.cpl) gp(c, gateError);
  if ((gateHi & D_P) === 0) raiseError(c, EX_NP, gateError);
  if (type === 5) {
    c.dlo = gateLo;
    switchTask(c, taskGateTarget(c), TASK_GATE);
    if (error >= 0) {
      if ((c.segAttr[TR] & 0x800) !== 0) push32(c, error);
      else push16(c, error);
    }
    return;
  }
  const wide = type >= 14;
  const eip = (gateLo & 0xffff) | (wide ? gateHi & -65536 : 0);
  const selector = gateLo >>> 16;
  if ((selector & 0xfffc) === 0) gp(c, 0);
  if (!readDescriptor(c, selector)) gp(c, selector & 0xfffc);
  const { dlo: lo, dhi: hi } = c;
  const level = dplOf(hi);
  if ((hi & (D_S | D_CODE)) !== (D_S | D_CODE) || level > c.cpl) gp(c, selector & 0xfffc);
  if ((hi & D_P) === 0) np(c, selector);
  const conforming = (hi & D_EC) !== 0;
  const flags = getEflags(c);
  const inner = !conforming && level < c.cpl;
  if (c.vm && (conforming || level !== 0)) gp(c, selector & 0xfffc);
  if (eip >>> 0 > limitOf(lo, hi) >>> 0) gp(c, 0);
  if (inner) enterInner(c, level, flags, error, wide);
  else pushFrame(c, wide, flags, error);
  setCode(c, selector, inner ? level : c.cpl, lo, hi, eip);
  c.eflags &= ~(F_TF | F_NT | F_RF | F_VM | ((type & 1) === 0 ? F_IF : 0));
}

/** Changes to the stack of `level`, leaving virtual-8086 mode, and pushes the frame there. */
function enterInner(c: Cpu, level: number, flags: number, error: number, wide: boolean): void {
  const fromV86 = c.vm;
  const items = (fromV86 ? 9 : 5) + (error >= 0 ? 1 : 0);
  prepareInnerStack(c, level, items * (wide ? 4 : 2));
  if (fromV86) for (const seg of [GS, FS, DS, ES]) pushInner(c, c.segSel[seg], wide);
  pushInner(c, c.segSel[SS], wide);
  pushInner(c, c.reg32[ESP], wide);
  pushInner(c, flags | (fromV86 ? F_VM : 0), wide);
  pushInner(c, c.segSel[CS], wide);
  pushInner(c, c.eip, wide);
  if (error >= 0) pushInner(c, error, wide);
  if (fromV86) {
    setVm(c, false);
    for (const seg of [ES, DS, FS, GS]) setNullSegment(c, seg, 0);
  }
  setCpl(c, level);
  commitInnerStack(c);
}

/** Pushes the frame on the current stack, moving the stack pointer only at the end. */
function pushFrame(c: Cpu, wide: boolean, flags: number, error: number): void {
  if (wide) {
    write32(c, SS, spOffset(c, -4), flags);
    write32(c, SS, spOffset(c, -8), c.segSel[CS]);
    write32(c, SS, spOffset(c, -12), c.eip);
    if (error >= 0) write32(c, SS, spOffset(c, -16), error);
    moveSp(c, error >= 0 ? -16 : -12);
  } else {
    write16(c, SS, spOffset(c, -2), flags & 0xffff);
    write16(c, SS, spOffset(c, -4), c.segSel[CS]);
    write16(c, SS, spOffset(c, -6), c.eip & 0xffff);
    if (error >= 0) write16(c, SS, spOffset(c, -8), error);
    moveSp(c, error >= 0 ? -8 : -6);
  }
}

function pushf(c: Cpu): void {
  if (c.vm && iopl(c) < 3) gp(c, 0);
  push(c, getEflags(c) & ~(F_RF | F_VM));
}
function popf(c: Cpu): void {
  if (c.vm && iopl(c) < 3) gp(c, 0);
  const mask = changeableFlags(c);
  const v = peekStack(c, 0);
  moveSp(c, wordSize(c));
  writeEflags(c, v, c.op32 ? mask : mask & 0xffff);
}

function iret(c: Cpu): void {
  c.nmiBlocked = false;
  if (c.vm && iopl(c) < 3) gp(c, 0);
  const step = wordSize(c);
  if (!c.pe || c.vm) {
    const eip = peekStack(c, 0);
    const selector = peekStack(c, 1) & 0xffff;
    const flags = peekStack(c, 2);
    setFlatCode(c, selector, eip);
    moveSp(c, step * 3);
    let mask = changeableFlags(c);
    // The privilege level field is out of reach in virtual-8086 mode.
    if (c.vm) mask &= ~F_IOPL;
    writeEflags(c, flags, step === 4 ? mask : mask & 0xffff);
    if (step === 4 && c.executeBreaks !== 0) c.eflags |= flags & F_RF;
    return;
  }
  if ((c.eflags & F_NT) !== 0) return c.lma ? gp(c, 0) : returnFromTask(c);
  const eip = peekStack(c, 0);
  const selector = peekStack(c, 1) & 0xffff;
  const flags = peekStack(c, 2);
  if (step === 4 && c.cpl === 0 && (flags & F_VM) !== 0 && !c.lma) {
    return returnToV86(c, eip, selector, flags);
  }
  let mask = changeableFlags(c);
  if (c.cpl === 0) mask |= F_VIF | F_VIP;
  if (step === 2) mask &= 0xffff;
  returnFar(c, selector, eip, 3, 0);
  writeEflags(c, flags, mask);
  // Only execution breakpoints look at RF, so it is kept only while there are any.
  if (step === 4 && c.executeBreaks !== 0) c.eflags |= flags & F_RF;
}

function returnFromTask(c: Cpu): void {
  const selector = sysLoad16(c, c.segBase[TR]);
  if ((selector & 4) !== 0 || !readDescriptor(c, selector)) ts(c, selector);
  // A busy TSS, 16 or 32 bits.
  if ((c.dhi & (D_S | 0x700)) !== 0x300) ts(c, selector);
  if ((c.dhi & D_P) === 0) np(c, selector);
  switchTask(c, selector, TASK_RETURN);
}

function returnToV86(c: Cpu, eip: number, selector: number, flags: number): void {
  const esp = read32(c, SS, spOffset(c, 12));
  const stack = read16(c, SS, spOffset(c, 16));
  const es = read16(c, SS, spOffset(c, 20));
  const ds = read16(c, SS, spOffset(c, 24));
  const fs = read16(c, SS, spOffset(c, 28));
  const gs = read16(c, SS, spOffset(c, 32));
  if (eip >>> 0 > 0xffff) gp(c, 0);
  writeEflags(c, flags, F_ALL & ~(F_RF | F_VM));
  c.eflags |= F_VM;
  setVm(c, true);
  setV86Segment(c, CS, selector);
  setV86Segment(c, SS, stack);
  setV86Segment(c, ES, es);
  setV86Segment(c, DS, ds);
  setV86Segment(c, FS, fs);
  setV86Segment(c, GS, gs);
  c.reg32[ESP] = esp;
  c.eip = eip & 0xffff;
  setCpl(c, 3);
}

/** INT n, INT3, INTO: the return address is the next instruction. */
function softwareInterrupt(c: Cpu, vector: number): void {
  // The single step of an INT is swallowed by the handler's cleared TF.
  c.events &= ~EV_TRAP;
  deliver(c, vector, SOURCE_INT, -1);
}

/** INT1: a trap of the processor's own, for which no level of the gate counts; what waits is reported with it. */
function debugInterrupt(c: Cpu): void {
  reportDebugHits(c);
  c.events &= ~EV_TRAP;
  deliver(c, EX_DB, SOURCE_EXCEPTION, -1);
}

/** Enters this file's instructions. */
export function installInterrupt(t: OpcodeTables): void {
  both(t, 0xcd, (c) => {
    const vector = fetch8(c);
    if (c.vm && iopl(c) < 3) gp(c, 0);
    softwareInterrupt(c, vector);
  });
  both(t, 0xcc, (c) => softwareInterrupt(c, EX_BP));
  both(t, 0xce, (c) => {
    if (getOF(c)) softwareInterrupt(c, EX_OF);
  });
  both(t, 0xf1, debugInterrupt);
  both(t, 0xcf, iret);
  both(t, 0x9c, pushf);
  both(t, 0x9d, popf);
}
