/** ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NEG NOT. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { groupField, opcodeRegister, regField } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { pushCarry } from "../flags/conditions.js";
import {
  flagsOfLogic,
  flagsOfOperands,
  flagsOfRest,
  keepCarries,
  pushCarries,
  setKind,
} from "../flags/flags.js";
import { Flags, kindOf } from "../flags/kinds.js";
import { beginChange, endChange, extend, pushRm, signed } from "../operands.js";
import { operationsOf } from "../words.js";

const ADC = 2;
const SBB = 3;
const CMP = 7;

/**
 * Operation `kind` on the locals `a` and `b`, sign-extended: the result is in `value`, of which the
 * low bits count (for CMP it is not computed), and the flags are set.
 */
function operate(e: Emitter, kind: number, width: Width): void {
  const { a, b, value } = e.operands(width);
  const o = operationsOf(width);
  switch (kind) {
    case 0:
    case 5:
    case CMP:
      if (kind !== CMP) {
        e.get(a);
        e.get(b);
        e.op(kind === 0 ? o.add : o.sub);
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
      e.op(kind === 1 ? o.or : kind === 4 ? o.and : o.xor);
      e.set(value);
      flagsOfLogic(e, value, width);
  }
}

/** ADC or SBB of `a` and `b`. */
function withCarry(e: Emitter, isSum: boolean, width: Width): void {
  const operands = e.operands(width);
  const { a, b, value } = operands;
  const o = operationsOf(width);
  pushCarry(e);
  if (width === 8) e.op(Op.i64ExtendI32U);
  e.set(value);
  e.get(a);
  e.get(b);
  e.op(isSum ? o.add : o.sub);
  e.get(value);
  e.op(isSum ? o.add : o.sub);
  extend(e, width);
  e.set(value);
  // The carries out of each bit, of which two at the top and that out of bit 3 are kept.
  const rest = (): void => {
    pushCarries(e, isSum, width, operands);
    keepCarries(e, width, false);
  };
  flagsOfRest(e, value, rest, width);
}

/** The eight operations in the forms that opcodes 00 to 3D have. */
export function arithmetic(e: Emitter, i: Instruction): void {
  const kind = i.opcode >> 3;
  const form = i.opcode & 7;
  const width: Width = (form & 1) === 0 ? 1 : i.wide;
  const { a, b, value } = e.operands(width);
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
    e.constant(signed(i.immediate, width), width);
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
  const { a, b, value } = e.operands(width);
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
  const immediate = signed(i.immediate, width);
  changeRm(e, i, groupField(i), width, () => e.constant(immediate, width));
}

/** TEST of the r/m operand with what `push` pushes. */
function test(e: Emitter, i: Instruction, width: Width, push: () => void): void {
  pushRm(e, i, width);
  push();
  endTest(e, width);
}
/** TEST of the two values on the stack. */
function endTest(e: Emitter, width: Width): void {
  const { value } = e.operands(width);
  e.op(operationsOf(width).and);
  e.set(value);
  flagsOfLogic(e, value, width);
}
/** TEST with a register. */
export function testRegister(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode === 0x84 ? 1 : i.wide;
  test(e, i, width, () => e.register(regField(i), width));
}
/** TEST of the accumulator with an immediate. */
export function testAccumulator(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode === 0xa8 ? 1 : i.wide;
  e.register(0, width);
  e.constant(signed(i.immediate, width), width);
  endTest(e, width);
}
/** TEST with an immediate, of group 3. */
export function testImmediate(e: Emitter, i: Instruction, width: Width): void {
  test(e, i, width, () => e.constant(signed(i.immediate, width), width));
}

/** Flags of INC or DEC: the result is in `value`, sign-extended; the carry stays. */
function countFlags(e: Emitter, isUp: boolean, width: Width): void {
  if (!e.flagsNeeded) return;
  const { flagA, flagB } = e.locals;
  pushCarry(e);
  e.widen(4, e.wordWidth);
  e.set(flagB);
  e.get(e.operands(width).value);
  e.widen(width, e.wordWidth);
  e.set(flagA);
  setKind(e, kindOf(isUp ? Flags.INC8 : Flags.DEC8, width));
}
/** INC and DEC of a register by the opcode. */
export function countRegister(e: Emitter, i: Instruction): void {
  const isUp = i.opcode < 0x48;
  const { value } = e.operands(i.wide);
  const register = opcodeRegister(i);
  e.register(register, i.wide);
  e.withWide(isUp ? 1 : -1, i.wide, "add");
  extend(e, i.wide);
  e.set(value);
  e.get(value);
  e.setRegister(register, i.wide);
  countFlags(e, isUp, i.wide);
}
/** INC and DEC of the r/m operand. */
export function countRm(e: Emitter, i: Instruction, width: Width): void {
  const isUp = groupField(i) === 0;
  const { value } = e.operands(width);
  beginChange(e, i, width);
  e.withWide(isUp ? 1 : -1, width, "add");
  extend(e, width);
  e.set(value);
  endChange(e, i, width, value);
  countFlags(e, isUp, width);
}
/** NOT. */
export function not(e: Emitter, i: Instruction, width: Width): void {
  const { value } = e.operands(width);
  beginChange(e, i, width);
  e.withWide(-1, width, "xor");
  e.set(value);
  endChange(e, i, width, value);
}
/** NEG. */
export function negate(e: Emitter, i: Instruction, width: Width): void {
  const { a, b, value } = e.operands(width);
  beginChange(e, i, width);
  e.set(b);
  e.constant(0, width);
  e.tee(a);
  e.get(b);
  e.op(operationsOf(width).sub);
  e.set(value);
  endChange(e, i, width, value);
  flagsOfOperands(e, Flags.SUB8, width, a, b);
}
