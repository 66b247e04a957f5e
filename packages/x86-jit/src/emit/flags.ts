/** Setting the lazy flags, and reading conditions from them. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Width } from "../decode/instruction.js";
import type { Emitter } from "./emitter.js";
import { Imports } from "./emitter.js";
import { Flags, kindOf, widthOf } from "./kinds.js";

/** Says that the flags' two words have been set, and of what kind they are. */
export function setKind(e: Emitter, kind: Flags): void {
  e.number(kind);
  e.set(e.locals.flagKind);
  e.kind = kind;
}

/** The flags follow from two operands in locals. */
export function flagsOfOperands(
  e: Emitter,
  first: Flags,
  width: Width,
  a: number,
  b: number,
): void {
  if (!e.flagsNeeded) return;
  e.get(a);
  e.set(e.locals.flagA);
  e.get(b);
  e.set(e.locals.flagB);
  setKind(e, kindOf(first, width));
}
/** The flags follow from a result, sign-extended in a local; carry and overflow are clear. */
export function flagsOfLogic(e: Emitter, result: number): void {
  if (!e.flagsNeeded) return;
  e.get(result);
  e.set(e.locals.flagA);
  setKind(e, Flags.LOGIC);
}
/** The flags are a result, sign-extended in a local, and a rest that `push` pushes. */
export function flagsOfRest(e: Emitter, result: number, push: () => void): void {
  if (!e.flagsNeeded) return;
  push();
  e.set(e.locals.flagB);
  e.get(result);
  e.set(e.locals.flagA);
  setKind(e, Flags.OWN);
}

/** Brings the flags into the processor's own form. */
export function ownForm(e: Emitter): void {
  const { flagA, flagB, flagKind } = e.locals;
  if (e.kind === Flags.OWN) return;
  if (e.kind === Flags.LOGIC) {
    e.number(0);
    e.set(flagB);
  } else {
    for (const what of [Imports.FLAG_RESULT, Imports.FLAG_REST]) {
      e.get(flagKind);
      e.get(flagA);
      e.get(flagB);
      e.code.call(what);
    }
    e.set(flagB);
    e.set(flagA);
  }
  setKind(e, Flags.OWN);
}

/** Pushes an addition's or a subtraction's result, sign-extended. */
function pushResult(e: Emitter): void {
  const width = widthOf(e.kind);
  e.get(e.locals.flagA);
  e.get(e.locals.flagB);
  e.op(e.kind < Flags.SUB8 ? Op.i32Add : Op.i32Sub);
  if (width < 4) e.op(width === 1 ? Op.i32Extend8S : Op.i32Extend16S);
}
function isSum(kind: number): boolean {
  return kind >= Flags.ADD8 && kind < Flags.SUB8;
}
function isDifference(kind: number): boolean {
  return kind >= Flags.SUB8 && kind < Flags.LOGIC;
}

/** Pushes CF as 0 or 1. */
export function pushCarry(e: Emitter): void {
  const { flagA, flagB } = e.locals;
  if (e.kind < 0) unknownCarry(e);
  else if (e.kind === Flags.OWN) {
    e.get(flagB);
    e.with(31, Op.i32ShrU);
  } else if (e.kind === Flags.LOGIC) e.number(0);
  else if (e.kind >= Flags.INC8) e.get(flagB);
  else if (isSum(e.kind)) {
    pushResult(e);
    e.get(flagA);
    e.op(Op.i32LtU);
  } else {
    e.get(flagA);
    e.get(flagB);
    e.op(Op.i32LtU);
  }
}

/** Pushes CF of flags whose kind is not known; what loops end by is tried first. */
function unknownCarry(e: Emitter): void {
  const { flagA, flagB, flagKind } = e.locals;
  e.get(flagKind);
  e.with(Flags.INC8, Op.i32GeU);
  e.code.if(ValueType.i32);
  e.get(flagB);
  e.code.else();
  e.get(flagKind);
  e.with(Flags.SUB32, Op.i32Eq);
  e.code.if(ValueType.i32);
  e.get(flagA);
  e.get(flagB);
  e.op(Op.i32LtU);
  e.code.else();
  e.get(flagKind);
  e.get(flagA);
  e.get(flagB);
  e.code.call(Imports.FLAG_REST);
  e.with(31, Op.i32ShrU);
  e.code.end();
  e.code.end();
}

/** Pushes condition `code`, the low nibble of a conditional opcode: not zero if it holds. */
export function pushCondition(e: Emitter, code: number): void {
  const isNegated = (code & 1) !== 0;
  if (e.kind < 0) ownForm(e);
  if (isDifference(e.kind) && comparison(e, code)) return;
  positive(e, code >> 1);
  if (isNegated) e.op(Op.i32Eqz);
}

/** Condition that a subtraction's operands tell at once. */
function comparison(e: Emitter, code: number): boolean {
  const operations = [
    null,
    null,
    Op.i32LtU,
    Op.i32GeU,
    Op.i32Eq,
    Op.i32Ne,
    Op.i32LeU,
    Op.i32GtU,
    null,
    null,
    null,
    null,
    Op.i32LtS,
    Op.i32GeS,
    Op.i32LeS,
    Op.i32GtS,
  ];
  const operation = operations[code];
  if (operation === null || operation === undefined) return false;
  e.get(e.locals.flagA);
  e.get(e.locals.flagB);
  e.op(operation);
  return true;
}

/** Pushes O, B, Z, BE, S, P, L or LE. */
function positive(e: Emitter, what: number): void {
  switch (what) {
    case 0:
      return pushOverflow(e);
    case 1:
      return pushCarry(e);
    case 2:
      pushSignal(e);
      e.op(Op.i32Eqz);
      return;
    case 3:
      pushCarry(e);
      pushSignal(e);
      e.op(Op.i32Eqz);
      e.op(Op.i32Or);
      return;
    case 4:
      return pushSign(e);
    case 5:
      return pushParity(e);
    default:
      pushSign(e);
      pushOverflow(e);
      e.op(Op.i32Xor);
      if (what === 7) {
        pushSignal(e);
        e.op(Op.i32Eqz);
        e.op(Op.i32Or);
      }
  }
}

/** Pushes the last result: zero if ZF is set. */
function pushSignal(e: Emitter): void {
  if (isSum(e.kind) || isDifference(e.kind)) pushResult(e);
  else e.get(e.locals.flagA);
}
/** Pushes SF as 0 or 1. */
function pushSign(e: Emitter): void {
  pushSignal(e);
  if (e.kind === Flags.OWN) {
    e.get(e.locals.flagB);
    e.with(15, Op.i32Shl);
    e.op(Op.i32Xor);
  }
  e.with(31, Op.i32ShrU);
}
/** Pushes PF as 0 or 1. */
function pushParity(e: Emitter): void {
  pushSignal(e);
  if (e.kind === Flags.OWN) {
    e.get(e.locals.flagB);
    e.with(8, Op.i32ShrU);
    e.op(Op.i32Xor);
  }
  e.with(0xff, Op.i32And);
  e.op(Op.i32Popcnt);
  e.with(1, Op.i32And);
  e.op(Op.i32Eqz);
}
/** Pushes OF as 0 or 1. */
function pushOverflow(e: Emitter): void {
  const { flagA, flagB } = e.locals;
  if (e.kind === Flags.OWN) {
    e.get(flagB);
    e.get(flagB);
    e.with(1, Op.i32Shl);
    e.op(Op.i32Xor);
    e.with(31, Op.i32ShrU);
  } else if (e.kind === Flags.LOGIC) e.number(0);
  else if (e.kind >= Flags.INC8) {
    const bits = 8 * widthOf(e.kind);
    e.get(flagA);
    e.with(e.kind >= Flags.DEC8 ? 0x7fffffff >> (32 - bits) : -1 << (bits - 1), Op.i32Eq);
  } else {
    const isAddition = isSum(e.kind);
    e.get(flagA);
    pushResult(e);
    e.op(Op.i32Xor);
    e.get(flagB);
    if (isAddition) pushResult(e);
    else e.get(flagA);
    e.op(Op.i32Xor);
    e.op(Op.i32And);
    e.with(31, Op.i32ShrU);
  }
}

/** Pushes the six arithmetic flags in the places that they have in EFLAGS; they are in the processor's form. */
export function pushArithmeticFlags(e: Emitter): void {
  const { flagA, flagB } = e.locals;
  pushCarry(e);
  e.get(flagB);
  e.with(8, Op.i32And);
  e.with(1, Op.i32Shl);
  e.op(Op.i32Or);
  const also = (push: () => void, bit: number): void => {
    push();
    e.with(bit, Op.i32Shl);
    e.op(Op.i32Or);
  };
  also(() => pushParity(e), 2);
  also(() => {
    e.get(flagA);
    e.op(Op.i32Eqz);
  }, 6);
  also(() => pushSign(e), 7);
  also(() => pushOverflow(e), 11);
}
