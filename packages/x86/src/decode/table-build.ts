/**
 * Helpers with which each subject enters its handlers in the opcode tables. What is defined once for
 * all widths is entered as a function for each, written out where it is entered: only so does V8
 * compile it for each width by itself, with the choices between widths gone.
 */
import type { Handler, OpcodeTables } from "../state/cpu.js";

/** One handler for both operand sizes. */
export function both(t: OpcodeTables, op: number, handler: Handler): void {
  t.op16[op] = handler;
  t.op32[op] = handler;
}

/** One handler for every kind of code. */
export function everywhere(t: OpcodeTables, op: number, handler: Handler): void {
  both(t, op, handler);
  t.long[op] = handler;
}

/** A handler for each operand size. */
export function sized(t: OpcodeTables, op: number, h16: Handler, h32: Handler): void {
  t.op16[op] = h16;
  t.op32[op] = h32;
}

/** Handlers for an opcode on bytes, and for the next one, which does the same in the operand size. */
export function widths(t: OpcodeTables, op: number, h8: Handler, h16: Handler, h32: Handler): void {
  both(t, op, h8);
  sized(t, op + 1, h16, h32);
}
