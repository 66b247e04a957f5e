/** PUSHA POPA, and selectors of segments as data. */
import { StateLayout } from "@mem/x86";
import { MemoryOp } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import { groupField, rmField } from "../../decode/instruction.js";
import { moveStack, operandAddress, pushGuest, stackAddress, storeHost } from "../access.js";
import type { Emitter } from "../emitter.js";

const ESP = 4;
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
