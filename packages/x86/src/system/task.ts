/** Hardware task switches through 16 and 32 bit TSSs. */
import type { Cpu } from "../state/cpu.js";
import {
  CR0_PG,
  CR0_TS,
  CS,
  D_CODE,
  D_EC,
  D_P,
  D_RW,
  D_S,
  DS,
  EAX,
  ES,
  EX_DB,
  F_ALL,
  F_NT,
  F_VM,
  FS,
  GS,
  LDTR,
  SS,
  TR,
} from "../constants.js";
import { gp, np, raise, ss, ts } from "../state/fault.js";
import { getEflags, writeEflags } from "../state/flags.js";
import { checkCodeLimit } from "../mmu/limits.js";
import { sysLoad16, sysLoad32, sysPrepareWrite, sysStore16, sysStore32 } from "../mmu/memory.js";
import {
  baseOf,
  descriptorAddress,
  dplOf,
  isWritableData,
  limitOf,
  readDescriptor,
  setCpl,
  setFromDescriptor,
  setNullSegment,
  setSegment,
  setV86Segment,
  setVm,
} from "../mmu/segment.js";
import { setCr3 } from "./control-registers.js";

/** Ways in which a task is entered: the old one is left for good. */
export const TASK_JUMP = 0;
/** The old one is linked to. */
export const TASK_CALL = 1;
/** The new task is the one that the old one was linked to. */
export const TASK_RETURN = 2;
/** An interrupt or exception through a task gate: like a call. */
export const TASK_GATE = 3;

const BUSY = 0x200;

/** The place where a TSS keeps things. */
interface Layout {
  readonly wide: boolean;
  /** Smallest limit. */
  readonly limit: number;
  readonly eip: number;
  readonly flags: number;
  readonly registers: number;
  readonly segments: number;
  readonly count: number;
  readonly ldt: number;
}
const TSS32: Layout = {
  wide: true,
  limit: 0x67,
  eip: 0x20,
  flags: 0x24,
  registers: 0x28,
  segments: 0x48,
  count: 6,
  ldt: 0x60,
};
const TSS16: Layout = {
  wide: false,
  limit: 0x2b,
  eip: 14,
  flags: 16,
  registers: 18,
  segments: 34,
  count: 4,
  ldt: 42,
};

function setBusy(c: Cpu, selector: number, busy: boolean): void {
  const at = descriptorAddress(c, selector);
  if (at === null) return;
  const hi = sysLoad32(c, (at + 4) | 0);
  sysStore32(c, (at + 4) | 0, busy ? hi | BUSY : hi & ~BUSY);
}

/** Saves the running task in its TSS; `flags` is the EFLAGS image. */
function save(c: Cpu, flags: number): void {
  const base = c.segBase[TR];
  const t = (c.segAttr[TR] & 0x800) !== 0 ? TSS32 : TSS16;
  const put = t.wide ? sysStore32 : sysStore16;
  const step = t.wide ? 4 : 2;
  put(c, (base + t.eip) | 0, c.eip);
  put(c, (base + t.flags) | 0, flags);
  for (let r = 0; r < 8; r++) put(c, (base + t.registers + r * step) | 0, c.reg32[r]);
  for (let s = 0; s < t.count; s++) sysStore16(c, (base + t.segments + s * step) | 0, c.segSel[s]);
}

/**
 * Switches to the task whose TSS descriptor is in `c.dlo`, `c.dhi` (privilege was checked by the
 * caller). Faults found after the switch are raised in the new task.
 */
export function switchTask(c: Cpu, selector: number, how: number): void {
  const { dlo: lo, dhi: hi } = c;
  const busy = (hi & BUSY) !== 0;
  const error = selector & 0xfffc;
  if (how === TASK_RETURN ? !busy : busy) {
    if (how === TASK_RETURN) ts(c, selector);
    gp(c, error);
  }
  if ((hi & D_P) === 0) np(c, selector);
  const t = (hi & 0x800) !== 0 ? TSS32 : TSS16;
  const base = baseOf(lo, hi);
  const limit = limitOf(lo, hi);
  if (limit >>> 0 < t.limit) ts(c, selector);
  const old = (c.segAttr[TR] & 0x800) !== 0 ? TSS32 : TSS16;
  sysPrepareWrite(c, c.segBase[TR], old.limit + 1);
  sysPrepareWrite(c, base, 2);
  sysLoad16(c, (base + t.limit - 1) | 0);

  let flags = getEflags(c);
  if (how === TASK_RETURN) flags &= ~F_NT;
  if (how === TASK_JUMP || how === TASK_RETURN) setBusy(c, c.segSel[TR], false);
  save(c, flags);
  if (how === TASK_CALL || how === TASK_GATE) sysStore16(c, base, c.segSel[TR]);
  if (how !== TASK_RETURN) setBusy(c, selector, true);

  const get = t.wide ? sysLoad32 : sysLoad16;
  const step = t.wide ? 4 : 2;
  const cr3 = t.wide ? sysLoad32(c, (base + 0x1c) | 0) : 0;
  const eip = get(c, (base + t.eip) | 0);
  let newFlags = get(c, (base + t.flags) | 0);
  if (!t.wide) newFlags = (newFlags & 0xffff) | (c.eflags & -65536 & ~F_VM);
  const selectors: number[] = [];
  for (let s = 0; s < 6; s++) {
    selectors.push(s < t.count ? sysLoad16(c, (base + t.segments + s * step) | 0) : 0);
  }
  const ldt = sysLoad16(c, (base + t.ldt) | 0);
  for (let r = 0; r < 8; r++) {
    const v = get(c, (base + t.registers + r * step) | 0);
    if (t.wide) c.reg32[EAX + r] = v;
    else c.reg16[(EAX + r) * 2] = v;
  }
  if (how === TASK_CALL || how === TASK_GATE) newFlags |= F_NT;

  // The switch is made: from here on faults belong to the new task.
  setSegment(c, TR, selector, base, limit, hi | BUSY);
  c.cr0 |= CR0_TS;
  if (t.wide && (c.cr0 & CR0_PG) !== 0) {
    setCr3(c, cr3);
  }
  c.eip = eip;
  c.startEip = eip;
  loadContext(c, newFlags, selectors, ldt);
  checkCodeLimit(c, eip);
  if (t.wide && (sysLoad16(c, (base + 100) | 0) & 1) !== 0) {
    // The T bit: a debug trap before the new task's first instruction.
    c.dr[6] |= 0x8000;
    raise(c, EX_DB);
  }
}

function loadContext(c: Cpu, flags: number, selectors: number[], ldt: number): void {
  const v86 = (flags & F_VM) !== 0;
  writeEflags(c, flags, F_ALL);
  c.eflags = (c.eflags & ~F_VM) | (v86 ? F_VM : 0);
  setVm(c, v86);
  for (let s = 0; s < 6; s++) {
    if (v86) setV86Segment(c, s, selectors[s]);
    else setNullSegment(c, s, selectors[s]);
  }
  setCpl(c, v86 ? 3 : selectors[CS] & 3);
  loadLdt(c, ldt);
  if (v86) return;
  loadTaskStack(c, selectors[SS], selectors[CS] & 3);
  loadTaskCode(c, selectors[CS]);
  for (const s of [ES, DS, FS, GS]) loadTaskData(c, s, selectors[s]);
}

function loadLdt(c: Cpu, selector: number): void {
  setNullSegment(c, LDTR, selector);
  if ((selector & 0xfffc) === 0) return;
  if ((selector & 4) !== 0 || !readDescriptor(c, selector)) ts(c, selector);
  if ((c.dhi & (D_S | 0xf00)) !== 0x200 || (c.dhi & D_P) === 0) ts(c, selector);
  setSegment(c, LDTR, selector, baseOf(c.dlo, c.dhi), limitOf(c.dlo, c.dhi), c.dhi);
}
function loadTaskCode(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0 || !readDescriptor(c, selector)) ts(c, selector);
  const { dlo: lo, dhi: hi } = c;
  const rpl = selector & 3;
  if ((hi & (D_S | D_CODE)) !== (D_S | D_CODE)) ts(c, selector);
  if ((hi & D_EC) !== 0 ? dplOf(hi) > rpl : dplOf(hi) !== rpl) ts(c, selector);
  if ((hi & D_P) === 0) np(c, selector);
  const eip = c.eip;
  setFromDescriptor(c, CS, selector, lo, hi);
  c.eip = eip;
}
function loadTaskStack(c: Cpu, selector: number, cpl: number): void {
  if ((selector & 0xfffc) === 0 || !readDescriptor(c, selector)) ts(c, selector);
  const { dlo: lo, dhi: hi } = c;
  if (!isWritableData(hi) || dplOf(hi) !== cpl || (selector & 3) !== cpl) ts(c, selector);
  if ((hi & D_P) === 0) ss(c, selector & 0xfffc);
  setFromDescriptor(c, SS, selector, lo, hi);
}
function loadTaskData(c: Cpu, seg: number, selector: number): void {
  if ((selector & 0xfffc) === 0) return setNullSegment(c, seg, selector);
  if (!readDescriptor(c, selector)) ts(c, selector);
  const { dlo: lo, dhi: hi } = c;
  if ((hi & D_S) === 0 || (hi & (D_CODE | D_RW)) === D_CODE) ts(c, selector);
  if ((hi & (D_CODE | D_EC)) !== (D_CODE | D_EC)) {
    if (dplOf(hi) < c.cpl || dplOf(hi) < (selector & 3)) ts(c, selector);
  }
  if ((hi & D_P) === 0) np(c, selector);
  setFromDescriptor(c, seg, selector, lo, hi);
}
