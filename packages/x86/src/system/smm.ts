/**
 * System management mode: entering it on an SMI, leaving it with RSM. The state is saved in the
 * 32-bit layout (revision 0x20000), at SMBASE + 0xfe00 and up.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { D_ATTR } from "../constants.js";
import { ud } from "../state/fault.js";
import { getEflags } from "../state/flags.js";
import type { CpuState, SegmentState } from "../processor/register-state.js";
import { applyState } from "../processor/register-state.js";
import { both } from "../decode/table-build.js";
import { storePhysical } from "../mmu/physical.js";
import { flushTlb } from "../mmu/tlb.js";

/** The place where the handler's code segment and the state save area are relative to SMBASE. */
const ENTRY = 0x8000;
const REVISION = 0x20000;
/** The revision bit that says SMBASE may be moved. */
const RELOCATABLE = 0x20000;

/** Offsets from SMBASE + 0x8000 of the plain registers, in the order of {@link REGISTERS}. */
const REGISTERS = [
  ["cr0", 0x7ffc],
  ["cr3", 0x7ff8],
  ["eflags", 0x7ff4],
  ["eip", 0x7ff0],
  ["edi", 0x7fec],
  ["esi", 0x7fe8],
  ["ebp", 0x7fe4],
  ["esp", 0x7fe0],
  ["ebx", 0x7fdc],
  ["edx", 0x7fd8],
  ["ecx", 0x7fd4],
  ["eax", 0x7fd0],
  ["dr6", 0x7fcc],
  ["dr7", 0x7fc8],
  ["cr4", 0x7f14],
] as const;

/** Selector offset, and the offset of flags, limit, base (three dwords). */
const SEGMENTS = [
  ["es", 0x7fa8, 0x7f84],
  ["cs", 0x7fac, 0x7f90],
  ["ss", 0x7fb0, 0x7f9c],
  ["ds", 0x7fb4, 0x7f2c],
  ["fs", 0x7fb8, 0x7f38],
  ["gs", 0x7fbc, 0x7f44],
  ["ldtr", 0x7fc0, 0x7f78],
  ["tr", 0x7fc4, 0x7f5c],
] as const;

function put(c: Cpu, offset: number, value: number): void {
  storePhysical(c, ((c.smbase + ENTRY + offset) & c.a20mask) >>> 0, 4, value >>> 0);
}
function get(c: Cpu, offset: number): number {
  return c.memory.load(((c.smbase + ENTRY + offset) & c.a20mask) >>> 0, 4) >>> 0;
}

function select(c: Cpu, inside: boolean): void {
  c.smm = inside;
  c.memory = inside ? c.smmMemory : c.normalMemory;
  flushTlb(c);
}

function plainRegister(c: Cpu, name: (typeof REGISTERS)[number][0]): number {
  switch (name) {
    case "cr0":
      return c.cr0;
    case "cr3":
      return c.cr3;
    case "cr4":
      return c.cr4;
    case "eflags":
      return getEflags(c);
    case "eip":
      return c.eip;
    case "dr6":
      return c.dr[6];
    case "dr7":
      return c.dr[7];
    default:
      return c.reg32[["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"].indexOf(name)];
  }
}

/** Enters system management mode at the next instruction's boundary. */
export function enterSmm(c: Cpu): void {
  select(c, true);
  for (const [name, offset] of REGISTERS) put(c, offset, plainRegister(c, name));
  SEGMENTS.forEach(([, selector, hidden], s) => {
    put(c, selector, c.segSel[s]);
    put(c, hidden, (c.segAttr[s] >> 8) & 0xf0ff);
    put(c, hidden + 4, c.segLimit[s]);
    put(c, hidden + 8, c.segBase[s]);
  });
  put(c, 0x7f74, c.gdtBase);
  put(c, 0x7f70, c.gdtLimit);
  put(c, 0x7f58, c.idtBase);
  put(c, 0x7f54, c.idtLimit);
  put(c, 0x7efc, REVISION);
  put(c, 0x7ef8, c.smbase);
  c.smmNmiBlocked = c.nmiBlocked;
  c.nmiBlocked = true;
  const data: SegmentState = { selector: 0, base: 0, limit: 0xffffffff, flags: 0x809300 };
  applyState(c, {
    eflags: 2,
    eip: ENTRY,
    cr0: c.cr0 & ~(1 | 4 | 8 | 0x80000000),
    cr4: 0,
    dr7: 0x400,
    es: data,
    ss: data,
    ds: data,
    fs: data,
    gs: data,
    cs: { ...data, selector: (c.smbase >>> 4) & 0xffff, base: c.smbase >>> 0 },
    cpl: 0,
  });
}

/** RSM. */
function rsm(c: Cpu): void {
  if (!c.smm) ud(c);
  const part: Partial<CpuState> = {};
  for (const [name, offset] of REGISTERS) part[name] = get(c, offset);
  for (const [name, selector, hidden] of SEGMENTS) {
    part[name] = {
      selector: get(c, selector) & 0xffff,
      flags: (get(c, hidden) << 8) & D_ATTR,
      limit: get(c, hidden + 4),
      base: get(c, hidden + 8),
    };
  }
  part.gdtr = { base: get(c, 0x7f74), limit: get(c, 0x7f70) & 0xffff };
  part.idtr = { base: get(c, 0x7f58), limit: get(c, 0x7f54) & 0xffff };
  if ((get(c, 0x7efc) & RELOCATABLE) !== 0) c.smbase = get(c, 0x7ef8) | 0;
  select(c, false);
  c.nmiBlocked = c.smmNmiBlocked;
  applyState(c, part);
}

/** Enters this file's instruction. */
export function installSmm(t: OpcodeTables): void {
  both(t, 0x1aa, rsm);
}
