/** PUSHA POPA ENTER, and selectors of segments as data. */
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import { groupField, rmField } from "../../decode/instruction.js";
import { moveStack, operandAddress, pushGuest, stackAddress, storeHost } from "../access.js";
import type { Emitter } from "../emitter.js";

const ESP = 4;
const EBP = 5;
const SS = 2;
const FS = 4;
/** Bytes of the eight registers. */
const ALL = 32;

/** Is the stack such that eight registers can be moved at once? */
function isFlatStack(e: Emitter, i: Instruction): boolean {
  return i.wide === 4 && e.mode.stack32 && (e.mode.flatSegments & (1 << SS)) !== 0;
}
/** The place of a register among the eight. */
function offsetOf(register: number): number {
  return 4 * (7 - register);
}

/** PUSHA of 32 bits; false: the interpreter shall execute it. */
export function pushAll(e: Emitter, i: Instruction): boolean {
  if (!isFlatStack(e, i)) return false;
  stackAddress(e, i, -ALL, ALL, true);
  for (let r = 0; r < 8; r++) {
    e.get(e.locals.host);
    e.get(e.registers[r]);
    e.code.memory(MemoryOp.i32Store, offsetOf(r));
  }
  moveStack(e, -ALL);
  return true;
}
/** POPA of 32 bits; false: the interpreter shall execute it. */
export function popAll(e: Emitter, i: Instruction): boolean {
  if (!isFlatStack(e, i)) return false;
  stackAddress(e, i, 0, ALL, false);
  for (let r = 0; r < 8; r++) {
    if (r === ESP) continue;
    e.get(e.locals.host);
    e.code.memory(MemoryOp.i32Load, offsetOf(r));
    e.set(e.registers[r]);
  }
  moveStack(e, ALL);
  return true;
}

/** ENTER of 32 bits without a display; false: the interpreter shall execute it. */
export function enterFrame(e: Emitter, i: Instruction): boolean {
  const locals = i.immediate & 0xffff;
  const level = (i.immediate >> 16) & 31;
  if (level !== 0 || !isFlatStack(e, i)) return false;
  const { a } = e.locals;
  stackAddress(e, i, -4, 4, true);
  e.get(e.locals.host);
  e.set(a);
  // It faults if the new top of the stack cannot be written.
  stackAddress(e, i, -4 - locals, 4, true);
  e.get(a);
  e.get(e.registers[EBP]);
  e.code.memory(MemoryOp.i32Store);
  e.get(e.registers[ESP]);
  e.with(4, Op.i32Sub);
  e.set(e.registers[EBP]);
  moveStack(e, -4 - locals);
  return true;
}

/** PUSH of a segment register. */
export function pushSelector(e: Emitter, i: Instruction): void {
  const segment = i.opcode < 0x100 ? i.opcode >> 3 : FS + ((i.opcode >> 3) & 1);
  pushGuest(e, i, i.wide, () => pushSelectorOf(e, segment, i.wide));
}
/** MOV of a segment register to r/m. */
export function storeSelector(e: Emitter, i: Instruction): void {
  const segment = groupField(i);
  if (i.memory === null) {
    pushSelectorOf(e, segment, i.wide);
    e.setRegister(rmField(i), i.wide);
    return;
  }
  operandAddress(e, i, i.memory, 2, true);
  storeHost(e, 2, () => pushSelectorOf(e, segment, 4));
}
function pushSelectorOf(e: Emitter, segment: number, width: 2 | 4 | 8): void {
  e.loadState(StateLayout.selectors + 4 * segment);
  e.widen(4, width);
}
