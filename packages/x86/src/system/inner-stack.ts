/** The stack of a more privileged level, taken from the TSS, while a transfer to it is prepared. */
import type { Cpu } from "../state/cpu.js";
import type { InnerStack } from "../state/inner-stack.js";
import { CS, D_B, D_EC, D_P, ESP, SS, TR } from "../constants.js";
import { ss, ts } from "../state/fault.js";
import { sysLoad16, sysLoad32, sysPrepareWrite, sysStore16, sysStore32 } from "../mmu/memory.js";
import {
  baseOf,
  dplOf,
  isWritableData,
  limitOf,
  readDescriptor,
  setFromDescriptor,
} from "../mmu/segment.js";

/** Loads SS:ESP for `level` from the TSS and checks them, with room for `bytes`. Throws #TS, #SS. */
export function prepareInnerStack(c: Cpu, level: number, bytes: number): void {
  const stack = c.inner;
  const wide = (c.segAttr[TR] & 0x800) !== 0;
  const at = wide ? 4 + level * 8 : 2 + level * 4;
  if (at + (wide ? 5 : 3) > c.segLimit[TR] >>> 0) ts(c, c.segSel[TR]);
  const tss = (c.segBase[TR] + at) | 0;
  stack.esp = wide ? sysLoad32(c, tss) : sysLoad16(c, tss);
  const selector = sysLoad16(c, (tss + (wide ? 4 : 2)) | 0);
  stack.selector = selector;
  if ((selector & 0xfffc) === 0) ts(c, 0);
  if (!readDescriptor(c, selector)) ts(c, selector);
  const hi = c.dhi;
  if ((selector & 3) !== level || dplOf(hi) !== level || !isWritableData(hi)) ts(c, selector);
  if ((hi & D_P) === 0) ss(c, selector & 0xfffc);
  stack.lo = c.dlo;
  stack.hi = hi;
  stack.base = baseOf(stack.lo, hi);
  stack.mask = (hi & D_B) !== 0 ? -1 : 0xffff;
  checkRoom(c, stack, bytes);
}

function checkRoom(c: Cpu, stack: InnerStack, bytes: number): void {
  const { lo, hi, esp, mask, base } = stack;
  const limit = limitOf(lo, hi) >>> 0;
  const first = ((esp - bytes) & mask) >>> 0;
  const last = ((esp - 1) & mask) >>> 0;
  const down = (hi & D_EC) !== 0;
  const bad = down
    ? first <= limit || last <= limit || last > mask >>> 0
    : first > limit || last > limit;
  if (bad) ss(c, stack.selector & 0xfffc);
  if (first <= last) sysPrepareWrite(c, (base + first) | 0, bytes);
}

/** Pushes a word or doubleword. */
export function pushInner(c: Cpu, value: number, wide: boolean): void {
  const stack = c.inner;
  stack.esp = (stack.esp - (wide ? 4 : 2)) | 0;
  const at = (stack.base + (stack.esp & stack.mask)) | 0;
  if (wide) sysStore32(c, at, value);
  else sysStore16(c, at, value & 0xffff);
}

/** Makes it the processor's stack; call after CPL has been changed. */
export function commitInnerStack(c: Cpu): void {
  const { selector, lo, hi, mask, esp } = c.inner;
  setFromDescriptor(c, SS, selector, lo, hi);
  if (mask === -1) c.reg32[ESP] = esp;
  else c.reg16[ESP * 2] = esp;
}

/** Loads CS from a checked code descriptor, with the level in the selector's low bits. */
export function setCode(
  c: Cpu,
  selector: number,
  level: number,
  lo: number,
  hi: number,
  eip: number,
): void {
  setFromDescriptor(c, CS, (selector & 0xfffc) | level, lo, hi);
  c.eip = eip;
  if (c.code64) c.long.rip = eip >>> 0;
}
