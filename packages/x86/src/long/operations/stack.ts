/** The stack of 64-bit code. */
import type { Cpu } from "../../state/cpu.js";
import { gp, ss } from "../../state/fault.js";
import { longLoad16, longLoad64, longStore16, longStore64 } from "../../mmu/long-memory.js";
import { isCanonical, linearOf } from "../decode.js";

const RSP = 8;
const TWO32 = 0x100000000;

/** Linear address of the stack pointer moved by `delta`, for 8 bytes; throws #SS. */
export function stackAt(c: Cpu, delta: number, write: boolean): number {
  const { long } = c;
  const low = (long.words[RSP] >>> 0) + delta;
  const high = (long.words[RSP + 1] + Math.floor(low / TWO32)) | 0;
  if (!isCanonical(high)) ss(c, 0);
  if (c.alignCheck || c.watches !== 0) {
    long.low = low | 0;
    long.high = high;
    const { segment } = long;
    long.segment = -1;
    long.onStack = true;
    const at = linearOf(c, 8, write);
    long.segment = segment;
    return at;
  }
  return high * TWO32 + ((low | 0) >>> 0);
}
/** Moves the stack pointer. */
export function moveRsp(c: Cpu, delta: number): void {
  const { words } = c.long;
  const low = (words[RSP] >>> 0) + delta;
  words[RSP] = low;
  words[RSP + 1] += Math.floor(low / TWO32);
}
/** Pushes 8 bytes, or 2 where the operand size is that. */
export function push(c: Cpu, low: number, high: number): void {
  if (c.long.size === 2) {
    longStore16(c, stackAt(c, -2, true), low & 0xffff);
    moveRsp(c, -2);
    return;
  }
  longStore64(c, stackAt(c, -8, true), low, high);
  moveRsp(c, -8);
}
/** Reads the top of the stack, 8 bytes or 2; all of it in `valueLow`, `valueHigh`. The pointer stays. */
export function peek(c: Cpu): number {
  const { long } = c;
  if (long.size === 2) {
    long.valueHigh = 0;
    return (long.valueLow = longLoad16(c, stackAt(c, 0, false)));
  }
  longLoad64(c, stackAt(c, 0, false));
  return long.valueLow;
}
/** Bytes that {@link push} pushes. */
export function stackStep(c: Cpu): 2 | 8 {
  return c.long.size === 2 ? 2 : 8;
}

/** Continues at a linear address; throws #GP(0) unless it is canonical. */
export function jumpTo(c: Cpu, target: number): void {
  if (target >= 0x800000000000 || target < -0x800000000000) gp(c, 0);
  c.long.rip = target;
  c.long.jumped = true;
}
/** Continues at the address of two words. */
export function jumpToPair(c: Cpu, low: number, high: number): void {
  if (!isCanonical(high)) gp(c, 0);
  c.long.rip = high * TWO32 + (low >>> 0);
  c.long.jumped = true;
}
