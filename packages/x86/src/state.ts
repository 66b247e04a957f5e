/** Register state for monitors, tests and snapshots. */
import type { Cpu } from "./cpu.js";
import { updateBreakpoints } from "./breakpoints.js";
import { CR0_PE, CS, F_VM, SS } from "./constants.js";
import { getEflags, writeEflags } from "./flags.js";
import { updateAllLimits } from "./limits.js";
import { dplOf, setCpl } from "./segment.js";
import { flushTlb } from "./tlb.js";

/** A segment register with its hidden part. All values unsigned. */
export interface SegmentState {
  selector: number;
  base: number;
  /** In bytes. */
  limit: number;
  /** The descriptor's high dword & 0x00f0ff00. */
  flags: number;
}
/** GDTR or IDTR. */
export interface TableState {
  base: number;
  limit: number;
}
/** The processor's registers. All values unsigned 32 bits. */
export interface CpuState {
  eax: number;
  ecx: number;
  edx: number;
  ebx: number;
  esp: number;
  ebp: number;
  esi: number;
  edi: number;
  eip: number;
  eflags: number;
  es: SegmentState;
  cs: SegmentState;
  ss: SegmentState;
  ds: SegmentState;
  fs: SegmentState;
  gs: SegmentState;
  ldtr: SegmentState;
  tr: SegmentState;
  gdtr: TableState;
  idtr: TableState;
  cr0: number;
  cr2: number;
  cr3: number;
  cr4: number;
  dr6: number;
  dr7: number;
  cpl: number;
  halted: boolean;
}

const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const;

function segment(c: Cpu, s: number): SegmentState {
  return {
    selector: c.segSel[s],
    base: c.segBase[s] >>> 0,
    limit: c.segLimit[s] >>> 0,
    flags: c.segAttr[s],
  };
}

/** A copy of the registers. */
export function getState(c: Cpu): CpuState {
  const r = c.reg32;
  return {
    eax: r[0] >>> 0,
    ecx: r[1] >>> 0,
    edx: r[2] >>> 0,
    ebx: r[3] >>> 0,
    esp: r[4] >>> 0,
    ebp: r[5] >>> 0,
    esi: r[6] >>> 0,
    edi: r[7] >>> 0,
    eip: c.eip >>> 0,
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
    dr6: c.dr[6] >>> 0,
    dr7: c.dr[7] >>> 0,
    cpl: c.cpl,
    halted: c.halted,
  };
}

/** Replaces the registers that `part` names; modes follow CR0, EFLAGS and the segments. */
export function applyState(c: Cpu, part: Partial<CpuState>): void {
  REGISTERS.forEach((name, r) => {
    const v = part[name];
    if (v !== undefined) c.reg32[r] = v;
  });
  SEGMENTS.forEach((name, s) => {
    const v = part[name];
    if (v === undefined) return;
    c.segSel[s] = v.selector;
    c.segBase[s] = v.base;
    c.segLimit[s] = v.limit;
    c.segAttr[s] = v.flags & 0x00f0ff00;
  });
  if (part.gdtr !== undefined) {
    c.gdtBase = part.gdtr.base | 0;
    c.gdtLimit = part.gdtr.limit;
  }
  if (part.idtr !== undefined) {
    c.idtBase = part.idtr.base | 0;
    c.idtLimit = part.idtr.limit;
  }
  if (part.cr0 !== undefined) c.cr0 = part.cr0 | 0x10;
  if (part.cr2 !== undefined) c.cr2 = part.cr2 | 0;
  if (part.cr3 !== undefined) c.cr3 = part.cr3 | 0;
  if (part.cr4 !== undefined) c.cr4 = part.cr4 | 0;
  if (part.dr6 !== undefined) c.dr[6] = part.dr6;
  if (part.dr7 !== undefined) c.dr[7] = part.dr7;
  if (part.eflags !== undefined) {
    writeEflags(c, part.eflags, 0x3f7fd5);
    c.eflags = (c.eflags & ~F_VM) | (part.eflags & F_VM);
  }
  if (part.eip !== undefined) c.eip = part.eip | 0;
  c.pe = (c.cr0 & CR0_PE) !== 0;
  c.vm = c.pe && (c.eflags & F_VM) !== 0;
  const level = part.cpl ?? (!c.pe ? 0 : c.vm ? 3 : dplOf(c.segAttr[SS]));
  c.code32 = (c.segAttr[CS] & 0x400000) !== 0;
  c.stack32 = (c.segAttr[SS] & 0x400000) !== 0;
  updateBreakpoints(c);
  updateAllLimits(c);
  setCpl(c, level);
  flushTlb(c);
  c.resetPrefixes();
}

function hex(v: number, digits: number): string {
  return (v >>> 0).toString(16).padStart(digits, "0");
}

/** The registers as a monitor prints them. */
export function formatState(s: CpuState): string {
  const lines: string[] = [];
  const word = (name: string, v: number): string => `${name}=${hex(v, 8)}`;
  lines.push(
    [word("EAX", s.eax), word("EBX", s.ebx), word("ECX", s.ecx), word("EDX", s.edx)].join(" "),
  );
  lines.push(
    [word("ESI", s.esi), word("EDI", s.edi), word("EBP", s.ebp), word("ESP", s.esp)].join(" "),
  );
  const f = s.eflags;
  const letters = [
    [0x400, "D"],
    [0x800, "O"],
    [0x80, "S"],
    [0x40, "Z"],
    [0x10, "A"],
    [4, "P"],
    [1, "C"],
  ] as const;
  const flags = letters.map(([bit, letter]) => ((f & bit) !== 0 ? letter : "-")).join("");
  lines.push(
    `EIP=${hex(s.eip, 8)} EFL=${hex(f, 8)} [${flags}] CPL=${s.cpl} II=0 A20=1 SMM=0 HLT=${s.halted ? 1 : 0}`,
  );
  for (const name of ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const) {
    const g = s[name];
    const label = name === "ldtr" ? "LDT" : name.toUpperCase();
    lines.push(
      `${label.padEnd(3)}=${hex(g.selector, 4)} ${hex(g.base, 8)} ${hex(g.limit, 8)} ${hex(g.flags, 8)}`,
    );
  }
  lines.push(`GDT=     ${hex(s.gdtr.base, 8)} ${hex(s.gdtr.limit, 8)}`);
  lines.push(`IDT=     ${hex(s.idtr.base, 8)} ${hex(s.idtr.limit, 8)}`);
  lines.push(`CR0=${hex(s.cr0, 8)} CR2=${hex(s.cr2, 8)} CR3=${hex(s.cr3, 8)} CR4=${hex(s.cr4, 8)}`);
  lines.push(`DR6=${hex(s.dr6, 8)} DR7=${hex(s.dr7, 8)}`);
  return lines.join("\n");
}
