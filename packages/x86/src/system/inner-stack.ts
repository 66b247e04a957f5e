/** The stack of a more privileged level, taken from the TSS, while a transfer to it is prepared. */
import type { Cpu } from "../state/cpu.js";
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

/** A stack being built: nothing of the processor changes until {@link commit}. */
export class InnerStack {
  selector = 0;
  private lo = 0;
  private hi = 0;
  private base = 0;
  private mask = -1;
  private esp = 0;

  /** Loads SS:ESP for `level` from the TSS and checks them, with room for `bytes`. Throws #TS, #SS. */
  prepare(c: Cpu, level: number, bytes: number): void {
    const wide = (c.segAttr[TR] & 0x800) !== 0;
    const at = wide ? 4 + level * 8 : 2 + level * 4;
    if (at + (wide ? 5 : 3) > c.segLimit[TR] >>> 0) ts(c, c.segSel[TR]);
    const tss = (c.segBase[TR] + at) | 0;
    this.esp = wide ? sysLoad32(c, tss) : sysLoad16(c, tss);
    const selector = sysLoad16(c, (tss + (wide ? 4 : 2)) | 0);
    this.selector = selector;
    if ((selector & 0xfffc) === 0) ts(c, 0);
    if (!readDescriptor(c, selector)) ts(c, selector);
    const hi = c.dhi;
    if ((selector & 3) !== level || dplOf(hi) !== level || !isWritableData(hi)) ts(c, selector);
    if ((hi & D_P) === 0) ss(c, selector & 0xfffc);
    this.lo = c.dlo;
    this.hi = hi;
    this.base = baseOf(this.lo, hi);
    this.mask = (hi & D_B) !== 0 ? -1 : 0xffff;
    this.checkRoom(c, bytes);
  }

  private checkRoom(c: Cpu, bytes: number): void {
    const limit = limitOf(this.lo, this.hi) >>> 0;
    const first = ((this.esp - bytes) & this.mask) >>> 0;
    const last = ((this.esp - 1) & this.mask) >>> 0;
    const down = (this.hi & D_EC) !== 0;
    const bad = down
      ? first <= limit || last <= limit || last > this.mask >>> 0
      : first > limit || last > limit;
    if (bad) ss(c, this.selector & 0xfffc);
    if (first <= last) sysPrepareWrite(c, (this.base + first) | 0, bytes);
  }

  /** Pushes a word or doubleword. */
  push(c: Cpu, value: number, wide: boolean): void {
    this.esp = (this.esp - (wide ? 4 : 2)) | 0;
    const at = (this.base + (this.esp & this.mask)) | 0;
    if (wide) sysStore32(c, at, value);
    else sysStore16(c, at, value & 0xffff);
  }

  /** Makes it the processor's stack; call after CPL has been changed. */
  commit(c: Cpu): void {
    setFromDescriptor(c, SS, this.selector, this.lo, this.hi);
    if (this.mask === -1) c.reg32[ESP] = this.esp;
    else c.reg16[ESP * 2] = this.esp;
  }
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
}
