/** Far jumps, calls and returns, in every mode, with call gates and privilege changes. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { CS, D_CODE, D_EC, D_L, D_P, D_S, ESP, SS } from "../constants.js";
import { gp, np, ss, ud } from "../state/fault.js";
import { fetch16 } from "../decode/fetch.js";
import { commitInnerStack, prepareInnerStack, pushInner, setCode } from "./inner-stack.js";
import { checkCodeLimit } from "../mmu/limits.js";
import { read, read16, write16, write32 } from "../mmu/memory.js";
import { ea, offsetAfter } from "../decode/modrm.js";
import { immediate, wordSize } from "../decode/operands.js";
import {
  dplOf,
  dropInnerSegments,
  isWritableData,
  limitOf,
  readDescriptor,
  setCpl,
  setFromDescriptor,
  setRealSegment,
  setV86Segment,
} from "../mmu/segment.js";
import { moveSp, peekStack, spOffset } from "../operations/stack.js";
import { both } from "../decode/table-build.js";
import { callGateLong, jumpGateLong } from "../long/transfers/call-gate.js";
import { TASK_CALL, TASK_JUMP, switchTask } from "./task.js";

/** Continues at `selector`:`eip` where there are no descriptors: in real and virtual-8086 mode. */
export function setFlatCode(c: Cpu, selector: number, eip: number): void {
  checkCodeLimit(c, eip);
  if (c.vm) setV86Segment(c, CS, selector);
  else setRealSegment(c, CS, selector);
  c.eip = eip;
}

/** Checks the code descriptor in `c.dlo`, `c.dhi` for a direct transfer at the current level. */
function checkDirect(c: Cpu, selector: number): void {
  const hi = c.dhi;
  const dpl = dplOf(hi);
  const error = selector & 0xfffc;
  if ((hi & D_EC) !== 0) {
    if (dpl > c.cpl) gp(c, error);
  } else if ((selector & 3) > c.cpl || dpl !== c.cpl) gp(c, error);
  if ((hi & D_P) === 0) np(c, selector);
}

/** 64-bit code has no limit, and 32 bits of an offset are a canonical address. */
function checkOffset(c: Cpu, eip: number, lo: number, hi: number): void {
  if (c.lma && (hi & D_L) !== 0) return;
  if (eip >>> 0 > limitOf(lo, hi) >>> 0) gp(c, 0);
}

/** Checks a system descriptor's privilege and presence: gates and TSSs. */
function checkGate(c: Cpu, selector: number): void {
  const dpl = dplOf(c.dhi);
  if (dpl < c.cpl || dpl < (selector & 3)) gp(c, selector & 0xfffc);
  if ((c.dhi & D_P) === 0) np(c, selector);
}

/** Follows a task gate in `c.dlo` to a TSS descriptor. Returns the TSS selector. */
export function taskGateTarget(c: Cpu): number {
  const selector = c.dlo >>> 16;
  if ((selector & 4) !== 0 || !readDescriptor(c, selector)) gp(c, selector & 0xfffc);
  if ((c.dhi & (D_S | 0x700)) !== 0x100) gp(c, selector & 0xfffc);
  if ((c.dhi & D_P) === 0) np(c, selector);
  return selector;
}

/** Reads and checks the code descriptor a call gate names; leaves it in `c.dlo`, `c.dhi`. */
function readGateCode(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) gp(c, 0);
  const error = selector & 0xfffc;
  if (!readDescriptor(c, selector)) gp(c, error);
  if ((c.dhi & (D_S | D_CODE)) !== (D_S | D_CODE) || dplOf(c.dhi) > c.cpl) gp(c, error);
  if ((c.dhi & D_P) === 0) np(c, selector);
}

/** JMP far. */
export function jumpFar(c: Cpu, selector: number, eip: number): void {
  if (!c.pe || c.vm) return setFlatCode(c, selector, eip);
  if ((selector & 0xfffc) === 0) gp(c, 0);
  const error = selector & 0xfffc;
  if (!readDescriptor(c, selector)) gp(c, error);
  let { dlo: lo, dhi: hi } = c;
  if ((hi & D_S) !== 0) {
    if ((hi & D_CODE) === 0) gp(c, error);
    checkDirect(c, selector);
    checkOffset(c, eip, lo, hi);
    return setCode(c, selector, c.cpl, lo, hi, eip);
  }
  if (c.lma) return jumpGateLong(c, selector);
  switch ((hi >> 8) & 15) {
    case 1:
    case 9:
      checkGate(c, selector);
      return switchTask(c, selector, TASK_JUMP);
    case 5:
      checkGate(c, selector);
      return switchTask(c, taskGateTarget(c), TASK_JUMP);
    case 4:
    case 12: {
      checkGate(c, selector);
      const offset = (hi & 0x800) !== 0 ? (lo & 0xffff) | (hi & -65536) : lo & 0xffff;
      const target = lo >>> 16;
      readGateCode(c, target);
      ({ dlo: lo, dhi: hi } = c);
      if ((hi & D_EC) === 0 && dplOf(hi) !== c.cpl) gp(c, target & 0xfffc);
      checkOffset(c, offset, lo, hi);
      return setCode(c, target, c.cpl, lo, hi, offset);
    }
    default:
      return gp(c, error);
  }
}

/** Takes the narrow stack pointer over when 64-bit code begins. */
function followStack(c: Cpu): void {
  if (c.code64) c.long.setStack(c.reg32[ESP]);
}

/** Pushes CS and the return address in one width, moving the stack pointer only at the end. */
function pushReturn(c: Cpu, wide: boolean): void {
  if (wide) {
    write32(c, SS, spOffset(c, -4), c.segSel[CS]);
    write32(c, SS, spOffset(c, -8), c.eip);
  } else {
    write16(c, SS, spOffset(c, -2), c.segSel[CS]);
    write16(c, SS, spOffset(c, -4), c.eip & 0xffff);
  }
}

/** CALL far. */
export function callFar(c: Cpu, selector: number, eip: number): void {
  const size = c.op32 ? 8 : 4;
  if (!c.pe || c.vm) {
    checkCodeLimit(c, eip);
    pushReturn(c, c.op32);
    setFlatCode(c, selector, eip);
    moveSp(c, -size);
    return;
  }
  if ((selector & 0xfffc) === 0) gp(c, 0);
  const error = selector & 0xfffc;
  if (!readDescriptor(c, selector)) gp(c, error);
  const { dlo: lo, dhi: hi } = c;
  if ((hi & D_S) !== 0) {
    if ((hi & D_CODE) === 0) gp(c, error);
    checkDirect(c, selector);
    checkOffset(c, eip, lo, hi);
    pushReturn(c, c.op32);
    setCode(c, selector, c.cpl, lo, hi, eip);
    moveSp(c, -size);
    followStack(c);
    return;
  }
  if (c.lma) return callGateLong(c, selector);
  switch ((hi >> 8) & 15) {
    case 1:
    case 9:
      checkGate(c, selector);
      return switchTask(c, selector, TASK_CALL);
    case 5:
      checkGate(c, selector);
      return switchTask(c, taskGateTarget(c), TASK_CALL);
    case 4:
    case 12:
      checkGate(c, selector);
      return callGate(c, lo, hi);
    default:
      return gp(c, error);
  }
}

function callGate(c: Cpu, gateLo: number, gateHi: number): void {
  const wide = (gateHi & 0x800) !== 0;
  const eip = wide ? (gateLo & 0xffff) | (gateHi & -65536) : gateLo & 0xffff;
  const target = gateLo >>> 16;
  readGateCode(c, target);
  const { dlo: lo, dhi: hi } = c;
  const level = dplOf(hi);
  if ((hi & D_EC) !== 0 || level === c.cpl) {
    checkOffset(c, eip, lo, hi);
    pushReturn(c, wide);
    setCode(c, target, c.cpl, lo, hi, eip);
    moveSp(c, wide ? -8 : -4);
    return;
  }
  const count = gateHi & 31;
  const step = wide ? 4 : 2;
  prepareInnerStack(c, level, (4 + count) * step);
  checkOffset(c, eip, lo, hi);
  pushInner(c, c.segSel[SS], wide);
  pushInner(c, c.reg32[ESP], wide);
  for (let k = count - 1; k >= 0; k--) {
    pushInner(c, read(c, SS, spOffset(c, k * step), step), wide);
  }
  pushInner(c, c.segSel[CS], wide);
  pushInner(c, c.eip, wide);
  setCpl(c, level);
  commitInnerStack(c);
  setCode(c, target, level, lo, hi, eip);
}

/**
 * The common end of RETF and IRET in protected mode: continues at `selector`:`eip`, popping `used`
 * operand-sized items and then `release` bytes, from the outer stack too if the level changes.
 * All checks come before any change.
 */
export function returnFar(
  c: Cpu,
  selector: number,
  eip: number,
  used: number,
  release: number,
): void {
  const error = selector & 0xfffc;
  if (error === 0) gp(c, 0);
  if (!readDescriptor(c, selector)) gp(c, error);
  const { dlo: lo, dhi: hi } = c;
  const rpl = selector & 3;
  if ((hi & (D_S | D_CODE)) !== (D_S | D_CODE) || rpl < c.cpl) gp(c, error);
  const dpl = dplOf(hi);
  if ((hi & D_EC) !== 0 ? dpl > rpl : dpl !== rpl) gp(c, error);
  if ((hi & D_P) === 0) np(c, selector);
  const step = wordSize(c);
  if (rpl === c.cpl) {
    checkOffset(c, eip, lo, hi);
    setCode(c, selector, rpl, lo, hi, eip);
    moveSp(c, used * step + release);
    followStack(c);
    return;
  }
  const spAt = spOffset(c, used * step + release);
  const ssAt = spOffset(c, (used + 1) * step + release);
  const esp = read(c, SS, spAt, step);
  const stack = read16(c, SS, ssAt);
  if ((stack & 0xfffc) === 0) gp(c, 0);
  if (!readDescriptor(c, stack)) gp(c, stack & 0xfffc);
  const { dlo: stackLo, dhi: stackHi } = c;
  if ((stack & 3) !== rpl || dplOf(stackHi) !== rpl || !isWritableData(stackHi)) {
    gp(c, stack & 0xfffc);
  }
  if ((stackHi & D_P) === 0) ss(c, stack & 0xfffc);
  checkOffset(c, eip, lo, hi);
  setCpl(c, rpl);
  setCode(c, selector, rpl, lo, hi, eip);
  setFromDescriptor(c, SS, stack, stackLo, stackHi);
  if (c.stack32) c.reg32[ESP] = esp + release;
  else c.reg16[ESP * 2] = esp + release;
  followStack(c);
  dropInnerSegments(c);
}

function retFar(c: Cpu, op: number): void {
  const release = op === 0xca ? fetch16(c) : 0;
  const eip = peekStack(c, 0);
  const selector = peekStack(c, 1) & 0xffff;
  if (!c.pe || c.vm) {
    const size = c.op32 ? 8 : 4;
    setFlatCode(c, selector, eip);
    moveSp(c, size + release);
    return;
  }
  returnFar(c, selector, eip, 2, release);
}

/** JMP m16:16/32 (group 5). */
export function jumpFarMemory(c: Cpu, m: number): void {
  const eip = farPointer(c, m);
  jumpFar(c, c.farSelector, eip);
}
/** CALL m16:16/32 (group 5). */
export function callFarMemory(c: Cpu, m: number): void {
  const eip = farPointer(c, m);
  callFar(c, c.farSelector, eip);
}
/** Reads a far pointer operand: returns the offset, leaves the selector in `c.farSelector`. */
export function farPointer(c: Cpu, m: number): number {
  if (m >= 0xc0) ud(c);
  const at = ea(c, m);
  const seg = c.eaSeg;
  const size = wordSize(c);
  const offset = read(c, seg, at, size);
  c.farSelector = read16(c, seg, offsetAfter(c, at, size));
  return offset;
}

/** Enters this file's instructions. */
export function installFar(t: OpcodeTables): void {
  both(t, 0x9a, (c) => {
    const eip = immediate(c, wordSize(c));
    callFar(c, fetch16(c), eip);
  });
  both(t, 0xea, (c) => {
    const eip = immediate(c, wordSize(c));
    jumpFar(c, fetch16(c), eip);
  });
  both(t, 0xca, retFar);
  both(t, 0xcb, retFar);
}
