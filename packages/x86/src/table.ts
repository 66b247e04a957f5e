/** The opcode tables, put together from every subject's file. */
import type { Handler, OpcodeTables } from "./cpu.js";
import { installArith } from "./arith.js";
import { installBcd } from "./bcd.js";
import { installBits } from "./bits.js";
import { installControl } from "./control.js";
import { installExchange } from "./exchange.js";
import { installFar } from "./far.js";
import { ud } from "./fault.js";
import { installFlagOps } from "./flagops.js";
import { installFpu } from "./fpu.js";
import { installInterrupt } from "./interrupt.js";
import { installIo } from "./io.js";
import { installMove } from "./move.js";
import { installMulDiv } from "./muldiv.js";
import { installPrefix } from "./prefix.js";
import { installSegmentOps } from "./segment-ops.js";
import { installShift } from "./shift.js";
import { installSmm } from "./smm.js";
import { installStack } from "./stack.js";
import { installString } from "./string.js";
import { installSystem } from "./system.js";

/** Builds fresh tables; opcodes nobody entered raise #UD. */
export function buildTables(): OpcodeTables {
  const undefinedOpcode: Handler = (c) => ud(c);
  const t: OpcodeTables = {
    op16: Array.from({ length: 512 }, () => undefinedOpcode),
    op32: Array.from({ length: 512 }, () => undefinedOpcode),
  };
  installArith(t);
  installShift(t);
  installMulDiv(t);
  installBcd(t);
  installBits(t);
  installMove(t);
  installExchange(t);
  installStack(t);
  installControl(t);
  installFar(t);
  installInterrupt(t);
  installFlagOps(t);
  installString(t);
  installIo(t);
  installSegmentOps(t);
  installSystem(t);
  installSmm(t);
  installFpu(t);
  installPrefix(t);
  return t;
}
