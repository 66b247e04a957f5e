/** Shifts and rotates. What their flags are where manuals leave it open is as in the interpreter. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../decode/instruction.js";
import { regField, rmField } from "../decode/instruction.js";
import type { Emitter } from "./emitter.js";
import { flagsOfRest, ownForm, setKind } from "./flags.js";
import { Flags } from "./kinds.js";
import { beginChange, endChange, extend, extendUnsigned } from "./operands.js";

const ROL = 0;
const ROR = 1;
const SHR = 5;
const SAR = 7;

/** Group 2, but for RCL and RCR. */
export function shift(e: Emitter, i: Instruction): void {
  const width: Width = (i.opcode & 1) === 0 ? 1 : i.wide;
  const kind = regField(i);
  const { a, value } = e.locals;
  beginChange(e, i, width);
  if (kind === SAR) extend(e, width);
  else extendUnsigned(e, width);
  e.set(a);
  if (i.opcode >= 0xd2) {
    e.get(e.registers[1]);
    e.with(31, Op.i32And);
    e.set(e.locals.b);
    shiftByLocal(e, kind, width);
  } else {
    const count = (i.opcode < 0xd0 ? i.immediate : 1) & 31;
    if (count === 0) {
      e.get(a);
      e.set(value);
    } else shiftByConstant(e, kind, width, count);
  }
  endChange(e, i, width, value);
}

/** Pushes `a` rotated by what `count` pushes, in the low bits. */
function pushRotated(e: Emitter, kind: number, width: Width, count: () => void): void {
  const { a } = e.locals;
  if (width === 4) {
    e.get(a);
    count();
    e.op(kind === ROL ? Op.i32Rotl : Op.i32Rotr);
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
  const { value, flagB } = e.locals;
  const top = 8 * width - 1;
  // CF in bit 31, CF xor OF in bit 30.
  if (kind === ROL) {
    // CF is bit 0, OF is the top bit xor CF: so CF xor OF is the top bit.
    e.get(value);
    e.with(31, Op.i32Shl);
    e.get(value);
    e.with(top, Op.i32ShrU);
    e.with(1, Op.i32And);
    e.with(30, Op.i32Shl);
  } else {
    // CF is the top bit, OF that xor the next one: so CF xor OF is the next one.
    e.get(value);
    e.with(31 - top, Op.i32Shl);
    e.with(0xc0000000, Op.i32And);
    e.number(0);
  }
  e.op(Op.i32Or);
  e.get(flagB);
  e.with(0x3fffffff, Op.i32And);
  e.op(Op.i32Or);
}

function shiftByConstant(e: Emitter, kind: number, width: Width, count: number): void {
  const { a, value, entry } = e.locals;
  if (kind === ROL || kind === ROR) {
    pushRotated(e, kind, width, () => e.number(count));
    e.set(value);
    if (!e.flagsNeeded) return;
    ownForm(e);
    pushRotatedRest(e, kind, width);
    e.set(e.locals.flagB);
    return;
  }
  // One step before the end, the bit that goes next is the carry.
  e.get(a);
  if (count > 1)
    e.with(count - 1, kind === SHR ? Op.i32ShrU : kind === SAR ? Op.i32ShrS : Op.i32Shl);
  e.tee(entry);
  e.with(1, kind === SHR ? Op.i32ShrU : kind === SAR ? Op.i32ShrS : Op.i32Shl);
  if (kind !== SHR && kind !== SAR) extend(e, width);
  e.set(value);
  flagsOfRest(e, value, () => pushShiftedRest(e, kind, width));
}

/** Pushes the flags' rest after a shift, `entry` being the value one step before. */
function pushShiftedRest(e: Emitter, kind: number, width: Width): void {
  const { value, entry } = e.locals;
  const top = 8 * width - 1;
  if (kind === SAR) {
    e.get(entry);
    e.with(31, Op.i32Shl);
    e.with(1, Op.i32ShrS);
  } else if (kind === SHR) {
    // OF is the top bit before the last step.
    e.get(entry);
    e.with(31, Op.i32Shl);
    e.get(entry);
    e.get(entry);
    e.with(top, Op.i32ShrU);
    e.op(Op.i32Xor);
    e.with(1, Op.i32And);
    e.with(30, Op.i32Shl);
    e.op(Op.i32Or);
  } else {
    // OF is CF xor the sign: so CF xor OF is the sign.
    e.get(entry);
    e.with(31 - top, Op.i32Shl);
    e.with(0x80000000, Op.i32And);
    e.get(value);
    e.with(1, Op.i32ShrU);
    e.with(0x40000000, Op.i32And);
    e.op(Op.i32Or);
  }
}

/** By `b`, which may be zero: then the flags stay. */
function shiftByLocal(e: Emitter, kind: number, width: Width): void {
  const { a, b, value, entry, flagA, flagB } = e.locals;
  const isRotate = kind === ROL || kind === ROR;
  if (isRotate) pushRotated(e, kind, width, () => e.get(b));
  else {
    e.get(a);
    e.get(b);
    e.op(kind === SHR ? Op.i32ShrU : kind === SAR ? Op.i32ShrS : Op.i32Shl);
    if (kind !== SHR && kind !== SAR) extend(e, width);
  }
  e.set(value);
  if (!e.flagsNeeded) return;
  ownForm(e);
  e.get(b);
  e.code.if();
  if (!isRotate) {
    e.get(a);
    e.get(b);
    e.with(1, Op.i32Sub);
    e.op(kind === SHR ? Op.i32ShrU : kind === SAR ? Op.i32ShrS : Op.i32Shl);
    e.set(entry);
    pushShiftedRest(e, kind, width);
    e.set(flagB);
    e.get(value);
    e.set(flagA);
  } else {
    pushRotatedRest(e, kind, width);
    e.set(flagB);
  }
  e.code.end();
}

/** SHLD and SHRD of 32-bit registers. */
export function shiftDouble(e: Emitter, i: Instruction): void {
  const isRight = (i.opcode & 8) !== 0;
  const byRegister = (i.opcode & 1) !== 0;
  const { a, b, value, entry, flagA, flagB } = e.locals;
  const from = e.registers[regField(i)];
  const count = i.immediate & 31;
  if (!byRegister && count === 0) return;
  e.get(e.registers[rmField(i)]);
  e.set(a);
  if (byRegister) {
    e.get(e.registers[1]);
    e.with(31, Op.i32And);
  } else e.number(count);
  e.set(b);
  const write = (): void => {
    e.get(a);
    e.get(b);
    e.with(1, Op.i32Sub);
    e.op(isRight ? Op.i32ShrU : Op.i32Shl);
    e.set(entry);
    e.get(a);
    e.get(b);
    e.op(isRight ? Op.i32ShrU : Op.i32Shl);
    e.get(from);
    e.number(32);
    e.get(b);
    e.op(Op.i32Sub);
    e.op(isRight ? Op.i32Shl : Op.i32ShrU);
    e.op(Op.i32Or);
    e.set(value);
  };
  const rest = (): void => {
    // CF is the bit that went last; OF says whether the sign changed in the last step.
    const sign = (): void => {
      e.get(entry);
      e.get(value);
      e.op(Op.i32Xor);
      e.with(31, Op.i32ShrU);
    };
    const carry = (): void => {
      e.get(entry);
      e.with(isRight ? 1 : 31, isRight ? Op.i32And : Op.i32ShrU);
    };
    carry();
    e.with(31, Op.i32Shl);
    carry();
    sign();
    e.op(Op.i32Xor);
    e.with(30, Op.i32Shl);
    e.op(Op.i32Or);
  };
  if (!byRegister) {
    write();
    flagsOfRest(e, value, rest);
    e.get(value);
    e.set(e.registers[rmField(i)]);
    return;
  }
  if (e.flagsNeeded) ownForm(e);
  e.get(b);
  e.code.if();
  write();
  e.get(value);
  e.set(e.registers[rmField(i)]);
  if (e.flagsNeeded) {
    rest();
    e.set(flagB);
    e.get(value);
    e.set(flagA);
  }
  e.code.end();
  if (e.flagsNeeded) setKind(e, Flags.OWN);
}
