/** Guest memory: effective addresses, the TLB, loads and stores. */
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand, Width } from "../decode/instruction.js";
import { TLB_ENTRY_BYTES } from "../layout.js";
import type { Emitter } from "./emitter.js";
import { ACCESS_WRITE, Imports } from "./emitter.js";

const ESP = 4;
const SS = 2;

/** Pushes the offset of a memory operand. */
export function pushOffset(e: Emitter, m: MemoryOperand): void {
  const narrow = m.addressWidth === 2;
  let any = false;
  const add = (): void => {
    if (any) e.op(Op.i32Add);
    any = true;
  };
  if (m.base >= 0) {
    e.get(e.registers[m.base]);
    add();
  }
  if (m.index >= 0) {
    e.get(e.registers[m.index]);
    if (m.scale !== 0) e.with(m.scale, Op.i32Shl);
    add();
  }
  if (m.displacement !== 0 || !any) {
    e.number(m.displacement);
    add();
  }
  if (narrow) e.with(0xffff, Op.i32And);
}

/** Turns the offset on the stack into a linear address in the local `address`; may leave the unit. */
export function toLinear(e: Emitter, i: Instruction, segment: number, write: boolean): void {
  const { address } = e.locals;
  if ((e.mode.flatSegments & (1 << segment)) !== 0) {
    e.set(address);
    return;
  }
  e.tee(address);
  e.loadState((write ? StateLayout.writeEnds : StateLayout.readEnds) + 4 * segment);
  e.op(Op.i32GeU);
  e.leaveBeforeIf(i);
  e.get(address);
  e.loadState(StateLayout.bases + 4 * segment);
  e.op(Op.i32Add);
  e.set(address);
}

/**
 * Makes sure that `width` bytes at the linear address in `address` lie in a page that the TLB lets
 * be read, or written; otherwise the unit is left before `i`. The host's address is in `host` then.
 */
export function probe(e: Emitter, i: Instruction, width: number, write: boolean): void {
  const { address, entry, host } = e.locals;
  const { code, tlb } = e;
  const filled = code.block();
  e.get(address);
  e.with(8, Op.i32ShrU);
  e.with(1023 * TLB_ENTRY_BYTES, Op.i32And);
  e.tee(entry);
  code.memory(MemoryOp.i32Load, tlb + (write ? 4 : 0), 2);
  e.get(address);
  if (width > 1) e.with(width - 1, Op.i32Add);
  e.with(-4096, Op.i32And);
  e.op(Op.i32Eq);
  code.brIf(filled);
  e.get(address);
  e.number((write ? ACCESS_WRITE : 0) + width);
  code.call(Imports.MISS);
  code.brIf(filled);
  e.leaveBefore(i);
  code.end();
  e.get(address);
  e.get(entry);
  code.memory(MemoryOp.i32Load, tlb + 8, 2);
  e.op(Op.i32Add);
  e.set(host);
}

/** The host's address of a memory operand in `host`; may leave the unit. */
export function operandAddress(
  e: Emitter,
  i: Instruction,
  m: MemoryOperand,
  width: Width,
  write: boolean,
): void {
  pushOffset(e, m);
  toLinear(e, i, m.segment, write);
  probe(e, i, width, write);
}

/** Pushes what lies at `host`; 8 and 16 bits are sign-extended. */
export function loadHost(e: Emitter, width: Width): void {
  e.get(e.locals.host);
  const { i32Load, i32Load16S, i32Load8S } = MemoryOp;
  e.code.memory(width === 4 ? i32Load : width === 2 ? i32Load16S : i32Load8S);
}
/** Stores what `push` pushes at `host`. */
export function storeHost(e: Emitter, width: Width, push: () => void): void {
  e.get(e.locals.host);
  push();
  const { i32Store, i32Store16, i32Store8 } = MemoryOp;
  e.code.memory(width === 4 ? i32Store : width === 2 ? i32Store16 : i32Store8);
}

/** Pushes the stack pointer moved by `delta`, in the stack's width. */
export function pushStackOffset(e: Emitter, delta: number): void {
  e.get(e.registers[ESP]);
  if (delta !== 0) e.with(delta, Op.i32Add);
  if (!e.mode.stack32) e.with(0xffff, Op.i32And);
}
/** Moves the stack pointer. */
export function moveStack(e: Emitter, delta: number): void {
  e.get(e.registers[ESP]);
  e.with(delta, Op.i32Add);
  e.setRegister(ESP, e.mode.stack32 ? 4 : 2);
}
/** The host's address of the stack, moved by `delta`, in `host`; may leave the unit. */
export function stackAddress(
  e: Emitter,
  i: Instruction,
  delta: number,
  width: Width,
  write: boolean,
): void {
  pushStackOffset(e, delta);
  toLinear(e, i, SS, write);
  probe(e, i, width, write);
}
/** Pushes a value on the guest's stack. */
export function pushGuest(e: Emitter, i: Instruction, width: 2 | 4, push: () => void): void {
  stackAddress(e, i, -width, width, true);
  storeHost(e, width, push);
  moveStack(e, -width);
}
