/** MUL IMUL DIV IDIV. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { regField } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { flagsOfProduct, flagsOfRest } from "../flags/flags.js";
import { extend, extendUnsigned, pushRm, signed } from "../operands.js";
import { dividePair, multiplyWide } from "./wide-multiply.js";

const EAX = 0;
const EDX = 2;

/** Flags of a product: its low half, sign-extended in `value`; `overflow` pushes 0 or 1. */
function productFlags(e: Emitter, overflow: () => void): void {
  flagsOfRest(e, e.locals.value, () => {
    overflow();
    e.with(31, Op.i32Shl);
  });
}

/** IMUL of a register by `a`, with `b`: the low half goes to the register. */
function signedProduct(e: Emitter, register: number, width: 2 | 4 | 8): void {
  if (width === 8) {
    const { a, b } = e.operands(8);
    e.get(a);
    e.get(b);
    e.op(Op.i64Mul);
    e.setRegister(register, 8);
    // Whether it overflows is worked out if that is asked for.
    flagsOfProduct(e, a, b);
    return;
  }
  const { a, b, value, wide } = e.locals;
  if (!e.flagsNeeded || width === 2) {
    e.get(a);
    e.get(b);
    e.op(Op.i32Mul);
    e.tee(b);
    extend(e, width);
    e.set(value);
    productFlags(e, () => {
      e.get(value);
      e.get(b);
      e.op(Op.i32Ne);
    });
  } else {
    e.get(a);
    e.op(Op.i64ExtendI32S);
    e.get(b);
    e.op(Op.i64ExtendI32S);
    e.op(Op.i64Mul);
    e.tee(wide);
    e.op(Op.i32WrapI64);
    e.set(value);
    productFlags(e, () => {
      e.get(wide);
      e.get(value);
      e.op(Op.i64ExtendI32S);
      e.op(Op.i64Ne);
    });
  }
  e.get(value);
  e.setRegister(register, width);
}
/** IMUL of two operands. */
export function multiplyRegister(e: Emitter, i: Instruction): void {
  const { a, b } = e.operands(i.wide);
  pushRm(e, i, i.wide);
  e.set(b);
  e.register(regField(i), i.wide);
  e.set(a);
  signedProduct(e, regField(i), i.wide);
}
/** IMUL of three operands. */
export function multiplyImmediate(e: Emitter, i: Instruction): void {
  const { a, b } = e.operands(i.wide);
  pushRm(e, i, i.wide);
  e.set(a);
  e.constant(signed(i.immediate, i.wide), i.wide);
  e.set(b);
  signedProduct(e, regField(i), i.wide);
}

/** MUL and IMUL of the accumulator. */
export function multiply(e: Emitter, i: Instruction, width: Width, isSigned: boolean): void {
  if (width === 8) return multiplyWide(e, i, isSigned);
  const { a, b, value, wide } = e.locals;
  pushRm(e, i, width);
  if (!isSigned) extendUnsigned(e, width);
  e.set(b);
  if (isSigned) e.register(EAX, width);
  else e.unsignedRegister(EAX, width);
  e.set(a);
  if (width === 4) {
    const widen = isSigned ? Op.i64ExtendI32S : Op.i64ExtendI32U;
    e.get(a);
    e.op(widen);
    e.get(b);
    e.op(widen);
    e.op(Op.i64Mul);
    e.tee(wide);
    e.op(Op.i32WrapI64);
    e.tee(value);
    e.setRegister(EAX, 4);
    e.get(wide);
    e.code.i64Const(32n);
    e.op(Op.i64ShrU);
    e.op(Op.i32WrapI64);
    e.setRegister(EDX, 4);
    productFlags(e, () => {
      e.register(EDX, 4);
      if (isSigned) {
        e.get(value);
        e.with(31, Op.i32ShrS);
      } else e.number(0);
      e.op(Op.i32Ne);
    });
    return;
  }
  e.get(a);
  e.get(b);
  e.op(Op.i32Mul);
  e.tee(b);
  extend(e, width);
  e.set(value);
  e.get(b);
  e.setRegister(EAX, 2);
  if (width === 2) {
    e.get(b);
    e.with(16, Op.i32ShrU);
    e.setRegister(EDX, 2);
  }
  productFlags(e, () => {
    if (isSigned) {
      e.get(value);
      e.get(b);
      e.op(Op.i32Ne);
    } else {
      e.get(b);
      e.with(width === 1 ? 0xff : 0xffff, Op.i32GtU);
    }
  });
}

/** DIV and IDIV of 32 and 64 bits; what raises an exception is the interpreter's. */
export function divide(e: Emitter, i: Instruction, isSigned: boolean): void {
  if (i.wide === 8) return dividePair(e, i, isSigned);
  const { a, b, value, wide, wide2 } = e.locals;
  pushRm(e, i, 4);
  e.set(b);
  if (isSigned) {
    // By 0 or -1: the first is an error, the second may overflow.
    e.get(b);
    e.with(1, Op.i32Add);
    e.with(2, Op.i32LtU);
    e.leaveBeforeIf(i);
  } else {
    e.register(EDX, 4);
    e.get(b);
    e.op(Op.i32GeU);
    e.leaveBeforeIf(i);
  }
  e.register(EDX, 4);
  e.op(Op.i64ExtendI32U);
  e.code.i64Const(32n);
  e.op(Op.i64Shl);
  e.register(EAX, 4);
  e.op(Op.i64ExtendI32U);
  e.op(Op.i64Or);
  e.set(wide);
  e.get(wide);
  e.get(b);
  e.op(isSigned ? Op.i64ExtendI32S : Op.i64ExtendI32U);
  e.op(isSigned ? Op.i64DivS : Op.i64DivU);
  e.tee(wide2);
  e.op(Op.i32WrapI64);
  e.set(value);
  if (isSigned) {
    e.get(value);
    e.op(Op.i64ExtendI32S);
    e.get(wide2);
    e.op(Op.i64Ne);
    e.leaveBeforeIf(i);
  }
  e.register(EAX, 4);
  e.get(value);
  e.get(b);
  e.op(Op.i32Mul);
  e.op(Op.i32Sub);
  e.set(a);
  e.get(value);
  e.setRegister(EAX, 4);
  e.get(a);
  e.setRegister(EDX, 4);
}
