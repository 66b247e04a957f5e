/** Register state for monitors and tests. */
import type { Cpu } from "../state/cpu.js";
import { updateBreakpoints } from "../state/breakpoints.js";
import {
  CR0_PE,
  CR0_PG,
  CS,
  D_ATTR,
  D_B,
  EFER_LMA,
  EFER_LME,
  EV_EXCEPTION,
  EV_HALT,
  EV_SHADOW,
  F_ALL,
  F_VM,
  SS,
} from "../constants.js";
import { updateCodeMode } from "../long/mode.js";
import { getEflags, writeEflags } from "../state/flags.js";
import { updateAllLimits } from "../mmu/limits.js";
import { dplOf, setCpl } from "../mmu/segment.js";
import { flushTlb } from "../mmu/tlb.js";
import type { LongCpuState } from "./long-register-state.js";
import { applyLongState, getLongState } from "./long-register-state.js";
import { refreshPointers } from "../mmu/walk.js";

/**
 * A segment register with its hidden part. All values unsigned.
 * @see {@link X86Cpu}, whose example sets one
 */
export interface SegmentState {
  /** Value that the program loaded, 16 bits. */
  selector: number;
  /** Linear address of its first byte. */
  base: number;
  /** In bytes. */
  limit: number;
  /** The descriptor's high dword & 0x00f0ff00. */
  flags: number;
}
/**
 * GDTR or IDTR.
 * @see {@link X86Cpu}
 */
export interface TableState {
  /** Linear address of its first byte. */
  base: number;
  /** Bytes of the table, minus 1. */
  limit: number;
}
/**
 * The processor's registers. Values without another note are unsigned, of 32 bits.
 * @see {@link X86Cpu}, whose `state()` answers one
 */
export interface CpuState {
  /** Accumulator, 32 bits. */
  eax: number;
  /** Counter register, 32 bits. */
  ecx: number;
  /** Data register, 32 bits. */
  edx: number;
  /** Base register, 32 bits. */
  ebx: number;
  /** Stack pointer, in bytes within SS. */
  esp: number;
  /** Frame pointer, in bytes within SS. */
  ebp: number;
  /** Source index, in bytes. */
  esi: number;
  /** Destination index, in bytes. */
  edi: number;
  /** Next instruction, in bytes within CS. */
  eip: number;
  /** Flags, with the reserved bits as the processor shows them. */
  eflags: number;
  /** Extra segment. */
  es: SegmentState;
  /** Code segment. */
  cs: SegmentState;
  /** Stack segment. */
  ss: SegmentState;
  /** Data segment. */
  ds: SegmentState;
  /** Additional segment FS. */
  fs: SegmentState;
  /** Additional segment GS. */
  gs: SegmentState;
  /** Local descriptor table. */
  ldtr: SegmentState;
  /** Task register. */
  tr: SegmentState;
  /** Global descriptor table. */
  gdtr: TableState;
  /** Interrupt descriptor table. */
  idtr: TableState;
  /** Control register 0: modes. */
  cr0: number;
  /** Control register 2: address of the last page fault. */
  cr2: number;
  /** Control register 3: where the page tables are. */
  cr3: number;
  /** Control register 4: extensions. */
  cr4: number;
  /** Breakpoint addresses. */
  dr0: number;
  /** Breakpoint address 1. */
  dr1: number;
  /** Breakpoint address 2. */
  dr2: number;
  /** Breakpoint address 3. */
  dr3: number;
  /** Debug status. */
  dr6: number;
  /** Debug control. */
  dr7: number;
  /** The extended feature enable register. */
  efer: number;
  /** Registers of long mode; see {@link LongCpuState}. */
  long: LongCpuState;
  /** Current privilege level, 0..3. */
  cpl: number;
  /** HLT was executed and no interrupt has come yet, or a start-up is waited for, which setting false ends. */
  halted: boolean;
  /** Is address line 20 let through? */
  a20: boolean;
  /** In system management mode? Shown only: setting it does nothing. */
  smm: boolean;
  /** Are interrupts held off for one more instruction (after STI or MOV SS)? Shown only. */
  interruptShadow: boolean;
}

const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
const DEBUG_REGISTERS = [
  ["dr0", 0],
  ["dr1", 1],
  ["dr2", 2],
  ["dr3", 3],
  ["dr6", 6],
  ["dr7", 7],
] as const;
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const;

function segment(c: Cpu, s: number): SegmentState {
  return {
    selector: c.segSel[s],
    base: c.segBase[s] >>> 0,
    limit: c.segLimit[s] >>> 0,
    flags: c.segAttr[s],
  };
}

/** The low halves of the wide registers. */
function lowHalves(c: Cpu): Int32Array {
  return Int32Array.from({ length: 8 }, (_, n) => c.long.words[2 * n]);
}

/** A copy of the registers. */
export function getState(c: Cpu): CpuState {
  const r = c.code64 ? lowHalves(c) : c.reg32;
  return {
    eax: r[0] >>> 0,
    ecx: r[1] >>> 0,
    edx: r[2] >>> 0,
    ebx: r[3] >>> 0,
    esp: r[4] >>> 0,
    ebp: r[5] >>> 0,
    esi: r[6] >>> 0,
    edi: r[7] >>> 0,
    eip: (c.code64 ? c.long.rip | 0 : c.eip) >>> 0,
    eflags: getEflags(c),
    es: segment(c, 0),
    cs: segment(c, 1),
    ss: segment(c, 2),
    ds: segment(c, 3),
    fs: segment(c, 4),
    gs: segment(c, 5),
    ldtr: segment(c, 6),
    tr: segment(c, 7),
    gdtr: { base: c.gdtBase >>> 0, limit: c.gdtLimit },
    idtr: { base: c.idtBase >>> 0, limit: c.idtLimit },
    cr0: c.cr0 >>> 0,
    cr2: c.cr2 >>> 0,
    cr3: c.cr3 >>> 0,
    cr4: c.cr4 >>> 0,
    dr0: c.dr[0] >>> 0,
    dr1: c.dr[1] >>> 0,
    dr2: c.dr[2] >>> 0,
    dr3: c.dr[3] >>> 0,
    dr6: c.dr[6] >>> 0,
    dr7: c.dr[7] >>> 0,
    efer: c.efer >>> 0,
    long: getLongState(c),
    cpl: c.cpl,
    halted: c.halted,
    a20: c.a20mask === -1,
    smm: c.smm,
    interruptShadow: (c.events & EV_SHADOW) !== 0,
  };
}

/** Replaces the registers that `part` names; modes follow CR0, EFLAGS and the segments. */
export function applyState(c: Cpu, part: Partial<CpuState>): void {
  REGISTERS.forEach((name, r) => {
    const v = part[name];
    if (v === undefined) return;
    c.reg32[r] = v;
    if (c.code64) {
      c.long.words[2 * r] = v;
      c.long.words[2 * r + 1] = 0;
    }
  });
  SEGMENTS.forEach((name, s) => {
    const v = part[name];
    if (v === undefined) return;
    c.segSel[s] = v.selector;
    c.segBase[s] = v.base;
    c.long.bases[s] = v.base >>> 0;
    c.segLimit[s] = v.limit;
    c.segAttr[s] = v.flags & D_ATTR;
  });
  if (part.gdtr !== undefined) {
    c.gdtBase = part.gdtr.base | 0;
    c.long.gdtBase = part.gdtr.base >>> 0;
    c.gdtLimit = part.gdtr.limit;
  }
  if (part.idtr !== undefined) {
    c.idtBase = part.idtr.base | 0;
    c.long.idtBase = part.idtr.base >>> 0;
    c.idtLimit = part.idtr.limit;
  }
  if (part.cr0 !== undefined) c.cr0 = part.cr0 | 0x10;
  if (part.efer !== undefined) c.efer = part.efer;
  if (part.cr2 !== undefined) {
    c.cr2 = part.cr2 | 0;
    c.long.cr2 = part.cr2 >>> 0;
  }
  if (part.cr3 !== undefined) {
    c.cr3 = part.cr3 | 0;
    c.cr3High = 0;
  }
  if (part.cr4 !== undefined) c.cr4 = part.cr4 | 0;
  DEBUG_REGISTERS.forEach(([name, n]) => {
    const v = part[name];
    if (v !== undefined) c.dr[n] = v;
  });
  if (part.a20 !== undefined) c.a20mask = part.a20 ? -1 : ~0x100000;
  if (part.halted !== undefined) {
    c.halted = part.halted;
    // One that goes on waits for no start-up either.
    if (!part.halted) c.waitsForStartUp = false;
    c.events = part.halted ? c.events | EV_HALT : c.events & ~EV_HALT;
  }
  if (part.eflags !== undefined) {
    writeEflags(c, part.eflags, F_ALL);
    c.eflags = (c.eflags & ~F_VM) | (part.eflags & F_VM);
  }
  if (part.eip !== undefined) {
    c.eip = part.eip | 0;
    c.long.rip = part.eip >>> 0;
    // An exception that waits belongs to the instruction that was there.
    c.events &= ~EV_EXCEPTION;
  }
  c.pe = (c.cr0 & CR0_PE) !== 0;
  c.lma = (c.cr0 & CR0_PG) !== 0 && (c.efer & EFER_LME) !== 0;
  c.efer = (c.efer & ~EFER_LMA) | (c.lma ? EFER_LMA : 0);
  if (c.lma || c.code64) updateCodeMode(c);
  if (part.long !== undefined) applyLongState(c, part.long);
  c.vm = c.pe && (c.eflags & F_VM) !== 0;
  const level = part.cpl ?? (!c.pe ? 0 : c.vm ? 3 : dplOf(c.segAttr[SS]));
  c.code32 = (c.segAttr[CS] & D_B) !== 0;
  c.stack32 = (c.segAttr[SS] & D_B) !== 0;
  updateBreakpoints(c);
  updateAllLimits(c);
  setCpl(c, level);
  flushTlb(c);
  refreshPointers(c);
  c.resetPrefixes();
}
