/** Loads of ES, DS, FS and GS by MOV and POP. */
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import { groupField, rmField } from "../../decode/instruction.js";
import { loadHost, operandAddress, stackAddress } from "../access.js";
import type { Emitter } from "../emitter.js";
import { stopIf } from "../links.js";
import { Imports, LENGTH_SHIFT, POPPED_SHIFT } from "../unit-mode.js";

const ESP = 4;
const FS = 4;

/** MOV to a segment register. */
export function moveToSegment(e: Emitter, i: Instruction): void {
  if (i.memory === null) e.unsignedRegister(rmField(i), 2);
  else {
    operandAddress(e, i, i.memory, 2, false);
    loadHost(e, 2);
    e.with(0xffff, Op.i32And);
  }
  loadSegment(e, i, groupField(i), 0);
}

/** POP of a segment register. */
export function popSegment(e: Emitter, i: Instruction): void {
  const segment = i.opcode < 0x100 ? i.opcode >> 3 : FS + ((i.opcode >> 3) & 1);
  stackAddress(e, i, 0, i.wide, false);
  e.get(e.locals.host);
  e.code.memory(MemoryOp.i32Load16U);
  loadSegment(e, i, segment, i.wide);
  // It is moved with the load, for the unit may have to end behind it.
  e.loadRegister(ESP);
}

/** Loads a segment register from the selector on the stack; the instruction pops so many bytes. */
function loadSegment(e: Emitter, i: Instruction, segment: number, popped: number): void {
  const { a } = e.locals;
  e.set(a);
  e.showState(i.at);
  e.get(a);
  e.number(segment | ((i.next - i.at) << LENGTH_SHIFT) | (popped << POPPED_SHIFT));
  e.code.call(Imports.SEGMENT);
  stopIf(e);
}
