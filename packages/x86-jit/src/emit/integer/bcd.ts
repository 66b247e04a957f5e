/** Decimal arithmetic: DAA DAS AAA AAS AAM AAD, which 64-bit code has not. */
import { Op } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { flagsOfLogic, ownForm, pushRest, setKind, setOwnWords } from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";

const EAX = 0;
const CF_AND_XOR = 0xc0000000 | 0;
const AF = 8;

/** Pushes whether the low digit of AL, in `a`, is to be adjusted; the flags are in the processor's form. */
function pushHalf(e: Emitter): void {
  e.get(e.locals.a);
  e.with(15, Op.i32And);
  e.with(9, Op.i32GtU);
  pushRest(e);
  e.with(3, Op.i32ShrU);
  e.with(1, Op.i32And);
  e.op(Op.i32Or);
}

/** DAA, DAS. */
export function adjustDecimal(e: Emitter, i: Instruction): void {
  const isSum = i.opcode === 0x27;
  const { a, b, entry, value } = e.locals;
  ownForm(e);
  e.unsignedRegister(EAX, 1);
  e.set(a);
  pushHalf(e);
  e.set(b);
  e.get(a);
  e.with(0x99, Op.i32GtU);
  pushRest(e);
  e.with(31, Op.i32ShrU);
  e.op(Op.i32Or);
  e.set(entry);
  e.get(a);
  e.get(b);
  e.with(6, Op.i32Mul);
  e.get(entry);
  e.with(0x60, Op.i32Mul);
  e.op(Op.i32Add);
  e.op(isSum ? Op.i32Add : Op.i32Sub);
  e.op(Op.i32Extend8S);
  e.tee(value);
  e.setRegister(EAX, 1);
  if (!e.flagsNeeded) return;
  const rest = (): void => {
    e.get(entry);
    if (!isSum) {
      // A borrow out of the low digit's adjustment, too.
      e.get(a);
      e.with(6, Op.i32LtU);
      e.get(b);
      e.op(Op.i32And);
      e.op(Op.i32Or);
    }
    // OF is clear.
    e.number(0);
    e.op(Op.i32Ne);
    e.with(CF_AND_XOR, Op.i32Mul);
    e.get(b);
    e.with(3, Op.i32Shl);
    e.op(Op.i32Or);
  };
  setOwnWords(e, () => e.get(value), rest);
  setKind(e, Flags.OWN);
}

/** AAA, AAS. */
export function adjustAscii(e: Emitter, i: Instruction): void {
  const { a, b } = e.locals;
  ownForm(e);
  e.unsignedRegister(EAX, 1);
  e.set(a);
  pushHalf(e);
  e.set(b);
  e.unsignedRegister(EAX, 2);
  e.get(b);
  e.with(0x106, Op.i32Mul);
  e.op(i.opcode === 0x37 ? Op.i32Add : Op.i32Sub);
  e.with(0xff0f, Op.i32And);
  e.setRegister(EAX, 2);
  if (!e.flagsNeeded) return;
  // CF and AF change; OF, which is CF xor bit 30, and the result stay.
  const rest = (): void => {
    pushRest(e);
    pushRest(e);
    e.with(1, Op.i32ShrU);
    e.op(Op.i32Xor);
    e.with(0x40000000, Op.i32And);
    e.get(b);
    e.with(CF_AND_XOR, Op.i32Mul);
    e.op(Op.i32Xor);
    pushRest(e);
    e.with(~(CF_AND_XOR | AF), Op.i32And);
    e.op(Op.i32Or);
    e.get(b);
    e.with(3, Op.i32Shl);
    e.op(Op.i32Or);
  };
  setOwnWords(e, null, rest);
}

/** AAM; false where it divides by 0, which the interpreter raises. */
export function divideDecimal(e: Emitter, i: Instruction): boolean {
  const base = i.immediate & 0xff;
  if (base === 0) return false;
  const { a, value } = e.locals;
  e.unsignedRegister(EAX, 1);
  e.tee(a);
  e.with(base, Op.i32RemU);
  e.op(Op.i32Extend8S);
  e.set(value);
  e.get(a);
  e.with(base, Op.i32DivU);
  e.with(8, Op.i32Shl);
  e.get(value);
  e.with(0xff, Op.i32And);
  e.op(Op.i32Or);
  e.setRegister(EAX, 2);
  flagsOfLogic(e, value);
  return true;
}
/** AAD. */
export function multiplyDecimal(e: Emitter, i: Instruction): void {
  const { value } = e.locals;
  e.unsignedRegister(EAX, 2);
  e.with(8, Op.i32ShrU);
  e.with(i.immediate & 0xff, Op.i32Mul);
  e.unsignedRegister(EAX, 1);
  e.op(Op.i32Add);
  e.op(Op.i32Extend8S);
  e.tee(value);
  e.with(0xff, Op.i32And);
  e.setRegister(EAX, 2);
  flagsOfLogic(e, value);
}
