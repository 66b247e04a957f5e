/** Descriptors, and loading the segment registers. */
import type { Cpu } from "../state/cpu.js";
import {
  CS,
  D_ACCESSED,
  D_ATTR,
  D_B,
  D_CODE,
  D_EC,
  D_G,
  D_P,
  D_RW,
  D_S,
  DS,
  ES,
  FS,
  GS,
  LDTR,
  SS,
} from "../constants.js";
import { gp, np, ss } from "../state/fault.js";
import { updateAlignment, updateAllLimits, updateLimits } from "./limits.js";
import { longSysLoad32, longSysStore32 } from "./long-memory.js";
import { sysLoad32, sysStore32 } from "./memory.js";
import { selectTlb } from "./tlb.js";
import { updateCodeMode } from "../long/mode.js";

/** Attributes of a segment in virtual-8086 mode: present, DPL 3, writable data, accessed. */
const V86_ATTR = 0xf300;

/** Loads a doubleword of a table of descriptors, or of a TSS. */
export function tableLoad32(c: Cpu, at: number): number {
  return c.lma ? longSysLoad32(c, at) : sysLoad32(c, at | 0);
}
/** Stores one. */
export function tableStore32(c: Cpu, at: number, value: number): void {
  if (c.lma) longSysStore32(c, at, value);
  else sysStore32(c, at | 0, value);
}

/** Linear address of the descriptor `selector` names, or null beyond its table's limit. */
export function descriptorAddress(c: Cpu, selector: number): number | null {
  const last = selector | 7;
  if ((selector & 4) !== 0) {
    if ((c.segAttr[LDTR] & D_P) === 0 || last > c.segLimit[LDTR] >>> 0) return null;
    if (c.lma) return c.long.bases[LDTR] + (selector & 0xfff8);
    return (c.segBase[LDTR] + (selector & 0xfff8)) | 0;
  }
  if (last > c.gdtLimit) return null;
  if (c.lma) return c.long.gdtBase + (selector & 0xfff8);
  return (c.gdtBase + (selector & 0xfff8)) | 0;
}

/** Reads a descriptor into `c.dlo`, `c.dhi`; false when the selector is beyond its table. */
export function readDescriptor(c: Cpu, selector: number): boolean {
  const at = descriptorAddress(c, selector);
  if (at === null) return false;
  c.dlo = tableLoad32(c, at);
  c.dhi = tableLoad32(c, at + 4);
  return true;
}

/** Base of a descriptor. */
export function baseOf(lo: number, hi: number): number {
  return (lo >>> 16) | ((hi & 0xff) << 16) | (hi & 0xff000000);
}
/** Limit of a descriptor in bytes, as int32. */
export function limitOf(lo: number, hi: number): number {
  const limit = (lo & 0xffff) | (hi & 0xf0000);
  return (hi & D_G) !== 0 ? (limit << 12) | 0xfff : limit;
}
/** Descriptor privilege level. */
export function dplOf(hi: number): number {
  return (hi >> 13) & 3;
}
/** Is it a writable data segment? */
export function isWritableData(hi: number): boolean {
  return (hi & (D_S | D_CODE | D_RW)) === (D_S | D_RW);
}

/** Replaces a segment register and its hidden part, without any check. */
export function setSegment(
  c: Cpu,
  seg: number,
  selector: number,
  base: number,
  limit: number,
  attr: number,
): void {
  c.segSel[seg] = selector;
  c.segBase[seg] = base;
  c.long.bases[seg] = base >>> 0;
  c.segLimit[seg] = limit;
  c.segAttr[seg] = attr & D_ATTR;
  if (seg < 6) updateLimits(c, seg);
  if (seg === CS) {
    c.code32 = (attr & D_B) !== 0;
    c.fetchSafe = 0;
    c.resetPrefixes();
    if (c.lma) updateCodeMode(c);
  } else if (seg === SS) c.stack32 = (attr & D_B) !== 0;
}

/** Loads a segment register from the descriptor `lo`, `hi`, marking it accessed in its table. */
export function setFromDescriptor(
  c: Cpu,
  seg: number,
  selector: number,
  lo: number,
  hi: number,
): void {
  let attr = hi;
  if ((hi & D_ACCESSED) === 0) {
    attr |= D_ACCESSED;
    const at = descriptorAddress(c, selector);
    if (at !== null) tableStore32(c, at + 4, attr);
  }
  setSegment(c, seg, selector, baseOf(lo, hi), limitOf(lo, hi), attr);
}

/** Real-mode load: only selector and base change; the hidden limit and rights stay. */
export function setRealSegment(c: Cpu, seg: number, selector: number): void {
  c.segSel[seg] = selector;
  c.segBase[seg] = selector << 4;
  c.long.bases[seg] = selector << 4;
  if (seg === CS) c.fetchSafe = 0;
}
/** Virtual-8086 load. */
export function setV86Segment(c: Cpu, seg: number, selector: number): void {
  setSegment(c, seg, selector, selector << 4, 0xffff, V86_ATTR);
}

/** Makes a data segment register unusable. */
export function setNullSegment(c: Cpu, seg: number, selector: number): void {
  setSegment(c, seg, selector, 0, 0, 0);
}

/** Changes the current privilege level. */
export function setCpl(c: Cpu, level: number): void {
  c.cpl = level;
  selectTlb(c);
  updateAlignment(c);
}

/** Enters or leaves virtual-8086 mode; the segment registers are the caller's to load. */
export function setVm(c: Cpu, on: boolean): void {
  c.vm = on;
  updateAllLimits(c);
}

/** Loads ES, SS, DS, FS or GS as MOV and POP do, with all checks. */
export function loadSegment(c: Cpu, seg: number, selector: number): void {
  if (!c.pe) return setRealSegment(c, seg, selector);
  if (c.vm) return setV86Segment(c, seg, selector);
  if (seg === SS) return loadStackSegment(c, selector);
  if ((selector & 0xfffc) === 0) return setNullSegment(c, seg, selector);
  const error = selector & 0xfffc;
  if (!readDescriptor(c, selector)) gp(c, error);
  const hi = c.dhi;
  if ((hi & D_S) === 0 || (hi & (D_CODE | D_RW)) === D_CODE) gp(c, error);
  if ((hi & (D_CODE | D_EC)) !== (D_CODE | D_EC)) {
    const dpl = dplOf(hi);
    if (dpl < c.cpl || dpl < (selector & 3)) gp(c, error);
  }
  if ((hi & D_P) === 0) np(c, selector);
  setFromDescriptor(c, seg, selector, c.dlo, hi);
}

function loadStackSegment(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) {
    // 64-bit code does without a stack segment at levels 0 to 2.
    if (!c.code64 || c.cpl === 3 || selector !== c.cpl) gp(c, 0);
    return setSegment(c, SS, selector, 0, 0, c.cpl << 13);
  }
  const error = selector & 0xfffc;
  if (!readDescriptor(c, selector)) gp(c, error);
  const hi = c.dhi;
  if ((selector & 3) !== c.cpl || dplOf(hi) !== c.cpl || !isWritableData(hi)) gp(c, error);
  if ((hi & D_P) === 0) ss(c, error);
  setFromDescriptor(c, SS, selector, c.dlo, hi);
}

/**
 * After a return to an outer level: data segments it may not use become null. In long mode FS and GS keep
 * their bases, which 64-bit code can have loaded alone.
 */
export function dropInnerSegments(c: Cpu): void {
  for (const seg of [ES, DS, FS, GS]) {
    const hasOwnBase = c.lma && seg >= FS;
    if (hasOwnBase && (c.segSel[seg] & 0xfffc) === 0) continue;
    const attr = c.segAttr[seg];
    const conforming = (attr & (D_CODE | D_EC)) === (D_CODE | D_EC);
    if (conforming || dplOf(attr) >= c.cpl) continue;
    const base = c.long.bases[seg];
    setNullSegment(c, seg, 0);
    if (hasOwnBase) c.segBase[seg] = (c.long.bases[seg] = base) | 0;
  }
}
