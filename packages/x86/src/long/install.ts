/** The opcode table of 64-bit code, put together from every subject's file. */
import type { Cpu } from "../state/cpu.js";
import { DS } from "../constants.js";
import { ud } from "../state/fault.js";
import { emms } from "../operations/mmx/install.js";
import { escapeAt, wait } from "../operations/fpu/escape.js";
import { clearDirection, cli, complementCarry, setDirection, sti } from "../operations/flagops.js";
import { setCF } from "../state/flags.js";
import { rsm } from "../system/smm.js";
import { installLongArith } from "./arith.js";
import { installLongControl } from "./control.js";
import { effective, linearOf, next8 } from "./decode.js";
import { iretLong } from "./interrupt.js";
import { installLongMove } from "./move.js";
import { installLongSse } from "./sse.js";
import { installLongString } from "./string.js";
import { syscall64, sysenter64, sysexit64, sysret64 } from "./syscall.js";
import { installLongSystem } from "./system.js";
import type { LongTable } from "./table.js";
import { emptyTable } from "./table.js";

/** D8 to DF. */
function escape(c: Cpu, op: number): void {
  const m = next8(c);
  let at = 0;
  if (m < 0xc0) {
    effective(c, m, 0);
    at = linearOf(c, 1, false);
    c.eaSeg = DS;
  }
  c.op32 = c.long.size !== 2;
  escapeAt(c, op, m, at);
}

/** Builds the table for a model; opcodes that it has not raise #UD. */
export function buildLongTable(has: (feature: string) => boolean): LongTable {
  const t = emptyTable();
  installLongArith(t);
  installLongMove(t);
  installLongControl(t);
  installLongString(t);
  installLongSystem(t);
  t[0xcf] = iretLong;
  t[0xf5] = complementCarry;
  t[0xf8] = (c) => setCF(c, false);
  t[0xf9] = (c) => setCF(c, true);
  t[0xfa] = cli;
  t[0xfb] = sti;
  t[0xfc] = clearDirection;
  t[0xfd] = setDirection;
  for (let op = 0xd8; op <= 0xdf; op++) t[op] = escape;
  t[0x9b] = wait;
  t[0x1aa] = (c) => {
    rsm(c);
    c.long.jumped = true;
  };
  t[0x105] = syscall64;
  t[0x107] = sysret64;
  t[0x134] = sysenter64;
  t[0x135] = sysexit64;
  if (has("mmx")) t[0x177] = emms;
  installLongSse(t, has);
  if (!has("lahf-lm")) t[0x9e] = t[0x9f] = (c) => ud(c);
  return t;
}
