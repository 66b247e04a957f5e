/** Loads of ES, DS, FS and GS by MOV and POP. */
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import { groupField, rmField } from "../../decode/instruction.js";
import { loadHost, moveStack, operandAddress, stackAddress } from "../access.js";
import type { Emitter } from "../emitter.js";
import { stopIf } from "../links.js";
import { Imports, LENGTH_SHIFT, POPPED_SHIFT } from "../unit-mode.js";
import { AT_SEGMENTS, SEGMENT_BYTES, SEGMENTS_BYTES } from "../../layout.js";

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
}

/** Loads a segment register from the selector on the stack; the instruction pops so many bytes. */
function loadSegment(e: Emitter, i: Instruction, segment: number, popped: number): void {
  const { a } = e.locals;
  e.set(a);
  if (!e.isLong) {
    pushDifference(e, segment);
    e.code.if();
  }
  e.showState(i.at);
  e.get(a);
  e.number(segment | (i.length << LENGTH_SHIFT) | (popped << POPPED_SHIFT));
  e.code.call(Imports.SEGMENT);
  stopIf(e);
  // It is moved with the load, for the unit may have to end behind it.
  if (popped !== 0) e.loadRegister(ESP);
  if (e.isLong) return;
  if (popped !== 0) {
    e.code.else();
    moveStack(e, popped);
  }
  e.code.end();
}
/** Pushes what is not 0 unless a load of the selector in the local `a` would leave a segment register as it is. */
function pushDifference(e: Emitter, segment: number): void {
  const record = AT_SEGMENTS + (e.mode.user ? SEGMENTS_BYTES : 0) + SEGMENT_BYTES * segment;
  const { selectors, bases, limits, rights } = StateLayout;
  e.get(e.locals.a);
  e.loadState(record);
  e.op(Op.i32Xor);
  [selectors, bases, limits, rights].forEach((words, k) => {
    e.loadState(record + 4 * k);
    e.loadState(words + 4 * segment);
    e.op(Op.i32Xor);
    e.op(Op.i32Or);
  });
  for (const word of [0, 4]) {
    e.loadState(record + 16 + word);
    e.loadState(record + 24);
    e.code.memory(MemoryOp.i32Load, word);
    e.op(Op.i32Xor);
    e.op(Op.i32Or);
  }
}
