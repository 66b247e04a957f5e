/** Shifts and rotates. What their flags are where manuals leave it open is as in the interpreter. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { groupField, regField, rmField } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import {
  flagsOfRest,
  foldResult,
  ownForm,
  pushRest,
  setKind,
  setOwnWords,
} from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";
import { beginChange, endChange, extend, extendUnsigned } from "../operands.js";
import { operationsOf } from "../words.js";

const ROL = 0;
const ROR = 1;
const SHR = 5;
const SAR = 7;
const ECX = 1;

/** Bits of a count that count. */
function countMask(width: Width): 31 | 63 {
  return width === 8 ? 63 : 31;
}
/** The operation of a shift that is none of the rotates. */
function shiftName(kind: number): "shl" | "shrS" | "shrU" {
  return kind === SHR ? "shrU" : kind === SAR ? "shrS" : "shl";
}
/** Pushes CL, as far as it counts, as wide as the operand. */
function pushCount(e: Emitter, width: Width): void {
  e.get(e.registers[ECX]);
  e.narrow(width);
  e.withWide(countMask(width), width, "and");
}
/** Pushes the word of 32 bits whose top bit is that of an operand in a local. */
function pushTop(e: Emitter, local: number, width: Width): void {
  e.get(local);
  if (width !== 8) {
    e.with(32 - 8 * width, Op.i32Shl);
    return;
  }
  e.withWide(32, 8, "shrU");
  e.op(Op.i32WrapI64);
}
/** Pushes the low 32 bits of an operand in a local. */
function pushLow(e: Emitter, local: number, width: Width): void {
  e.get(local);
  if (width === 8) e.op(Op.i32WrapI64);
}

/** Group 2, but for RCL and RCR. */
export function shift(e: Emitter, i: Instruction): void {
  const width: Width = (i.opcode & 1) === 0 ? 1 : i.wide;
  const kind = groupField(i);
  const { a, b, value } = e.operands(width);
  beginChange(e, i, width);
  if (kind === SAR) extend(e, width);
  else extendUnsigned(e, width);
  e.set(a);
  if (i.opcode >= 0xd2) {
    pushCount(e, width);
    e.set(b);
    shiftByLocal(e, kind, width);
  } else {
    const count = (i.opcode < 0xd0 ? i.immediate : 1) & countMask(width);
    if (count === 0) {
      e.get(a);
      e.set(value);
    } else shiftByConstant(e, kind, width, count);
  }
  endChange(e, i, width, value);
}

/** Pushes `a` rotated by what `count` pushes, in the low bits. */
function pushRotated(e: Emitter, kind: number, width: Width, count: () => void): void {
  const { a } = e.operands(width);
  if (width >= 4) {
    const o = operationsOf(width);
    e.get(a);
    count();
    e.op(kind === ROL ? o.rotl : o.rotr);
    return;
  }
  const bits = 8 * width;
  const left = (): void => {
    if (kind === ROL) {
      count();
      e.with(bits - 1, Op.i32And);
    } else {
      e.number(bits);
      count();
      e.op(Op.i32Sub);
      e.with(bits - 1, Op.i32And);
    }
  };
  e.get(a);
  left();
  e.op(Op.i32Shl);
  e.get(a);
  e.number(bits);
  left();
  e.op(Op.i32Sub);
  e.op(Op.i32ShrU);
  e.op(Op.i32Or);
  extendUnsigned(e, width);
}

/** Pushes the flags' rest after a rotate: CF and OF from `value`, the others from `flagB`. */
function pushRotatedRest(e: Emitter, kind: number, width: Width): void {
  const { value } = e.operands(width);
  // CF in bit 31, CF xor OF in bit 30.
  if (kind === ROL) {
    // CF is bit 0, OF is the top bit xor CF: so CF xor OF is the top bit.
    pushLow(e, value, width);
    e.with(31, Op.i32Shl);
    e.get(value);
    e.withWide(8 * width - 1, width, "shrU");
    if (width === 8) e.op(Op.i32WrapI64);
    e.with(1, Op.i32And);
    e.with(30, Op.i32Shl);
  } else {
    // CF is the top bit, OF that xor the next one: so CF xor OF is the next one.
    pushTop(e, value, width);
    e.with(0xc0000000, Op.i32And);
    e.number(0);
  }
  e.op(Op.i32Or);
  pushRest(e);
  e.with(0x3fffffff, Op.i32And);
  e.op(Op.i32Or);
}

function shiftByConstant(e: Emitter, kind: number, width: Width, count: number): void {
  const { a, value, entry } = e.operands(width);
  if (kind === ROL || kind === ROR) {
    pushRotated(e, kind, width, () => e.constant(count, width));
    e.set(value);
    if (!e.flagsNeeded) return;
    ownForm(e);
    setOwnWords(e, null, () => pushRotatedRest(e, kind, width));
    return;
  }
  // One step before the end, the bit that goes next is the carry.
  e.get(a);
  if (count > 1) e.withWide(count - 1, width, shiftName(kind));
  e.tee(entry);
  e.withWide(1, width, shiftName(kind));
  if (kind !== SHR && kind !== SAR) extend(e, width);
  e.set(value);
  flagsOfRest(e, value, () => pushShiftedRest(e, kind, width), width);
}

/** Pushes the flags' rest after a shift, `entry` being the value one step before. */
function pushShiftedRest(e: Emitter, kind: number, width: Width): void {
  const { value, entry } = e.operands(width);
  if (kind === SAR) {
    pushLow(e, entry, width);
    e.with(31, Op.i32Shl);
    e.with(1, Op.i32ShrS);
  } else if (kind === SHR) {
    // OF is the top bit before the last step.
    pushLow(e, entry, width);
    e.with(31, Op.i32Shl);
    pushLow(e, entry, width);
    e.get(entry);
    e.withWide(8 * width - 1, width, "shrU");
    if (width === 8) e.op(Op.i32WrapI64);
    e.op(Op.i32Xor);
    e.with(1, Op.i32And);
    e.with(30, Op.i32Shl);
    e.op(Op.i32Or);
  } else {
    // OF is CF xor the sign: so CF xor OF is the sign, which `value` is extended by.
    pushTop(e, entry, width);
    e.with(0x80000000, Op.i32And);
    if (width === 8) pushTop(e, value, 8);
    else e.get(value);
    e.with(1, Op.i32ShrU);
    e.with(0x40000000, Op.i32And);
    e.op(Op.i32Or);
  }
}

/** By `b`, which may be zero: then the flags stay. */
function shiftByLocal(e: Emitter, kind: number, width: Width): void {
  const { a, b, value, entry } = e.operands(width);
  const isRotate = kind === ROL || kind === ROR;
  const operation = operationsOf(width)[shiftName(kind)];
  if (isRotate) pushRotated(e, kind, width, () => e.get(b));
  else {
    e.get(a);
    e.get(b);
    e.op(operation);
    if (kind !== SHR && kind !== SAR) extend(e, width);
  }
  e.set(value);
  if (!e.flagsNeeded) return;
  ownForm(e);
  pushLow(e, b, width);
  e.code.if();
  if (!isRotate) {
    e.get(a);
    e.get(b);
    e.withWide(-1, width, "add");
    e.op(operation);
    e.set(entry);
    setShifted(e, width, () => pushShiftedRest(e, kind, width));
  } else setOwnWords(e, null, () => pushRotatedRest(e, kind, width));
  e.code.end();
}
/** Sets both words of the flags in the processor's form, the result being in `value`. */
function setShifted(e: Emitter, width: Width, rest: () => void): void {
  const { value } = e.operands(width);
  if (width !== 8) {
    setOwnWords(e, () => e.get(value), rest);
    return;
  }
  setOwnWords(e, null, rest);
  foldResult(e, value);
}

/** SHLD and SHRD of registers of 32 and 64 bits. */
export function shiftDouble(e: Emitter, i: Instruction): void {
  const { wide: width } = i;
  const isRight = (i.opcode & 8) !== 0;
  const byRegister = (i.opcode & 1) !== 0;
  const { a, b, value } = e.operands(width);
  const count = i.immediate & countMask(width);
  if (!byRegister && count === 0) {
    // In 64-bit code 32 bits that stay clear those above.
    if (e.isLong) keepLow(e, i);
    return;
  }
  e.register(rmField(i), width);
  e.set(a);
  if (byRegister) pushCount(e, width);
  else e.constant(count, width);
  e.set(b);
  if (!byRegister) {
    pushDouble(e, i, isRight);
    flagsOfRest(e, value, () => pushDoubleRest(e, isRight, width), width);
    e.get(value);
    e.setRegister(rmField(i), width);
    return;
  }
  if (e.isLong) keepLow(e, i);
  if (e.flagsNeeded) ownForm(e);
  pushLow(e, b, width);
  e.code.if();
  pushDouble(e, i, isRight);
  e.get(value);
  e.setRegister(rmField(i), width);
  if (e.flagsNeeded) setShifted(e, width, () => pushDoubleRest(e, isRight, width));
  e.code.end();
  if (e.flagsNeeded) setKind(e, Flags.OWN);
}
function keepLow(e: Emitter, i: Instruction): void {
  e.register(rmField(i), i.wide);
  e.setRegister(rmField(i), i.wide);
}
/** The result of SHLD or SHRD in `value`, and what it was one step before in `entry`. */
function pushDouble(e: Emitter, i: Instruction, isRight: boolean): void {
  const { wide: width } = i;
  const { a, b, value, entry } = e.operands(width);
  const o = operationsOf(width);
  const bits = 8 * width;
  e.get(a);
  e.get(b);
  e.withWide(-1, width, "add");
  e.op(isRight ? o.shrU : o.shl);
  if (isRight && width === 8) {
    // Of 64 bits the sign one step before has come in, too.
    e.register(regField(i), 8);
    e.withWide(1, 8, "shl");
    e.constant(64, 8);
    e.get(b);
    e.op(o.sub);
    e.op(o.shl);
    e.op(o.or);
  }
  e.set(entry);
  e.get(a);
  e.get(b);
  e.op(isRight ? o.shrU : o.shl);
  e.register(regField(i), width);
  e.constant(bits, width);
  e.get(b);
  e.op(o.sub);
  e.op(isRight ? o.shl : o.shrU);
  e.op(o.or);
  e.set(value);
}
/** Pushes the rest: CF is the bit that went last; OF says whether the sign changed in the last step. */
function pushDoubleRest(e: Emitter, isRight: boolean, width: Width): void {
  const { value, entry } = e.operands(width);
  const carry = (): void => {
    if (isRight) {
      pushLow(e, entry, width);
      e.with(1, Op.i32And);
    } else {
      pushTop(e, entry, width);
      e.with(31, Op.i32ShrU);
    }
  };
  carry();
  e.with(31, Op.i32Shl);
  carry();
  e.get(entry);
  e.get(value);
  e.op(operationsOf(width).xor);
  if (width === 8) {
    e.withWide(32, 8, "shrU");
    e.op(Op.i32WrapI64);
  }
  e.with(31, Op.i32ShrU);
  e.op(Op.i32Xor);
  e.with(30, Op.i32Shl);
  e.op(Op.i32Or);
}
