/** SYSENTER, SYSCALL and the ways back: calls of level 0 without descriptors; and SWAPGS. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  ECX,
  EDX,
  EFER_SCE,
  ESP,
  EV_DEBUG,
  EV_TRAP,
  F_ALL,
  F_IF,
  F_RF,
  F_TF,
  F_VM,
  GS,
} from "../constants.js";
import { generalRegister, setGeneral, wholeSize } from "../decode/any-mode.js";
import { everywhere } from "../decode/table-build.js";
import { isCanonical, nextRip, splitHigh } from "../long/decode.js";
import { setFlatCodeSegment, setFlatStackSegment } from "../long/transfers/descriptor.js";
import { continueAt } from "../long/mode.js";
import { setCpl, setVm } from "../mmu/segment.js";
import { DEBUG_STEP } from "../state/breakpoints.js";
import { gp, privileged, ud } from "../state/fault.js";
import { getEflags, writeEflags } from "../state/flags.js";

const SYSENTER_CS = 0x174;
const SYSENTER_ESP = 0x175;
const SYSENTER_EIP = 0x176;
/** R11, which keeps the flags: its low half. */
const R11 = 22;

/** Does the way back lead to 64-bit code? REX.W says so. */
function returnsTo64(c: Cpu): boolean {
  return c.code64 && c.long.size === 8;
}
/** The address in a register, of which code of 32 bits takes the low half; throws #GP(0). */
function target(c: Cpu, n: number, is64: boolean): number {
  const low = generalRegister(c, n, wholeSize(c)) >>> 0;
  const high = c.long.valueHigh;
  if (!is64) return low;
  if (!isCanonical(high)) gp(c, 0);
  return high * 0x1_0000_0000 + low;
}

/** The selector that SYSENTER's and SYSEXIT's are counted from; throws #GP(0) where there is none. */
function codeSelector(c: Cpu): number {
  const selector = Number((c.msr.get(SYSENTER_CS) ?? 0n) & 0xfffcn);
  if (!c.pe || selector === 0) gp(c, 0);
  return selector;
}
/** AMD's processors have SYSENTER and SYSEXIT in 32-bit code alone, as QEMU's models of them. */
function checkVendor(c: Cpu): void {
  if (c.code64 && c.model.definition.vendor === "AuthenticAMD") ud(c);
}
function sysenter(c: Cpu): void {
  checkVendor(c);
  const selector = codeSelector(c);
  const bits = c.lma ? 64 : 32;
  const value = (index: number): bigint => BigInt.asIntN(bits, c.msr.get(index) ?? 0n);
  c.eflags &= ~(F_VM | F_IF | F_RF);
  setVm(c, false);
  setCpl(c, 0);
  setFlatCodeSegment(c, selector, 0, c.lma);
  setFlatStackSegment(c, selector + 8, 0);
  if (c.lma) c.long.quads[ESP] = value(SYSENTER_ESP);
  else c.reg32[ESP] = Number(value(SYSENTER_ESP));
  continueAt(c, Number(value(SYSENTER_EIP)));
}
function sysexit(c: Cpu): void {
  checkVendor(c);
  const selector = codeSelector(c);
  privileged(c);
  const is64 = returnsTo64(c);
  const to = target(c, EDX, is64);
  const stack = target(c, ECX, is64);
  setGeneral(c, ESP, wholeSize(c), stack | 0, splitHigh(stack));
  setCpl(c, 3);
  const first = selector + (is64 ? 32 : 16);
  setFlatStackSegment(c, (first + 8) | 3, 3);
  setFlatCodeSegment(c, first | 3, 3, is64);
  continueAt(c, to);
}

function checkEnabled(c: Cpu): void {
  if ((c.efer & EFER_SCE) === 0) ud(c);
}
function syscall(c: Cpu): void {
  checkEnabled(c);
  const { long } = c;
  const next = c.code64 ? nextRip(c) : c.eip;
  const to = c.lma ? (c.code64 ? long.lstar : long.cstar) : Number(BigInt.asIntN(32, long.star));
  const flags = getEflags(c) & ~F_RF;
  setGeneral(c, ECX, wholeSize(c), next | 0, splitHigh(next));
  if (c.lma) {
    long.words[R11] = flags;
    long.words[R11 + 1] = 0;
  }
  const selector = Number((long.star >> 32n) & 0xfffcn);
  setCpl(c, 0);
  setFlatCodeSegment(c, selector, 0, c.lma);
  setFlatStackSegment(c, (selector + 8) & 0xffff, 0);
  if (c.lma) writeEflags(c, flags & ~long.syscallMask, F_ALL & ~F_VM);
  else c.eflags &= ~(F_IF | F_RF | F_VM);
  // A single step that ends here is one only with the flags that it ends with.
  if ((c.eflags & F_TF) === 0) c.events &= ~EV_TRAP;
  continueAt(c, to);
}
function sysret(c: Cpu): void {
  checkEnabled(c);
  if (!c.pe) gp(c, 0);
  privileged(c);
  const { long } = c;
  const is64 = returnsTo64(c);
  const to = target(c, ECX, is64);
  const base = Number((long.star >> 48n) & 0xfffcn);
  const flags = long.words[R11];
  setCpl(c, 3);
  setFlatStackSegment(c, ((base + 8) & 0xffff) | 3, 3);
  setFlatCodeSegment(c, ((is64 ? base + 16 : base) & 0xffff) | 3, 3, is64);
  if (c.lma) writeEflags(c, flags, F_ALL & ~(F_RF | F_VM));
  else c.eflags |= F_IF;
  if ((c.eflags & F_TF) !== 0) {
    c.debugHits |= DEBUG_STEP;
    c.events |= EV_DEBUG;
  }
  continueAt(c, to);
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

/** Enters this file's instructions. */
export function installFastCalls(t: OpcodeTables): void {
  everywhere(t, 0x134, sysenter);
  everywhere(t, 0x135, sysexit);
  everywhere(t, 0x105, syscall);
  everywhere(t, 0x107, sysret);
}
