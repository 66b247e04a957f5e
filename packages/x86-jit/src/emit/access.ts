/** Guest memory: effective addresses, the TLB, loads and stores. */
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand, Width } from "../decode/instruction.js";
import {
  AT_LONG_TLBS,
  AT_TLBS,
  LONG_TLB_BYTES,
  LONG_TLB_ENTRY_BYTES,
  TLB_BYTES,
  TLB_ENTRY_BYTES,
} from "../layout.js";
import { missAtDevice } from "./device-access.js";
import type { Emitter } from "./emitter.js";
import { ACCESS_WRITE, Imports } from "./unit-mode.js";
import { operationsOf } from "./words.js";

const ESP = 4;
const SS = 2;
const FS = 4;

/** Pushes the offset of a memory operand, in 64-bit code 8 bytes. */
export function pushOffset(e: Emitter, m: MemoryOperand): void {
  const width = e.wordWidth;
  let any = false;
  const add = (): void => {
    if (any) e.op(operationsOf(width).add);
    any = true;
  };
  if (m.base >= 0) {
    e.get(e.registers[m.base]);
    add();
  }
  if (m.index >= 0) {
    e.get(e.registers[m.index]);
    if (m.scale !== 0) e.withWide(m.scale, width, "shl");
    add();
  }
  if (m.displacement !== 0 || !any) {
    e.constant(m.displacement, width);
    add();
  }
  if (m.addressWidth === 2) e.with(0xffff, Op.i32And);
  if (m.addressWidth < width && e.isLong) e.withWide(0xffffffff, 8, "and");
}

/** Turns the offset on the stack into a linear address in the local `address`; may leave the unit. */
export function toLinear(e: Emitter, i: Instruction, segment: number, write: boolean): void {
  const { address } = e.locals;
  if (e.isLong) {
    if (segment >= FS) {
      e.loadWideBase(segment);
      e.op(Op.i64Add);
    }
    e.set(address);
    return;
  }
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
 * No tag is that of an address that is not canonical.
 */
export function probe(e: Emitter, i: Instruction, width: number, write: boolean): void {
  const { address, entry, host } = e.locals;
  const { code, isLong } = e;
  const tlb = tlbOf(e);
  const entryBytes = isLong ? LONG_TLB_ENTRY_BYTES : TLB_ENTRY_BYTES;
  const tagBytes = isLong ? 8 : 4;
  const ready = i.isOfDevice ? code.block() : null;
  const filled = code.block();
  e.get(address);
  e.narrow(4);
  e.with(12 - Math.log2(entryBytes), Op.i32ShrU);
  e.with(1023 * entryBytes, Op.i32And);
  e.tee(entry);
  const tag = isLong ? MemoryOp.i64Load : MemoryOp.i32Load;
  code.memory(tag, tlb + (write ? tagBytes : 0), isLong ? 3 : 2);
  e.get(address);
  if (width > 1) e.withWide(width - 1, e.wordWidth, "add");
  e.withWide(-4096, e.wordWidth, "and");
  e.op(operationsOf(e.wordWidth).eq);
  code.brIf(filled);
  if (ready !== null) missAtDevice(e, i, width, write, ready);
  else {
    e.pushAddress();
    e.number((write ? ACCESS_WRITE : 0) + width);
    code.call(isLong ? Imports.LONG_MISS : Imports.MISS);
    code.brIf(filled);
    e.leaveBefore(i);
  }
  code.end();
  e.get(address);
  e.narrow(4);
  e.get(entry);
  code.memory(MemoryOp.i32Load, tlb + 2 * tagBytes, 2);
  e.op(Op.i32Add);
  e.set(host);
  if (ready !== null) code.end();
}
/** Offset in the memory of the TLB of the unit's privilege level. */
function tlbOf({ state, isLong, mode }: Emitter): number {
  if (isLong) return state + AT_LONG_TLBS + (mode.user ? LONG_TLB_BYTES : 0);
  return state + AT_TLBS + (mode.user ? TLB_BYTES : 0);
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

const LOADS = {
  1: MemoryOp.i32Load8S,
  2: MemoryOp.i32Load16S,
  4: MemoryOp.i32Load,
  8: MemoryOp.i64Load,
} as const;
const STORES = {
  1: MemoryOp.i32Store8,
  2: MemoryOp.i32Store16,
  4: MemoryOp.i32Store,
  8: MemoryOp.i64Store,
} as const;

/** Pushes what lies at `host`; 8 and 16 bits are sign-extended. */
export function loadHost(e: Emitter, width: Width): void {
  e.get(e.locals.host);
  e.code.memory(LOADS[width]);
}
/** Stores what `push` pushes at `host`. */
export function storeHost(e: Emitter, width: Width, push: () => void): void {
  e.get(e.locals.host);
  push();
  e.code.memory(STORES[width]);
}

/** Pushes the stack pointer moved by `delta`, in the stack's width. */
export function pushStackOffset(e: Emitter, delta: number): void {
  e.get(e.registers[ESP]);
  if (delta !== 0) e.withWide(delta, e.wordWidth, "add");
  if (stackWidth(e) === 2) e.with(0xffff, Op.i32And);
}
/** Bytes of the stack pointer. */
export function stackWidth(e: Emitter): 2 | 4 | 8 {
  return e.isLong ? 8 : e.mode.stack32 ? 4 : 2;
}
/** Moves the stack pointer. */
export function moveStack(e: Emitter, delta: number): void {
  e.get(e.registers[ESP]);
  e.withWide(delta, e.wordWidth, "add");
  e.setRegister(ESP, stackWidth(e));
}
/** The host's address of the stack, moved by `delta`, in `host`; may leave the unit. */
export function stackAddress(
  e: Emitter,
  i: Instruction,
  delta: number,
  width: number,
  write: boolean,
): void {
  pushStackOffset(e, delta);
  toLinear(e, i, SS, write);
  probe(e, i, width, write);
}
/** Pushes a value on the guest's stack. */
export function pushGuest(e: Emitter, i: Instruction, width: 2 | 4 | 8, push: () => void): void {
  stackAddress(e, i, -width, width, true);
  storeHost(e, width, push);
  moveStack(e, -width);
}
