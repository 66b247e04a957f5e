/** XCHG XADD CMPXCHG. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { opcodeRegister, regField, rmField } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { flagsOfOperands } from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";
import { beginChange, endChange } from "../operands.js";
import { operationsOf } from "../words.js";

const EAX = 0;

function byteOrWord(i: Instruction): Width {
  return (i.opcode & 1) === 0 ? 1 : i.wide;
}

/** XCHG of a register and r/m. */
export function exchange(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  const { a, b } = e.operands(width);
  beginChange(e, i, width);
  e.set(a);
  e.register(regField(i), width);
  e.set(b);
  e.get(a);
  e.setRegister(regField(i), width);
  endChange(e, i, width, b);
}
/** XCHG of the accumulator. */
export function exchangeAccumulator(e: Emitter, i: Instruction): void {
  const r = opcodeRegister(i);
  if (r === 0) return;
  const { a } = e.operands(i.wide);
  e.register(EAX, i.wide);
  e.set(a);
  e.register(r, i.wide);
  e.setRegister(EAX, i.wide);
  e.get(a);
  e.setRegister(r, i.wide);
}
/** XADD: if both operands are one register, the sum is what stays. */
export function exchangeAdd(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  const { a, b, value } = e.operands(width);
  beginChange(e, i, width);
  e.set(a);
  e.register(regField(i), width);
  e.tee(b);
  e.get(a);
  e.op(operationsOf(width).add);
  e.set(value);
  flagsOfOperands(e, Flags.ADD8, width, a, b);
  e.get(a);
  e.setRegister(regField(i), width);
  endChange(e, i, width, value);
}
/** CMPXCHG: a comparison that fails writes the destination back as it was. */
export function compareExchange(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  const { a, b, value } = e.operands(width);
  beginChange(e, i, width);
  e.set(a);
  e.register(EAX, width);
  e.set(b);
  e.register(regField(i), width);
  e.get(a);
  e.get(a);
  e.get(b);
  e.op(operationsOf(width).eq);
  e.op(Op.select);
  e.set(value);
  flagsOfOperands(e, Flags.SUB8, width, b, a);
  if (e.isLong && width === 4) keepWhole(e, a, b);
  else {
    // Where it does not fail, the accumulator has that value already.
    e.get(a);
    e.setRegister(EAX, width);
  }
  if (e.isLong && width === 4 && i.memory === null) writeIfEqual(e, rmField(i), a, b);
  else endChange(e, i, width, value);
}
/** The accumulator gets the 32 bits of `a` unless it has them: then its high half stays. */
function keepWhole(e: Emitter, a: number, b: number): void {
  const register = e.registers[EAX];
  e.get(register);
  e.get(a);
  e.op(Op.i64ExtendI32U);
  e.get(a);
  e.get(b);
  e.op(Op.i32Eq);
  e.op(Op.select);
  e.set(register);
}
/** A destination in a register gets the 32 bits of `value` if `a` and `b` are equal: else all of it stays. */
function writeIfEqual(e: Emitter, destination: number, a: number, b: number): void {
  const register = e.registers[destination];
  e.get(e.operands(4).value);
  e.op(Op.i64ExtendI32U);
  e.get(register);
  e.get(a);
  e.get(b);
  e.op(Op.i32Eq);
  e.op(Op.select);
  e.set(register);
}
