/** The opcode table of 64-bit code: one for all operand sizes. */
import type { Handler } from "../state/cpu.js";
import { ud } from "../state/fault.js";

/** Handlers by opcode; 256 more for those behind 0F. */
export type LongTable = Handler[];

/** A table whose opcodes all raise #UD. */
export function emptyTable(): LongTable {
  return Array.from({ length: 512 }, (): Handler => (c) => ud(c));
}
