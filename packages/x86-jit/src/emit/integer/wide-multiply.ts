/** MUL IMUL DIV IDIV of 64 bits, whose products and dividends have 128. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { flagsOfRest } from "../flags/flags.js";
import { pushRm } from "../operands.js";
import { Imports } from "../unit-mode.js";

const RAX = 0;
const RDX = 2;

/** MUL and IMUL of RAX: the low half goes there, the high one to RDX. */
export function multiplyWide(e: Emitter, i: Instruction, isSigned: boolean): void {
  const { a, b, value } = e.operands(8);
  pushRm(e, i, 8);
  e.set(b);
  e.register(RAX, 8);
  e.tee(a);
  e.get(b);
  e.op(Op.i64Mul);
  e.set(value);
  pushHighHalf(e, isSigned);
  e.setRegister(RDX, 8);
  e.get(value);
  e.setRegister(RAX, 8);
  const rest = (): void => {
    e.register(RDX, 8);
    if (isSigned) {
      e.get(value);
      e.withWide(63, 8, "shrS");
    } else e.constant(0, 8);
    e.op(Op.i64Ne);
    e.with(31, Op.i32Shl);
  };
  flagsOfRest(e, value, rest, 8);
}

/** Pushes bits 64 to 127 of the product of `a` and `b`: of four products of halves. */
function pushHighHalf(e: Emitter, isSigned: boolean): void {
  const { a, b } = e.operands(8);
  const { wide, wide2 } = e.locals;
  const low = (local: number): void => {
    e.get(local);
    e.withWide(0xffffffff, 8, "and");
  };
  const high = (local: number): void => {
    e.get(local);
    e.withWide(32, 8, "shrU");
  };
  // The carries of the lowest product into that of the high half of `a`, and of its low half into the other.
  high(a);
  low(b);
  e.op(Op.i64Mul);
  low(a);
  low(b);
  e.op(Op.i64Mul);
  e.withWide(32, 8, "shrU");
  e.op(Op.i64Add);
  e.set(wide);
  low(a);
  high(b);
  e.op(Op.i64Mul);
  low(wide);
  e.op(Op.i64Add);
  e.set(wide2);
  high(a);
  high(b);
  e.op(Op.i64Mul);
  high(wide);
  e.op(Op.i64Add);
  high(wide2);
  e.op(Op.i64Add);
  if (!isSigned) return;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    e.get(one);
    e.withWide(63, 8, "shrS");
    e.get(other);
    e.op(Op.i64And);
    e.op(Op.i64Sub);
  }
}

/** DIV of RDX and RAX; what raises an exception is the interpreter's. */
function dividePairUnsigned(e: Emitter, i: Instruction): void {
  const { a, b, value } = e.operands(8);
  pushRm(e, i, 8);
  e.set(b);
  e.register(RAX, 8);
  e.set(a);
  e.register(RDX, 8);
  e.get(b);
  e.op(Op.i64GeU);
  e.leaveBeforeIf(i);
  e.register(RDX, 8);
  e.op(Op.i64Eqz);
  e.code.if(ValueType.i64);
  e.get(a);
  e.get(b);
  e.op(Op.i64DivU);
  e.code.else();
  e.register(RDX, 8);
  e.get(a);
  e.get(b);
  e.code.call(Imports.DIVIDE);
  e.code.end();
  e.tee(value);
  e.setRegister(RAX, 8);
  pushRemainder(e);
  e.setRegister(RDX, 8);
}
/** Pushes what is left of `a` divided by `b`, with the quotient in `value`. */
function pushRemainder(e: Emitter): void {
  const { a, b, value } = e.operands(8);
  e.get(a);
  e.get(value);
  e.get(b);
  e.op(Op.i64Mul);
  e.op(Op.i64Sub);
}

/** DIV of RDX and RAX, and IDIV where RDX only extends RAX; all others are the interpreter's. */
export function dividePair(e: Emitter, i: Instruction, isSigned: boolean): void {
  if (!isSigned) return dividePairUnsigned(e, i);
  const { a, b, value } = e.operands(8);
  pushRm(e, i, 8);
  e.set(b);
  e.register(RAX, 8);
  e.set(a);
  // By 0 is an error, and so may be by -1.
  e.get(b);
  e.withWide(1, 8, "add");
  e.constant(2, 8);
  e.op(Op.i64LtU);
  e.register(RDX, 8);
  e.get(a);
  e.withWide(63, 8, "shrS");
  e.op(Op.i64Ne);
  e.op(Op.i32Or);
  e.leaveBeforeIf(i);
  e.get(a);
  e.get(b);
  e.op(Op.i64DivS);
  e.tee(value);
  e.setRegister(RAX, 8);
  pushRemainder(e);
  e.setRegister(RDX, 8);
}
