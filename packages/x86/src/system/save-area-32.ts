/** The save area of processors without long mode: revision 0x20000. */
import type { Cpu } from "../state/cpu.js";
import { D_ATTR } from "../constants.js";
import { getEflags } from "../state/flags.js";
import type { CpuState } from "../processor/register-state.js";
import { get, put, RELOCATABLE } from "./save-area.js";

const REVISION = 0x20000;

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

/** Saves the registers. */
export function saveArea32(c: Cpu): void {
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
}

/** Reads the state that RSM restores; SMBASE is moved if the handler has asked for it. */
export function restoreArea32(c: Cpu): Partial<CpuState> {
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
  return part;
}
