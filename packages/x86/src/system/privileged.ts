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
import {
  addressOf,
  beginAddress,
  generalRegister,
  loadOperand,
  lowOf,
  middleOf,
  nextByte,
  readOperand,
  setGeneral,
  storeOperand,
  wholeSize,
  writeWord,
} from "../decode/any-mode.js";
import { offsetAfter } from "../decode/modrm.js";
import { setCr0 } from "./control-registers.js";
import { readMsr, timeStamp, timeStampAux, writeMsr } from "./msr.js";
import { isCanonical, linearOf, splitHigh } from "../long/decode.js";
import { swapgs } from "./fast-calls.js";
import { updateAllLimits } from "../mmu/limits.js";
import { everywhere } from "../decode/table-build.js";
import { flushLongPage, flushPage } from "../mmu/tlb.js";
import { writeEflags } from "../state/flags.js";

/** DR7.GD, and DR6.BD that tells of it. */
const GENERAL_DETECT = 0x2000;
/** Checks an access to a debug register and answers which it is: DR4 and DR5 are DR6 and DR7, or do not exist. */
function debugIndex(c: Cpu, register: number): number {
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
function movFromDebug(c: Cpu): void {
  const m = nextByte(c);
  const n = debugIndex(c, middleOf(c, m));
  setGeneral(c, lowOf(c, m), wholeSize(c), c.dr[n], n < 4 ? c.long.debugHigh[n] : 0);
}
function movToDebug(c: Cpu): void {
  const m = nextByte(c);
  const n = debugIndex(c, middleOf(c, m));
  const v = generalRegister(c, lowOf(c, m), wholeSize(c));
  const high = c.long.valueHigh;
  if (n < 4) {
    c.dr[n] = v;
    c.long.debugHigh[n] = high;
    return;
  }
  if (high !== 0) gp(c, 0);
  if (n === 6) c.dr[6] = (v & 0xe00f) | (0xffff0ff0 | 0);
  else {
    c.dr[7] = (v & ~0xd000) | 0x400;
    updateBreakpoints(c);
    updateAllLimits(c);
  }
}

/** The base of a table has 8 bytes in 64-bit code, else 4, or 3 with operands of 16 bits. */
function tableBase(c: Cpu, base: number): number {
  return c.code64 || c.op32 ? base : base & 0xffffff;
}
/** The address of the base, behind the limit. */
function afterLimit(c: Cpu, at: number): number {
  return c.code64 ? at + 2 : offsetAfter(c, at, 2);
}
function storeTable(c: Cpu, m: number, low: number, base: number, limit: number): void {
  const at = addressOf(c, m, 1, true);
  storeOperand(c, at, 2, limit);
  storeOperand(c, afterLimit(c, at), wholeSize(c), tableBase(c, low), splitHigh(base));
}
function loadTable(c: Cpu, m: number, isInterrupts: boolean): void {
  privileged(c);
  const { long } = c;
  const at = addressOf(c, m, 1, false);
  const limit = loadOperand(c, at, 2);
  const low = tableBase(c, loadOperand(c, afterLimit(c, at), wholeSize(c)));
  const high = c.code64 ? long.valueHigh : 0;
  if (!isCanonical(high)) gp(c, 0);
  const base = high * 0x1_0000_0000 + (low >>> 0);
  if (isInterrupts) {
    c.idtBase = low;
    long.idtBase = base;
    c.idtLimit = limit;
  } else {
    c.gdtBase = low;
    long.gdtBase = base;
    c.gdtLimit = limit;
  }
}
/** CR4.UMIP keeps what tells of the system from the levels above 0. */
export function keptFromUsers(c: Cpu): void {
  if ((c.cr4 & CR4_UMIP) !== 0) privileged(c);
}
function group7(c: Cpu): void {
  const m = nextByte(c);
  const n = (m >> 3) & 7;
  if (m >= 0xc0 && n !== 4 && n !== 6) return withoutOperand(c, m);
  switch (n) {
    case 0:
      keptFromUsers(c);
      return storeTable(c, m, c.gdtBase, c.long.gdtBase, c.gdtLimit);
    case 1:
      keptFromUsers(c);
      return storeTable(c, m, c.idtBase, c.long.idtBase, c.idtLimit);
    case 2:
    case 3:
      return loadTable(c, m, n === 3);
    case 4:
      keptFromUsers(c);
      return writeWord(c, m, c.cr0);
    case 6:
      privileged(c);
      // LMSW can set PE but not clear it.
      return setCr0(c, (c.cr0 & ~14) | (readOperand(c, m, 2) & 15));
    case 7: {
      privileged(c);
      const offset = beginAddress(c, m, 0);
      if (!c.code64) return flushPage(c, (c.segBase[c.eaSeg] + offset) | 0);
      // An address that is not canonical has no page to be forgotten.
      return isCanonical(c.long.high) ? flushLongPage(c, linearOf(c, 1, false)) : undefined;
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
    case 0xf8:
      return c.code64 ? swapgs(c) : ud(c);
    case 0xf9:
      if (!c.model.has("rdtscp")) ud(c);
      rdtsc(c);
      return setGeneral(c, ECX, 4, timeStampAux(c));
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
  setGeneral(c, EAX, 4, Number(BigInt.asIntN(32, v)));
  setGeneral(c, EDX, 4, Number(BigInt.asIntN(32, v >> 32n)));
}
function rdtsc(c: Cpu): void {
  if ((c.cr4 & CR4_TSD) !== 0) privileged(c);
  setEdxEax(c, timeStamp(c));
}
function unsignedWord(c: Cpu, n: number): number {
  return generalRegister(c, n, 4) >>> 0;
}
function rdmsr(c: Cpu): void {
  privileged(c);
  setEdxEax(c, readMsr(c, unsignedWord(c, ECX)));
}
function wrmsr(c: Cpu): void {
  privileged(c);
  const value = (BigInt(unsignedWord(c, EDX)) << 32n) | BigInt(unsignedWord(c, EAX));
  writeMsr(c, unsignedWord(c, ECX), value);
}

/** Enters this file's instructions. */
export function installSystem(t: OpcodeTables): void {
  everywhere(t, 0x101, group7);
  everywhere(t, 0x106, (c) => {
    privileged(c);
    c.cr0 &= ~CR0_TS;
  });
  everywhere(t, 0x108, privileged);
  everywhere(t, 0x109, privileged);
  everywhere(t, 0x121, movFromDebug);
  everywhere(t, 0x123, movToDebug);
  everywhere(t, 0x130, wrmsr);
  everywhere(t, 0x131, rdtsc);
  everywhere(t, 0x132, rdmsr);
  // There is no counter of performance to read.
  everywhere(t, 0x133, (c) => gp(c, 0));
  everywhere(t, 0x1a2, cpuid);
  everywhere(t, 0xf4, hlt);
  // PREFETCHW has no register to work on; the other hints do nothing with one.
  everywhere(t, 0x10d, (c) => {
    const m = nextByte(c);
    if (m >= 0xc0) ud(c);
    beginAddress(c, m, 0);
  });
  for (const op of [0x118, 0x119, 0x11a, 0x11b, 0x11c, 0x11d, 0x11e, 0x11f]) {
    everywhere(t, op, (c) => {
      const m = nextByte(c);
      if (m < 0xc0) beginAddress(c, m, 0);
    });
  }
}
