/** SYSCALL and SYSRET, in every mode, and SWAPGS. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { both } from "../decode/table-build.js";
import { ECX, EDX, EFER_SCE, F_ALL, F_IF, F_RF, F_VM, GS } from "../constants.js";
import { gp, privileged, ud } from "../state/fault.js";
import { getEflags, writeEflags } from "../state/flags.js";
import { setCpl } from "../mmu/segment.js";
import { addressOf, isCanonical, nextRip, splitHigh } from "./decode.js";
import { setFlatCodeSegment, setFlatStackSegment } from "./descriptor.js";

function checkEnabled(c: Cpu): void {
  if ((c.efer & EFER_SCE) === 0) ud(c);
}
function enterKernel(c: Cpu): void {
  const selector = Number((c.long.star >> 32n) & 0xfffcn);
  setCpl(c, 0);
  setFlatCodeSegment(c, selector, 0, c.lma);
  setFlatStackSegment(c, (selector + 8) & 0xffff, 0);
}
/** SYSCALL of 64-bit code. */
export function syscall64(c: Cpu): void {
  checkEnabled(c);
  const { long } = c;
  const next = nextRip(c);
  const flags = getEflags(c) & ~F_RF;
  long.words[2] = next | 0;
  long.words[3] = splitHigh(next);
  long.words[22] = flags;
  long.words[23] = 0;
  enterKernel(c);
  writeEflags(c, flags & ~long.syscallMask, F_ALL & ~F_VM);
  long.rip = long.lstar;
  long.jumped = true;
}
/** SYSCALL of compatibility and of 32-bit code; EIP is past the instruction. */
function syscall32(c: Cpu): void {
  checkEnabled(c);
  const { long } = c;
  const next = c.eip;
  const flags = getEflags(c) & ~F_RF;
  c.reg32[ECX] = next;
  if (!c.lma) {
    enterKernel(c);
    c.eflags &= ~(F_IF | F_RF | F_VM);
    c.eip = Number(BigInt.asIntN(32, long.star));
    return;
  }
  long.words[22] = flags;
  long.words[23] = 0;
  enterKernel(c);
  writeEflags(c, flags & ~long.syscallMask, F_ALL & ~F_VM);
  long.rip = long.cstar;
}

function checkReturn(c: Cpu): void {
  checkEnabled(c);
  if (!c.pe) gp(c, 0);
  privileged(c);
}
function selectUser(c: Cpu, is64: boolean): void {
  const base = Number((c.long.star >> 48n) & 0xfffcn);
  setCpl(c, 3);
  setFlatStackSegment(c, ((base + 8) & 0xffff) | 3, 3);
  setFlatCodeSegment(c, ((is64 ? base + 16 : base) & 0xffff) | 3, 3, is64);
}
/** SYSRET of 64-bit code: to 64-bit code with REX.W, else to compatibility code. */
export function sysret64(c: Cpu): void {
  checkReturn(c);
  const { long } = c;
  const is64 = long.size === 8;
  if (is64 && !isCanonical(long.words[3])) gp(c, 0);
  long.rip = is64 ? addressOf(c, ECX) : long.words[2] >>> 0;
  long.jumped = true;
  const flags = long.words[22];
  selectUser(c, is64);
  writeEflags(c, flags, F_ALL & ~(F_RF | F_VM));
}
/** SYSRET of compatibility and of 32-bit code. */
function sysret32(c: Cpu): void {
  checkReturn(c);
  const target = c.reg32[ECX];
  if (c.lma) writeEflags(c, c.long.words[22], F_ALL & ~(F_RF | F_VM));
  else c.eflags |= F_IF;
  selectUser(c, false);
  c.eip = target;
}

const SYSENTER_CS = 0x174;
const SYSENTER_ESP = 0x175;
const SYSENTER_EIP = 0x176;
function sysenterBase(c: Cpu): number {
  const selector = Number((c.msr.get(SYSENTER_CS) ?? 0n) & 0xfffcn);
  if (selector === 0) gp(c, 0);
  return selector;
}
/** SYSENTER in long mode, from 64-bit and from compatibility code: 64-bit code goes on. */
export function sysenter64(c: Cpu): void {
  const selector = sysenterBase(c);
  const { long } = c;
  c.eflags &= ~(F_VM | F_IF | F_RF);
  setCpl(c, 0);
  setFlatCodeSegment(c, selector, 0, true);
  setFlatStackSegment(c, selector + 8, 0);
  long.quads[4] = c.msr.get(SYSENTER_ESP) ?? 0n;
  long.rip = Number(BigInt.asIntN(64, c.msr.get(SYSENTER_EIP) ?? 0n));
  long.jumped = true;
}
/** SYSEXIT of 64-bit code: to 64-bit code with REX.W, else to compatibility code. */
export function sysexit64(c: Cpu): void {
  const selector = sysenterBase(c);
  privileged(c);
  const { long } = c;
  const { words } = long;
  const is64 = long.size === 8;
  if (is64 && !(isCanonical(words[3]) && isCanonical(words[5]))) gp(c, 0);
  words[8] = words[2];
  words[9] = is64 ? words[3] : 0;
  long.rip = is64 ? addressOf(c, EDX) : words[4] >>> 0;
  long.jumped = true;
  setCpl(c, 3);
  setFlatStackSegment(c, (selector + (is64 ? 40 : 24)) | 3, 3);
  setFlatCodeSegment(c, (selector + (is64 ? 32 : 16)) | 3, 3, is64);
}

/** Enters SYSCALL and SYSRET of 16- and 32-bit code. */
export function installSyscall(t: OpcodeTables): void {
  both(t, 0x105, syscall32);
  both(t, 0x107, sysret32);
}

/** SWAPGS. */
export function swapgs(c: Cpu): void {
  privileged(c);
  const { long } = c;
  const base = long.bases[GS];
  long.bases[GS] = long.kernelGs;
  c.segBase[GS] = long.kernelGs | 0;
  long.kernelGs = base;
}
