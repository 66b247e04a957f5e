/** SYSENTER and SYSEXIT: level 3 calls level 0 and back, without descriptors. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { CS, ECX, EDX, ESP, F_IF, F_RF, F_VM, SS } from "../constants.js";
import { both } from "../decode/table-build.js";
import { setCpl, setSegment, setVm } from "../mmu/segment.js";
import { sysenter64 } from "../long/syscall.js";
import { gp, privileged } from "../state/fault.js";

const SYSENTER_CS = 0x174;
const SYSENTER_ESP = 0x175;
const SYSENTER_EIP = 0x176;
/** Flat segments of 4 GiB: code that can be read, and data that can be written, at level 0. */
const CODE = 0xc09b00;
const DATA = 0xc09300;
const LEVEL_3 = 3 << 13;

const register = (c: Cpu, index: number): number =>
  Number(BigInt.asIntN(32, c.msr.get(index) ?? 0n));

/** The selector that the others are counted from; throws #GP(0) where there is none. */
function codeSelector(c: Cpu): number {
  const selector = register(c, SYSENTER_CS) & 0xfffc;
  if (!c.pe || selector === 0) gp(c, 0);
  return selector;
}

function sysenter(c: Cpu): void {
  if (c.lma) return sysenter64(c);
  const selector = codeSelector(c);
  c.eflags &= ~(F_VM | F_IF | F_RF);
  setVm(c, false);
  setCpl(c, 0);
  setSegment(c, CS, selector, 0, -1, CODE);
  setSegment(c, SS, selector + 8, 0, -1, DATA);
  c.reg32[ESP] = register(c, SYSENTER_ESP);
  c.eip = register(c, SYSENTER_EIP);
}
function sysexit(c: Cpu): void {
  const selector = codeSelector(c);
  privileged(c);
  if (c.lma) {
    c.reg32[ESP] = c.reg32[ECX];
    setCpl(c, 3);
    setSegment(c, SS, (selector + 24) | 3, 0, -1, DATA | LEVEL_3);
    setSegment(c, CS, (selector + 16) | 3, 0, -1, CODE | LEVEL_3);
    c.eip = c.reg32[EDX];
    return;
  }
  setCpl(c, 3);
  setSegment(c, CS, (selector + 16) | 3, 0, -1, CODE | LEVEL_3);
  setSegment(c, SS, (selector + 24) | 3, 0, -1, DATA | LEVEL_3);
  c.reg32[ESP] = c.reg32[ECX];
  c.eip = c.reg32[EDX];
}

/** Enters this file's instructions. */
export function installSysenter(t: OpcodeTables): void {
  both(t, 0x134, sysenter);
  both(t, 0x135, sysexit);
}
