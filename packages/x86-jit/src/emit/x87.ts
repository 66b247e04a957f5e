/** Translates instructions of the x87 unit: calls of the kernels that the interpreter calls too. */
import type { X87Form } from "@mem/x86";
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand } from "../decode/instruction.js";
import { probe, pushOffset, toLinear } from "./access.js";
import type { Emitter } from "./emitter.js";
import { Imports } from "./unit-mode.js";

const CS = 1;
const DS = 3;
/** An exception waits, in the status word. */
const SUMMARY = 0x80;
/** Marks kernels of the unit among all kernels. */
export const X87_KERNEL = "x87:";

/** Translates an instruction of the unit; false: the interpreter shall execute it. */
export function translateX87(e: Emitter, i: Instruction, form: X87Form): boolean {
  const { memory } = i;
  // Limits are checked for four bytes alone, and the offset is noted.
  if (!e.isLong && memory !== null && (e.mode.flatSegments & (1 << memory.segment)) === 0)
    return false;
  e.loadState(StateLayout.fpuStatus);
  e.with(SUMMARY, Op.i32And);
  e.leaveBeforeIf(i);
  if (memory !== null) {
    pushOffset(e, memory);
    toLinear(e, i, memory.segment, form.stores);
    probe(e, i, form.bytes, form.stores);
    if (!form.stores) fillScratch(e, form.bytes);
  }
  note(e, i, memory);
  e.number(e.state);
  e.number(form.operand);
  e.number(e.kernelNumber(X87_KERNEL + form.name));
  e.code.callIndirect(Imports.KERNEL_TYPE, Imports.KERNEL_TABLE);
  if (!form.stores) {
    e.op(Op.drop);
    return true;
  }
  e.code.if();
  storeScratch(e, form.bytes);
  e.code.end();
  return true;
}

/** Notes where the instruction and its operand are. */
function note(e: Emitter, i: Instruction, memory: MemoryOperand | null): void {
  const selector = (segment: number) => (): void =>
    e.loadState(StateLayout.selectors + 4 * segment);
  if (e.isLong) {
    noteWide(e, StateLayout.fpuIp, StateLayout.fpuIpHigh, () => e.pushIp(i.at));
  } else e.storeState(StateLayout.fpuIp, () => e.eipOf(i.at));
  e.storeState(StateLayout.fpuCs, selector(CS));
  e.storeState(StateLayout.fpuOpcode, () => e.number(((i.opcode & 7) << 8) | i.modrm));
  if (memory === null) return;
  if (e.isLong) {
    noteWide(e, StateLayout.fpuDp, StateLayout.fpuDpHigh, () => e.get(e.locals.address));
  } else e.storeState(StateLayout.fpuDp, () => e.get(e.locals.address));
  e.storeState(StateLayout.fpuDs, selector(e.isLong ? DS : memory.segment));
}
/** Stores an address of 64 bits in two places. */
function noteWide(e: Emitter, low: number, high: number, push: () => void): void {
  e.storeState(low, () => {
    push();
    e.op(Op.i32WrapI64);
  });
  e.storeState(high, () => {
    push();
    e.withWide(32, 8, "shrU");
    e.op(Op.i32WrapI64);
  });
}

function fillScratch(e: Emitter, bytes: number): void {
  const { code } = e;
  const { host } = e.locals;
  const { scratch } = StateLayout;
  e.number(e.state);
  e.get(host);
  if (bytes < 8) {
    code.memory(bytes === 2 ? MemoryOp.i32Load16U : MemoryOp.i32Load);
    code.memory(MemoryOp.i32Store, scratch);
    return;
  }
  code.memory(MemoryOp.i64Load);
  code.memory(MemoryOp.i64Store, scratch);
  if (bytes === 8) return;
  e.number(e.state);
  e.get(host);
  code.memory(MemoryOp.i32Load16U, 8);
  code.memory(MemoryOp.i32Store, scratch + 8);
}
function storeScratch(e: Emitter, bytes: number): void {
  const { code } = e;
  const { host } = e.locals;
  const { scratch } = StateLayout;
  e.get(host);
  e.number(e.state);
  if (bytes < 8) {
    code.memory(MemoryOp.i32Load, scratch);
    code.memory(bytes === 2 ? MemoryOp.i32Store16 : MemoryOp.i32Store);
    return;
  }
  code.memory(MemoryOp.i64Load, scratch);
  code.memory(MemoryOp.i64Store);
  if (bytes === 8) return;
  e.get(host);
  e.number(e.state);
  code.memory(MemoryOp.i32Load16U, scratch + 8);
  code.memory(MemoryOp.i32Store16, 8);
}
