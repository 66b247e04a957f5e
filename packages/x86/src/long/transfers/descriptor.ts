/** Descriptors and code segments of long mode. */
import type { Cpu } from "../../state/cpu.js";
import { CS, D_ACCESSED, D_B, D_CODE, D_EC, D_L, D_P, D_S, SS } from "../../constants.js";
import { gp, np } from "../../state/fault.js";
import { dplOf, readDescriptor, setFromDescriptor, setSegment } from "../../mmu/segment.js";

/** Attributes of a flat code segment as SYSCALL makes it: present, readable, accessed, pages. */
const FLAT_CODE = D_P | D_S | D_CODE | 0x200 | D_ACCESSED | 0x800000;
/** And of a flat stack segment. */
const FLAT_STACK = D_P | D_S | 0x200 | D_ACCESSED | 0x800000 | D_B;

/** Reads the code descriptor of a selector into `dlo`, `dhi`; throws #GP for what is none. */
export function readCode(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) gp(c, 0);
  if (!readDescriptor(c, selector)) gp(c, selector & 0xfffc);
  const hi = c.dhi;
  if ((hi & (D_S | D_CODE)) !== (D_S | D_CODE)) gp(c, selector & 0xfffc);
  if ((hi & (D_L | D_B)) === (D_L | D_B)) gp(c, selector & 0xfffc);
}
/** Checks it for a transfer from the current level to itself; throws #GP, #NP. */
export function checkSameLevel(c: Cpu, selector: number): void {
  const hi = c.dhi;
  const dpl = dplOf(hi);
  const error = selector & 0xfffc;
  if ((hi & D_EC) !== 0) {
    if (dpl > c.cpl) gp(c, error);
  } else if ((selector & 3) > c.cpl || dpl !== c.cpl) gp(c, error);
  if ((hi & D_P) === 0) np(c, selector);
}
/** Makes the descriptor in `dlo`, `dhi` the code segment. */
export function commitCode(c: Cpu, selector: number, level: number, lo: number, hi: number): void {
  setFromDescriptor(c, CS, (selector & 0xfffc) | level, lo, hi);
}
/** The code segment of SYSCALL and SYSRET: flat, of a level, 64-bit or not. */
export function setFlatCodeSegment(c: Cpu, selector: number, level: number, is64: boolean): void {
  setSegment(c, CS, selector, 0, -1, FLAT_CODE | (level << 13) | (is64 ? D_L : D_B));
}
/** Their stack segment. */
export function setFlatStackSegment(c: Cpu, selector: number, level: number): void {
  setSegment(c, SS, selector, 0, -1, FLAT_STACK | (level << 13));
}
/** The null selector of a level as stack segment, as a change of level in 64-bit code leaves it. */
export function setNullStack(c: Cpu, level: number): void {
  setSegment(c, SS, level, 0, 0, level << 13);
}
