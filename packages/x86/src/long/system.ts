/** System instructions of 64-bit code: control and debug registers, tables, MSRs, ports, selectors. */
import type { Cpu } from "../state/cpu.js";
import {
  CR0_TS,
  CR4_TSD,
  CR4_UMIP,
  EAX,
  EBX,
  ECX,
  EDX,
  EV_HALT,
  F_AC,
  FS,
  GS,
  LDTR,
  SS,
  TR,
} from "../constants.js";
import { gp, privileged, ud } from "../state/fault.js";
import { setZF, writeEflags } from "../state/flags.js";
import { longLoad16, longLoad64, longStore16, longStore64 } from "../mmu/long-memory.js";
import { loadSegment } from "../mmu/segment.js";
import { flushLongPage } from "../mmu/tlb.js";
import { input, output } from "../operations/io.js";
import { setCr0, setCr3, setCr4 } from "../system/control-registers.js";
import { cpuid } from "../system/cpuid.js";
import { readMsr, timeStamp, timeStampAux, writeMsr } from "../system/msr.js";
import { debugIndex, setDebugRegister } from "../system/privileged.js";
import { inspectedBy, loadLdt, loadTask, isVerified } from "../system/segment-ops.js";
import { toBig } from "./alu.js";
import type { LongSize } from "./decode.js";
import {
  effective,
  getReg,
  isCanonical,
  linearOf,
  next8,
  readRm,
  regOf,
  rmOf,
  setReg,
  splitHigh,
  writeRm,
} from "./decode.js";
import { farPointer } from "./far.js";
import { swapgs } from "./syscall.js";
import type { LongTable } from "./table.js";

const TWO32 = 0x100000000;
/** CR8 is the task priority of the local APIC, without its low four bits. */
const TASK_PRIORITY = 0x08;

// ---- control and debug registers -------------------------------------------------------

function checkControl(c: Cpu, n: number): void {
  if (n === 1 || (n > 4 && n !== 8)) ud(c);
  privileged(c);
}
function movFromControl(c: Cpu): void {
  const m = next8(c);
  const n = regOf(c, m);
  checkControl(c, n);
  const { long } = c;
  const to = rmOf(c, m);
  if (n === 0) setReg(c, to, 8, c.cr0);
  else if (n === 2) setReg(c, to, 8, long.cr2 | 0, splitHigh(long.cr2));
  else if (n === 3) setReg(c, to, 8, c.cr3, c.cr3High);
  else if (n === 4) setReg(c, to, 8, c.cr4);
  else setReg(c, to, 8, c.apic === null ? long.cr8 : (c.apic.read(TASK_PRIORITY) >>> 4) & 15);
}
function movToControl(c: Cpu): void {
  const m = next8(c);
  const n = regOf(c, m);
  checkControl(c, n);
  const { long } = c;
  const low = getReg(c, rmOf(c, m), 8);
  const high = long.valueHigh;
  if (n === 2) {
    c.cr2 = low;
    long.cr2 = high * TWO32 + (low >>> 0);
    return;
  }
  if (n === 3) return setCr3(c, low, high);
  if (high !== 0) gp(c, 0);
  if (n === 0) return setCr0(c, low);
  if (n === 4) return setCr4(c, low);
  if (low >>> 0 > 15) gp(c, 0);
  long.cr8 = low;
  c.apic?.write(TASK_PRIORITY, low << 4);
}
function movFromDebug(c: Cpu): void {
  const m = next8(c);
  const n = debugIndex(c, regOf(c, m));
  setReg(c, rmOf(c, m), 8, c.dr[n], n < 4 ? c.long.debugHigh[n] : 0);
}
function movToDebug(c: Cpu): void {
  const m = next8(c);
  const n = debugIndex(c, regOf(c, m));
  const low = getReg(c, rmOf(c, m), 8);
  const high = c.long.valueHigh;
  if (n >= 6 && high !== 0) gp(c, 0);
  setDebugRegister(c, n, low, high);
}

// ---- descriptor tables and selectors ---------------------------------------------------

/** The memory operand of a ModRM byte. */
function operandAt(c: Cpu, m: number, bytes: number, write: boolean): number {
  effective(c, m, 0);
  return linearOf(c, bytes, write);
}
function keptFromUsers(c: Cpu): void {
  if ((c.cr4 & CR4_UMIP) !== 0) privileged(c);
}
function storeTable(c: Cpu, m: number, base: number, limit: number): void {
  const at = operandAt(c, m, 1, true);
  longStore16(c, at, limit);
  longStore64(c, at + 2, base | 0, splitHigh(base));
}
function loadTable(c: Cpu, m: number, isInterrupts: boolean): void {
  privileged(c);
  const { long } = c;
  const at = operandAt(c, m, 1, false);
  const limit = longLoad16(c, at);
  longLoad64(c, at + 2);
  const { valueLow: low, valueHigh: high } = long;
  if (!isCanonical(high)) gp(c, 0);
  const base = high * TWO32 + (low >>> 0);
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
/** A register takes the operand size, memory a word. */
function wordOrRegister(c: Cpu, m: number): LongSize {
  return m >= 0xc0 ? c.long.size : 2;
}
function group6(c: Cpu): void {
  const m = next8(c);
  const kind = (m >> 3) & 7;
  switch (kind) {
    case 0:
    case 1:
      keptFromUsers(c);
      return writeRm(c, m, wordOrRegister(c, m), c.segSel[kind === 0 ? LDTR : TR], 0);
    case 2:
    case 3:
      privileged(c);
      return kind === 2 ? loadLdt(c, readRm(c, m, 2)) : loadTask(c, readRm(c, m, 2));
    case 4:
    case 5:
      return setZF(c, isVerified(c, readRm(c, m, 2), kind === 5));
    default:
      return ud(c);
  }
}
function group7(c: Cpu): void {
  const m = next8(c);
  const kind = (m >> 3) & 7;
  const { long } = c;
  if (m >= 0xc0 && kind !== 4 && kind !== 6) return withoutOperand(c, m);
  switch (kind) {
    case 0:
      keptFromUsers(c);
      return storeTable(c, m, long.gdtBase, c.gdtLimit);
    case 1:
      keptFromUsers(c);
      return storeTable(c, m, long.idtBase, c.idtLimit);
    case 2:
      return loadTable(c, m, false);
    case 3:
      return loadTable(c, m, true);
    case 4:
      keptFromUsers(c);
      return writeRm(c, m, wordOrRegister(c, m), c.cr0, 0);
    case 6: {
      privileged(c);
      const value = readRm(c, m, 2);
      // LMSW can set PE but not clear it.
      return setCr0(c, (c.cr0 & ~14) | (value & 15));
    }
    case 7:
      privileged(c);
      effective(c, m, 0);
      // An address that is not canonical has no page to be forgotten.
      return isCanonical(long.high) ? flushLongPage(c, linearOf(c, 1, false)) : undefined;
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
      return swapgs(c);
    case 0xf9:
      if (!c.model.has("rdtscp")) ud(c);
      rdtsc(c);
      return setReg(c, ECX, 4, timeStampAux(c));
    default:
      return ud(c);
  }
}
function larLsl(c: Cpu, op: number): void {
  const m = next8(c);
  const value = inspectedBy(c, readRm(c, m, 2), op === 0x103);
  if (value !== null) setReg(c, regOf(c, m), c.long.size, value);
  setZF(c, value !== null);
}
/** LSS, LFS, LGS. */
function loadFar(seg: number): (c: Cpu) => void {
  return (c) => {
    const m = next8(c);
    const selector = farPointer(c, m);
    const { valueLow: low, valueHigh: high } = c.long;
    loadSegment(c, seg, selector);
    setReg(c, regOf(c, m), c.long.size, low, high);
  };
}

// ---- the rest --------------------------------------------------------------------------

function hlt(c: Cpu): void {
  privileged(c);
  c.halted = true;
  c.events |= EV_HALT;
}
function setPair(c: Cpu, value: bigint): void {
  setReg(c, EAX, 4, Number(BigInt.asIntN(32, value)));
  setReg(c, EDX, 4, Number(BigInt.asIntN(32, value >> 32n)));
}
function rdtsc(c: Cpu): void {
  if ((c.cr4 & CR4_TSD) !== 0) privileged(c);
  setPair(c, timeStamp(c));
}
function rdmsr(c: Cpu): void {
  privileged(c);
  setPair(c, readMsr(c, getReg(c, ECX, 4) >>> 0));
}
function wrmsr(c: Cpu): void {
  privileged(c);
  const value = toBig(getReg(c, EAX, 4), getReg(c, EDX, 4));
  writeMsr(c, getReg(c, ECX, 4) >>> 0, BigInt.asUintN(64, value));
}
function cpuidLong(c: Cpu): void {
  c.reg32[EAX] = getReg(c, EAX, 4);
  c.reg32[ECX] = getReg(c, ECX, 4);
  cpuid(c);
  for (const n of [EAX, EBX, ECX, EDX]) setReg(c, n, 4, c.reg32[n]);
}
function portOf(c: Cpu, op: number): number {
  return (op & 8) === 0 ? next8(c) : c.long.halves[8];
}
function portSize(c: Cpu, op: number): 1 | 2 | 4 {
  if ((op & 1) === 0) return 1;
  return c.long.narrow && c.long.size === 2 ? 2 : 4;
}
function inputAccumulator(c: Cpu, op: number): void {
  const size = portSize(c, op);
  setReg(c, EAX, size, input(c, portOf(c, op), size));
}
function outputAccumulator(c: Cpu, op: number): void {
  const size = portSize(c, op);
  output(c, portOf(c, op), size, getReg(c, EAX, size));
}

/** Enters this file's instructions. */
export function installLongSystem(t: LongTable): void {
  t[0x120] = movFromControl;
  t[0x122] = movToControl;
  t[0x121] = movFromDebug;
  t[0x123] = movToDebug;
  t[0x100] = group6;
  t[0x101] = group7;
  t[0x102] = t[0x103] = (c, op) => larLsl(c, op);
  t[0x1b2] = loadFar(SS);
  t[0x1b4] = loadFar(FS);
  t[0x1b5] = loadFar(GS);
  t[0x106] = (c) => {
    privileged(c);
    c.cr0 &= ~CR0_TS;
  };
  t[0x108] = t[0x109] = privileged;
  t[0xf4] = hlt;
  t[0x131] = rdtsc;
  t[0x132] = rdmsr;
  t[0x130] = wrmsr;
  // There is no counter of performance to read.
  t[0x133] = (c) => gp(c, 0);
  t[0x1a2] = cpuidLong;
  for (const op of [0xe4, 0xe5, 0xec, 0xed]) t[op] = inputAccumulator;
  for (const op of [0xe6, 0xe7, 0xee, 0xef]) t[op] = outputAccumulator;
}
