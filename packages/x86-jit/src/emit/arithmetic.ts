/** ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NEG NOT. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../decode/instruction.js";
import { regField } from "../decode/instruction.js";
import type { Emitter } from "./emitter.js";
import { flagsOfLogic, flagsOfOperands, flagsOfRest, pushCarry, setKind } from "./flags.js";
import { Flags, kindOf } from "./kinds.js";
import { beginChange, endChange, extend, pushRm, signed } from "./operands.js";

const ADC = 2;
const SBB = 3;
const CMP = 7;

/**
 * Operation `kind` on the locals `a` and `b`, sign-extended: the result is in `value`, of which the
 * low bits count (for CMP it is not computed), and the flags are set.
 */
function operate(e: Emitter, kind: number, width: Width): void {
  const { a, b, value } = e.locals;
  switch (kind) {
    case 0:
    case 5:
    case CMP:
      if (kind !== CMP) {
        e.get(a);
        e.get(b);
        e.op(kind === 0 ? Op.i32Add : Op.i32Sub);
        e.set(value);
      }
      flagsOfOperands(e, kind === 0 ? Flags.ADD8 : Flags.SUB8, width, a, b);
      return;
    case ADC:
    case SBB:
      return withCarry(e, kind === ADC, width);
    default:
      e.get(a);
      e.get(b);
      e.op(kind === 1 ? Op.i32Or : kind === 4 ? Op.i32And : Op.i32Xor);
      e.set(value);
      flagsOfLogic(e, value);
  }
}

/** ADC or SBB of `a` and `b`. */
function withCarry(e: Emitter, isSum: boolean, width: Width): void {
  const { a, b, value } = e.locals;
  pushCarry(e);
  e.set(value);
  e.get(a);
  e.get(b);
  e.op(isSum ? Op.i32Add : Op.i32Sub);
  e.get(value);
  e.op(isSum ? Op.i32Add : Op.i32Sub);
  extend(e, width);
  e.set(value);
  flagsOfRest(e, value, () => {
    // The carries out of each bit, of which two at the top and that out of bit 3 are kept.
    if (isSum) {
      e.get(a);
      e.get(b);
      e.op(Op.i32And);
      e.get(a);
      e.get(b);
      e.op(Op.i32Or);
      e.get(value);
      e.with(-1, Op.i32Xor);
    } else {
      e.get(a);
      e.with(-1, Op.i32Xor);
      e.get(b);
      e.op(Op.i32And);
      e.get(a);
      e.get(b);
      e.op(Op.i32Xor);
      e.with(-1, Op.i32Xor);
      e.get(value);
    }
    e.op(Op.i32And);
    e.op(Op.i32Or);
    keepCarries(e, width);
  });
}
function keepCarries(e: Emitter, width: Width): void {
  if (width === 4) {
    e.with(0xc0000008, Op.i32And);
    return;
  }
  const { entry } = e.locals;
  e.tee(entry);
  e.with(32 - 8 * width, Op.i32Shl);
  e.with(0xc0000000, Op.i32And);
  e.get(entry);
  e.with(8, Op.i32And);
  e.op(Op.i32Or);
}

/** The eight operations in the forms that opcodes 00 to 3D have. */
export function arithmetic(e: Emitter, i: Instruction): void {
  const kind = i.opcode >> 3;
  const form = i.opcode & 7;
  const width: Width = (form & 1) === 0 ? 1 : i.wide;
  const { a, b, value } = e.locals;
  if (form < 2) {
    changeRm(e, i, kind, width, () => e.register(regField(i), width));
  } else if (form < 4) {
    pushRm(e, i, width);
    e.set(b);
    e.register(regField(i), width);
    e.set(a);
    operate(e, kind, width);
    if (kind !== CMP) {
      e.get(value);
      e.setRegister(regField(i), width);
    }
  } else {
    e.number(signed(i.immediate, width));
    e.set(b);
    e.register(0, width);
    e.set(a);
    operate(e, kind, width);
    if (kind !== CMP) {
      e.get(value);
      e.setRegister(0, width);
    }
  }
}

function changeRm(e: Emitter, i: Instruction, kind: number, width: Width, push: () => void): void {
  const { a, b, value } = e.locals;
  if (kind === CMP) pushRm(e, i, width);
  else beginChange(e, i, width);
  e.set(a);
  push();
  e.set(b);
  operate(e, kind, width);
  if (kind !== CMP) endChange(e, i, width, value);
}

/** Group 1: the eight operations with an immediate. */
export function group1(e: Emitter, i: Instruction): void {
  const width: Width = (i.opcode & 1) === 0 ? 1 : i.wide;
  changeRm(e, i, regField(i), width, () => e.number(signed(i.immediate, width)));
}

/** TEST of the r/m operand with what `push` pushes. */
function test(e: Emitter, i: Instruction, width: Width, push: () => void): void {
  const { value } = e.locals;
  pushRm(e, i, width);
  push();
  e.op(Op.i32And);
  e.set(value);
  flagsOfLogic(e, value);
}
/** TEST with a register. */
export function testRegister(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode === 0x84 ? 1 : i.wide;
  test(e, i, width, () => e.register(regField(i), width));
}
/** TEST of the accumulator with an immediate. */
export function testAccumulator(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode === 0xa8 ? 1 : i.wide;
  const { value } = e.locals;
  e.register(0, width);
  e.with(signed(i.immediate, width), Op.i32And);
  e.set(value);
  flagsOfLogic(e, value);
}
/** TEST with an immediate, of group 3. */
export function testImmediate(e: Emitter, i: Instruction, width: Width): void {
  test(e, i, width, () => e.number(signed(i.immediate, width)));
}

/** Flags of INC or DEC: the result is in `value`, sign-extended; the carry stays. */
function countFlags(e: Emitter, isUp: boolean, width: Width): void {
  if (!e.flagsNeeded) return;
  const { flagA, flagB, value } = e.locals;
  pushCarry(e);
  e.set(flagB);
  e.get(value);
  e.set(flagA);
  setKind(e, kindOf(isUp ? Flags.INC8 : Flags.DEC8, width));
}
/** INC and DEC of a register by the opcode. */
export function countRegister(e: Emitter, i: Instruction): void {
  const isUp = i.opcode < 0x48;
  const { value } = e.locals;
  e.register(i.opcode & 7, i.wide);
  e.with(isUp ? 1 : -1, Op.i32Add);
  extend(e, i.wide);
  e.set(value);
  e.get(value);
  e.setRegister(i.opcode & 7, i.wide);
  countFlags(e, isUp, i.wide);
}
/** INC and DEC of the r/m operand. */
export function countRm(e: Emitter, i: Instruction, width: Width): void {
  const isUp = regField(i) === 0;
  const { value } = e.locals;
  beginChange(e, i, width);
  e.with(isUp ? 1 : -1, Op.i32Add);
  extend(e, width);
  e.set(value);
  endChange(e, i, width, value);
  countFlags(e, isUp, width);
}
/** NOT. */
export function not(e: Emitter, i: Instruction, width: Width): void {
  beginChange(e, i, width);
  e.with(-1, Op.i32Xor);
  e.set(e.locals.value);
  endChange(e, i, width, e.locals.value);
}
/** NEG. */
export function negate(e: Emitter, i: Instruction, width: Width): void {
  const { a, b, value } = e.locals;
  beginChange(e, i, width);
  e.set(b);
  e.number(0);
  e.tee(a);
  e.get(b);
  e.op(Op.i32Sub);
  e.set(value);
  endChange(e, i, width, value);
  flagsOfOperands(e, Flags.SUB8, width, a, b);
}
