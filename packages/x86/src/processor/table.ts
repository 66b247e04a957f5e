/** The opcode tables, put together from every subject's file. */
import type { Handler, OpcodeTables } from "../state/cpu.js";
import type { CpuModel } from "../model/cpu-model.js";
import { installArith } from "../operations/arith.js";
import { installBcd } from "../operations/bcd.js";
import { installBits } from "../operations/bits.js";
import { installControl } from "../operations/control.js";
import { installExchange } from "../operations/exchange.js";
import { installFar } from "../system/far.js";
import { ud } from "../state/fault.js";
import { installFlagOps } from "../operations/flagops.js";
import { installFpu } from "../operations/fpu/escape.js";
import { buildLongTable } from "../long/install.js";
import { installInterrupt } from "../system/interrupt.js";
import { installIo } from "../operations/io.js";
import { installMove } from "../operations/move.js";
import { installMulDiv } from "../operations/muldiv.js";
import { installPrefix } from "../decode/prefix.js";
import { installSegmentOps } from "../system/segment-ops.js";
import { installShift } from "../operations/shift.js";
import { installSmm } from "../system/smm.js";
import { installVectors } from "../operations/sse/install.js";
import { installStack } from "../operations/stack.js";
import { installString } from "../operations/string.js";
import { installControlRegisters } from "../system/control-registers.js";
import { installFastCalls } from "../system/fast-calls.js";
import { installSystem } from "../system/privileged.js";

/** Opcodes that are there with a feature alone. SSE's and MMX's features are in their own tables. */
const OPCODES: readonly (readonly [feature: string, first: number, last: number])[] = [
  ["cmov", 0x140, 0x14f],
  ["cx8", 0x1c7, 0x1c7],
  ["tsc", 0x131, 0x131],
  ["msr", 0x130, 0x130],
  ["msr", 0x132, 0x132],
  ["mmx", 0x133, 0x133],
  ["sep", 0x134, 0x135],
  ["syscall", 0x105, 0x105],
  ["syscall", 0x107, 0x107],
];

/** Builds fresh tables for a model; opcodes nobody entered raise #UD, as do those that it has not. */
export function buildTables(model: CpuModel): OpcodeTables {
  const undefinedOpcode: Handler = (c) => ud(c);
  const t: OpcodeTables = {
    op16: Array.from({ length: 512 }, () => undefinedOpcode),
    op32: Array.from({ length: 512 }, () => undefinedOpcode),
    long: buildLongTable((feature) => model.has(feature)),
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
  installControlRegisters(t);
  installFastCalls(t);
  installSmm(t);
  installFpu(t);
  const has = (feature: string): boolean => model.has(feature);
  installVectors([t.op16, t.op32, t.long], has);
  for (const [feature, first, last] of OPCODES) {
    if (has(feature)) continue;
    t.op16.fill(undefinedOpcode, first, last + 1);
    t.op32.fill(undefinedOpcode, first, last + 1);
    t.long.fill(undefinedOpcode, first, last + 1);
  }
  installPrefix(t);
  return t;
}
