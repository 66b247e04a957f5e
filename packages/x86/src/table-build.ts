/** Helpers with which each subject enters its handlers in the opcode tables. */
import type { Handler, OpcodeTables } from "./cpu.js";

/** Index in the byte register file of 8-bit register `r` (low three bits used): AL CL DL BL AH .. */
export function index8(r: number): number {
  return ((r & 3) << 2) | ((r >> 2) & 1);
}

/** One handler for both operand sizes. */
export function both(t: OpcodeTables, op: number, handler: Handler): void {
  t.op16[op] = handler;
  t.op32[op] = handler;
}

/** A handler for each operand size. */
export function sized(t: OpcodeTables, op: number, h16: Handler, h32: Handler): void {
  t.op16[op] = h16;
  t.op32[op] = h32;
}
