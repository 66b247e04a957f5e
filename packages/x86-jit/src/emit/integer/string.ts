/** String instructions without repetition. */
import { StateLayout } from "@mem/x86";
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { operationsOf } from "../words.js";
import { loadHost, probe, storeHost, toLinear } from "../access.js";
import type { Emitter } from "../emitter.js";
import { flagsOfOperands } from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";

const EAX = 0;
const ESI = 6;
const EDI = 7;
const ES = 0;

/** The host's address of the element that (E)SI or (E)DI points to, in `host`. */
function elementAddress(
  e: Emitter,
  i: Instruction,
  register: number,
  width: Width,
  write: boolean,
): void {
  e.get(e.registers[register]);
  if (i.addressWidth === 2) e.with(0xffff, Op.i32And);
  toLinear(e, i, register === EDI ? ES : i.dataSegment, write);
  probe(e, i, width, write);
}
/** Moves (E)SI or (E)DI on, as DF says. */
function advance(e: Emitter, i: Instruction, register: number, width: Width): void {
  e.get(e.registers[register]);
  e.number(width);
  e.loadState(StateLayout.eflags);
  e.with(10, Op.i32ShrU);
  e.with(1, Op.i32And);
  e.with(Math.log2(width) + 1, Op.i32Shl);
  e.op(Op.i32Sub);
  e.widen(4, e.wordWidth);
  e.op(operationsOf(e.wordWidth).add);
  e.setRegister(register, i.addressWidth);
}

/** MOVS CMPS STOS LODS SCAS. */
export function stringElement(e: Emitter, i: Instruction): void {
  const width: Width = (i.opcode & 1) === 0 ? 1 : i.wide;
  const { a, b, value } = e.operands(width);
  switch (i.opcode & 0xfe) {
    case 0xa4:
      elementAddress(e, i, ESI, width, false);
      loadHost(e, width);
      e.set(value);
      elementAddress(e, i, EDI, width, true);
      storeHost(e, width, () => e.get(value));
      advance(e, i, ESI, width);
      advance(e, i, EDI, width);
      return;
    case 0xa6:
      elementAddress(e, i, ESI, width, false);
      loadHost(e, width);
      e.set(a);
      elementAddress(e, i, EDI, width, false);
      loadHost(e, width);
      e.set(b);
      flagsOfOperands(e, Flags.SUB8, width, a, b);
      advance(e, i, ESI, width);
      advance(e, i, EDI, width);
      return;
    case 0xaa:
      elementAddress(e, i, EDI, width, true);
      storeHost(e, width, () => e.register(EAX, width));
      advance(e, i, EDI, width);
      return;
    case 0xac:
      elementAddress(e, i, ESI, width, false);
      loadHost(e, width);
      e.setRegister(EAX, width);
      advance(e, i, ESI, width);
      return;
    default:
      elementAddress(e, i, EDI, width, false);
      loadHost(e, width);
      e.set(b);
      e.register(EAX, width);
      e.set(a);
      flagsOfOperands(e, Flags.SUB8, width, a, b);
      advance(e, i, EDI, width);
  }
}
/** CLD, STD. */
export function changeDirection(e: Emitter, i: Instruction): void {
  e.storeState(StateLayout.eflags, () => {
    e.loadState(StateLayout.eflags);
    if (i.opcode === 0xfc) e.with(~0x400, Op.i32And);
    else e.with(0x400, Op.i32Or);
  });
}
