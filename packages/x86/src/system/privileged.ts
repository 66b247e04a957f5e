/** Privileged instructions: debug registers, descriptor tables, HLT, caches, TSC, MSRs. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  CR0_TS,
  CR4_DE,
  CR4_TSD,
  CR4_UMIP,
  EAX,
  ECX,
  EDX,
  EV_HALT,
  EX_DB,
  F_AC,
} from "../constants.js";
import { updateBreakpoints } from "../state/breakpoints.js";
import { cpuid } from "./cpuid.js";
import { gp, privileged, raise, ud } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { read16, read32, write16, write32 } from "../mmu/memory.js";
import { ea, offsetAfter } from "../decode/modrm.js";
import { setCr0 } from "./control-registers.js";
import { readMsr, timeStamp, timeStampAux, writeMsr } from "./msr.js";
import { rm16, setRmWord } from "../decode/operands.js";
import { updateAllLimits } from "../mmu/limits.js";
import { both } from "../decode/table-build.js";
import { flushPage } from "../mmu/tlb.js";
import { writeEflags } from "../state/flags.js";

/** DR7.GD, and DR6.BD that tells of it. */
const GENERAL_DETECT = 0x2000;
/** Checks an access to a debug register and answers which it is: DR4 and DR5 are DR6 and DR7, or do not exist. */
export function debugIndex(c: Cpu, register: number): number {
  let n = register;
  if (n > 7) ud(c);
  if (n === 4 || n === 5) {
    if ((c.cr4 & CR4_DE) !== 0) ud(c);
    n += 2;
  }
  privileged(c);
  if ((c.dr[7] & GENERAL_DETECT) !== 0) {
    c.dr[7] &= ~GENERAL_DETECT;
    c.dr[6] |= GENERAL_DETECT;
    raise(c, EX_DB);
  }
  return n;
}
function movRdDd(c: Cpu): void {
  const m = fetch8(c);
  c.reg32[m & 7] = c.dr[debugIndex(c, (m >> 3) & 7)];
}
function movDdRd(c: Cpu): void {
  const m = fetch8(c);
  setDebugRegister(c, debugIndex(c, (m >> 3) & 7), c.reg32[m & 7], 0);
}
/**
 * Writes a debug register.
 * @param n    0 to 3, 6 or 7
 * @param high bits 32 to 63 of an address
 */
export function setDebugRegister(c: Cpu, n: number, v: number, high: number): void {
  if (n === 6) c.dr[6] = (v & 0xe00f) | (0xffff0ff0 | 0);
  else if (n === 7) {
    c.dr[7] = (v & ~0xd000) | 0x400;
    updateBreakpoints(c);
    updateAllLimits(c);
  } else {
    c.dr[n] = v;
    c.long.debugHigh[n] = high;
  }
}

function storeTable(c: Cpu, m: number, base: number, limit: number): void {
  const at = ea(c, m);
  const seg = c.eaSeg;
  write16(c, seg, at, limit);
  write32(c, seg, offsetAfter(c, at, 2), c.op32 ? base : base & 0xffffff);
}
function loadTable(c: Cpu, m: number, interrupts: boolean): void {
  privileged(c);
  const at = ea(c, m);
  const seg = c.eaSeg;
  const limit = read16(c, seg, at);
  const base = read32(c, seg, offsetAfter(c, at, 2)) & (c.op32 ? -1 : 0xffffff);
  if (interrupts) {
    c.idtBase = base;
    c.long.idtBase = base >>> 0;
    c.idtLimit = limit;
  } else {
    c.gdtBase = base;
    c.long.gdtBase = base >>> 0;
    c.gdtLimit = limit;
  }
}
/** CR4.UMIP keeps what tells of the system from the levels above 0. */
function keptFromUsers(c: Cpu): void {
  if ((c.cr4 & CR4_UMIP) !== 0) privileged(c);
}
function group7(c: Cpu): void {
  const m = fetch8(c);
  const n = (m >> 3) & 7;
  if (m >= 0xc0 && n !== 4 && n !== 6) return withoutOperand(c, m);
  switch (n) {
    case 0:
    case 1:
      keptFromUsers(c);
      return n === 0
        ? storeTable(c, m, c.gdtBase, c.gdtLimit)
        : storeTable(c, m, c.idtBase, c.idtLimit);
    case 2:
      return loadTable(c, m, false);
    case 3:
      return loadTable(c, m, true);
    case 4:
      keptFromUsers(c);
      return setRmWord(c, m, c.cr0);
    case 6: {
      privileged(c);
      const v = rm16(c, m);
      // LMSW can set PE but not clear it.
      return setCr0(c, (c.cr0 & ~14) | (v & 15));
    }
    case 7: {
      privileged(c);
      const offset = ea(c, m);
      return flushPage(c, (c.segBase[c.eaSeg] + offset) | 0);
    }
    default:
      return ud(c);
  }
}
/** Instructions that are a whole ModRM byte behind 0F 01. */
function withoutOperand(c: Cpu, m: number): void {
  switch (m) {
    case 0xca:
    case 0xcb:
      if (!c.model.has("smap") || c.cpl !== 0) ud(c);
      return writeEflags(c, m === 0xcb ? F_AC : 0, F_AC);
    case 0xf9:
      if (!c.model.has("rdtscp")) ud(c);
      rdtsc(c);
      c.reg32[ECX] = timeStampAux(c);
      return;
    default:
      return ud(c);
  }
}

function hlt(c: Cpu): void {
  privileged(c);
  c.halted = true;
  c.events |= EV_HALT;
}
function setEdxEax(c: Cpu, v: bigint): void {
  c.reg32[EAX] = Number(BigInt.asIntN(32, v));
  c.reg32[EDX] = Number(BigInt.asIntN(32, v >> 32n));
}
function rdtsc(c: Cpu): void {
  if ((c.cr4 & CR4_TSD) !== 0) privileged(c);
  setEdxEax(c, timeStamp(c));
}
function rdmsr(c: Cpu): void {
  privileged(c);
  setEdxEax(c, readMsr(c, c.reg32[ECX] >>> 0));
}
function wrmsr(c: Cpu): void {
  privileged(c);
  const low = BigInt(c.reg32[EAX] >>> 0);
  writeMsr(c, c.reg32[ECX] >>> 0, (BigInt(c.reg32[EDX] >>> 0) << 32n) | low);
}

/** Enters this file's instructions. */
export function installSystem(t: OpcodeTables): void {
  both(t, 0x101, group7);
  both(t, 0x106, (c) => {
    privileged(c);
    c.cr0 &= ~CR0_TS;
  });
  both(t, 0x108, privileged);
  both(t, 0x109, privileged);
  both(t, 0x121, movRdDd);
  both(t, 0x123, movDdRd);
  both(t, 0x130, wrmsr);
  both(t, 0x131, rdtsc);
  both(t, 0x132, rdmsr);
  // There is no counter of performance to read.
  both(t, 0x133, (c) => gp(c, 0));
  both(t, 0x1a2, cpuid);
  both(t, 0xf4, hlt);
  // Hint no-ops: prefetches and the multi-byte NOP.
  for (const op of [0x10d, 0x118, 0x119, 0x11a, 0x11b, 0x11c, 0x11d, 0x11e, 0x11f]) {
    both(t, op, (c) => {
      const m = fetch8(c);
      if (m < 0xc0) ea(c, m);
    });
  }
}
