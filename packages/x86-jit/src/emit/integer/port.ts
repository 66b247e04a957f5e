/** IN and OUT, where the level may use all ports. */
import type { Instruction } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { stopIf } from "../links.js";
import { Imports, LENGTH_SHIFT } from "../unit-mode.js";

const EAX = 0;
const EDX = 2;

function sizeOf(i: Instruction): 1 | 2 | 4 {
  if ((i.opcode & 1) === 0) return 1;
  return i.wide === 2 ? 2 : 4;
}
function pushPort(e: Emitter, i: Instruction): void {
  if ((i.opcode & 8) === 0) e.number(i.immediate & 0xff);
  else e.unsignedRegister(EDX, 2);
}
function pushSize(e: Emitter, i: Instruction): void {
  e.number(sizeOf(i) | (i.length << LENGTH_SHIFT));
}

/** IN. */
export function inputPort(e: Emitter, i: Instruction): void {
  e.showState(i.at);
  pushPort(e, i);
  pushSize(e, i);
  e.code.call(Imports.INPUT);
  stopIf(e);
  e.loadRegister(EAX);
}
/** OUT. */
export function outputPort(e: Emitter, i: Instruction): void {
  e.showState(i.at);
  pushPort(e, i);
  e.unsignedRegister(EAX, sizeOf(i));
  pushSize(e, i);
  e.code.call(Imports.OUTPUT);
  stopIf(e);
}
