/** The save area of processors with long mode: revision 0x20064. */
import type { Cpu } from "../state/cpu.js";
import { D_ATTR } from "../constants.js";
import type { CpuState } from "../processor/register-state.js";
import { getState } from "../processor/register-state.js";
import { get, get64, put, put64, RELOCATABLE } from "./save-area.js";

const REVISION = 0x20064;

/** Offsets from SMBASE + 0x8000 of what is saved. A segment has selector and rights, limit, base. */
const SEGMENTS = [
  ["es", 0x7e00],
  ["cs", 0x7e10],
  ["ss", 0x7e20],
  ["ds", 0x7e30],
  ["fs", 0x7e40],
  ["gs", 0x7e50],
  ["ldtr", 0x7e70],
  ["tr", 0x7e90],
] as const;
const GDTR = 0x7e60;
const IDTR = 0x7e80;
const EFER = 0x7ed0;
const AT_REVISION = 0x7efc;
const AT_SMBASE = 0x7f00;
const CR4 = 0x7f48;
const CR3 = 0x7f50;
const CR0 = 0x7f58;
const DR7 = 0x7f60;
const DR6 = 0x7f68;
const RFLAGS = 0x7f70;
const RIP = 0x7f78;
/** RAX; the fifteen others lie before it, downwards. */
const RAX = 0x7ff8;

/** Saves the registers. */
export function saveArea64(c: Cpu): void {
  const state = getState(c);
  const { long } = state;
  SEGMENTS.forEach(([name, at], s) => {
    const segment = state[name];
    put(c, at, segment.selector | (((segment.flags >> 8) & 0xf0ff) << 16));
    put(c, at + 4, segment.limit);
    put64(c, at + 8, long.bases[s]);
  });
  put(c, GDTR + 4, state.gdtr.limit);
  put64(c, GDTR + 8, long.gdtBase);
  put(c, IDTR + 4, state.idtr.limit);
  put64(c, IDTR + 8, long.idtBase);
  put64(c, EFER, BigInt(state.efer));
  put(c, AT_REVISION, REVISION);
  put(c, AT_SMBASE, c.smbase);
  put64(c, CR4, BigInt(state.cr4));
  put64(c, CR3, long.cr3);
  put64(c, CR0, BigInt(state.cr0));
  put64(c, DR7, BigInt(state.dr7));
  put64(c, DR6, BigInt(state.dr6));
  put64(c, RFLAGS, BigInt(state.eflags));
  put64(c, RIP, long.rip);
  long.registers.forEach((value, n) => put64(c, RAX - 8 * n, value));
}

/** Reads the state that RSM restores; SMBASE is moved if the handler has asked for it. */
export function restoreArea64(c: Cpu): Partial<CpuState> {
  const { long } = getState(c);
  const part: Partial<CpuState> = {
    efer: get(c, EFER),
    cr4: get(c, CR4),
    cr0: get(c, CR0),
    dr7: get(c, DR7),
    dr6: get(c, DR6),
    eflags: get(c, RFLAGS),
    eip: get(c, RIP),
    gdtr: { base: get(c, GDTR + 8), limit: get(c, GDTR + 4) & 0xffff },
    idtr: { base: get(c, IDTR + 8), limit: get(c, IDTR + 4) & 0xffff },
    long: {
      ...long,
      registers: Array.from({ length: 16 }, (_, n) => get64(c, RAX - 8 * n)),
      rip: get64(c, RIP),
      bases: SEGMENTS.map(([, at]) => get64(c, at + 8)),
      gdtBase: get64(c, GDTR + 8),
      idtBase: get64(c, IDTR + 8),
      cr3: get64(c, CR3),
    },
  };
  for (const [name, at] of SEGMENTS) {
    const first = get(c, at);
    const base = get(c, at + 8);
    part[name] = {
      selector: first & 0xffff,
      flags: (first >>> 8) & D_ATTR,
      limit: get(c, at + 4),
      base,
    };
  }
  if ((get(c, AT_REVISION) & RELOCATABLE) !== 0) c.smbase = get(c, AT_SMBASE) | 0;
  return part;
}
