/** The opcode table of 64-bit code, put together from every subject's file. */
import { ud } from "../state/fault.js";
import { installLongArith } from "./operations/arith.js";
import { installLongControl } from "./operations/control.js";
import { iretLong } from "./transfers/interrupt.js";
import { installLongMove } from "./operations/move.js";
import { installLongString } from "./operations/string.js";
import type { LongTable } from "./table.js";
import { emptyTable } from "./table.js";

/** Builds the table for a model; opcodes that it has not raise #UD. */
export function buildLongTable(has: (feature: string) => boolean): LongTable {
  const t = emptyTable();
  installLongArith(t);
  installLongMove(t);
  installLongControl(t);
  installLongString(t);
  t[0xcf] = iretLong;
  if (!has("lahf-lm")) t[0x9e] = t[0x9f] = (c) => ud(c);
  return t;
}
