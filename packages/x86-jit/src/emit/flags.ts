/**
 * Setting the lazy flags, and reading conditions from them. In 64-bit code both words have 64 bits: those of
 * narrower kinds are sign-extended.
 */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Width } from "../decode/instruction.js";
import type { Emitter } from "./emitter.js";
import { Imports } from "./unit-mode.js";
import { Flags, isWide, kindOf, widthOf } from "./kinds.js";
import { operationsOf, type WordOperations } from "./words.js";

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
  e.widen(width, e.wordWidth);
  e.set(e.locals.flagA);
  e.get(b);
  e.widen(width, e.wordWidth);
  e.set(e.locals.flagB);
  setKind(e, kindOf(first, width));
}
/** The flags follow from the factors of a signed product of 64 bits, in locals. */
export function flagsOfProduct(e: Emitter, a: number, b: number): void {
  if (!e.flagsNeeded) return;
  e.get(a);
  e.set(e.locals.flagA);
  e.get(b);
  e.set(e.locals.flagB);
  setKind(e, Flags.PRODUCT64);
}
/** The flags follow from a result, sign-extended in a local; carry and overflow are clear. */
export function flagsOfLogic(e: Emitter, result: number, width: Width = 4): void {
  if (!e.flagsNeeded) return;
  e.get(result);
  e.widen(width, e.wordWidth);
  e.set(e.locals.flagA);
  setKind(e, width === 8 ? Flags.LOGIC64 : Flags.LOGIC);
}
/** The flags are a result, sign-extended in a local, and a rest that `push` pushes as 32 bits. */
export function flagsOfRest(e: Emitter, result: number, push: () => void, width: Width = 4): void {
  if (!e.flagsNeeded) return;
  setOwnForm(
    e,
    () => {
      e.get(result);
      e.widen(width, e.wordWidth);
    },
    push,
    width,
  );
}
/** Sets the result, as wide as the emitter's words, and the rest, as 32 bits. */
function setOwnForm(e: Emitter, result: () => void, rest: () => void, width: Width): void {
  rest();
  e.widen(4, e.wordWidth);
  e.set(e.locals.flagB);
  result();
  e.set(e.locals.flagA);
  setKind(e, width === 8 ? Flags.RESULT64 : Flags.OWN);
}
/** Sets the words of flags in the processor's own form: what is pushed has 32 bits. */
export function setOwnWords(e: Emitter, result: (() => void) | null, rest: () => void): void {
  rest();
  e.widen(4, e.wordWidth);
  e.set(e.locals.flagB);
  if (result === null) return;
  result();
  e.widen(4, e.wordWidth);
  e.set(e.locals.flagA);
}

/** Pushes the first word of the flags, as wide as those of its kind are. */
export function pushFirst(e: Emitter): void {
  e.get(e.locals.flagA);
  if (!isWide(e.kind)) e.narrow(4);
}
function pushSecond(e: Emitter): void {
  e.get(e.locals.flagB);
  if (!isWide(e.kind)) e.narrow(4);
}
/** Pushes the rest, or a carry: 32 bits. */
export function pushRest(e: Emitter): void {
  e.get(e.locals.flagB);
  e.narrow(4);
}
function operations(e: Emitter): WordOperations {
  return operationsOf(isWide(e.kind) ? 8 : 4);
}

/** Brings the flags into the processor's own form. */
export function ownForm(e: Emitter): void {
  const { flagA, flagB, flagKind } = e.locals;
  if (e.kind === Flags.OWN) return;
  if (e.isLong) return ownLongForm(e);
  if (e.kind === Flags.LOGIC) {
    e.number(0);
    e.set(flagB);
  } else if (isSum(e.kind) || isDifference(e.kind)) {
    const { spare } = e.locals;
    const width = widthOf(e.kind);
    e.get(flagA);
    e.get(flagB);
    e.op(isSum(e.kind) ? Op.i32Add : Op.i32Sub);
    e.set(spare);
    pushCarries(e, isSum(e.kind), 4, { a: flagA, b: flagB, value: spare });
    keepCarries(e, width);
    e.set(flagB);
    e.get(spare);
    if (width < 4) e.op(width === 1 ? Op.i32Extend8S : Op.i32Extend16S);
    e.set(flagA);
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
function ownLongForm(e: Emitter): void {
  const { kind } = e;
  const { flagA, flagB, flagKind } = e.locals;
  const { entry } = e.operands(8);
  const isLogic = kind === Flags.LOGIC || kind === Flags.LOGIC64;
  if (isLogic) {
    e.constant(0, 8);
    e.set(flagB);
  } else if (isSum(kind) || isDifference(kind)) {
    e.get(flagA);
    e.get(flagB);
    e.op(isSum(kind) ? Op.i64Add : Op.i64Sub);
    e.set(entry);
    pushCarries(e, isSum(kind), 8, { a: flagA, b: flagB, value: entry });
    keepCarries(e, widthOf(kind));
    e.widen(4, 8);
    e.set(flagB);
    e.get(entry);
    if (widthOf(kind) === 1) e.op(Op.i64Extend8S);
    else if (widthOf(kind) === 2) e.op(Op.i64Extend16S);
    else if (widthOf(kind) === 4) e.op(Op.i64Extend32S);
    e.set(flagA);
  } else if (kind !== Flags.RESULT64) {
    if (kind >= 0) {
      e.number(kind);
      e.set(flagKind);
    }
    e.callOwnFlags();
    e.kind = Flags.OWN;
    return;
  }
  if (isWide(kind)) foldResult(e, flagA);
  setKind(e, Flags.OWN);
}
/** Sets the first word to one of 32 bits with the sign, zero and low byte of a result of 64 in a local. */
export function foldResult(e: Emitter, local: number): void {
  const { flagA } = e.locals;
  e.get(local);
  e.withWide(32, 8, "shrS");
  e.withWide(-0x80000000, 8, "and");
  e.get(local);
  e.withWide(0xff, 8, "and");
  e.op(Op.i64Or);
  e.get(local);
  e.withWide(-256, 8, "and");
  e.constant(0, 8);
  e.op(Op.i64Ne);
  e.op(Op.i64ExtendI32U);
  e.withWide(8, 8, "shl");
  e.op(Op.i64Or);
  e.set(flagA);
}

/** Pushes the carries out of each bit of a sum of two locals, or of a difference, which is in a third. */
export function pushCarries(
  e: Emitter,
  isAddition: boolean,
  width: Width,
  { a, b, value }: { readonly a: number; readonly b: number; readonly value: number },
): void {
  const o = operationsOf(width);
  if (isAddition) {
    e.get(a);
    e.get(b);
    e.op(o.and);
    e.get(a);
    e.get(b);
    e.op(o.or);
    e.get(value);
    e.withWide(-1, width, "xor");
  } else {
    e.get(a);
    e.withWide(-1, width, "xor");
    e.get(b);
    e.op(o.and);
    e.get(a);
    e.get(b);
    e.op(o.xor);
    e.withWide(-1, width, "xor");
    e.get(value);
  }
  e.op(o.and);
  e.op(o.or);
}
/**
 * Turns carries into the rest of flags: two at the top, and that out of bit 3. In 64-bit code they
 * are given in 64 bits where `isGivenWide` says so.
 */
export function keepCarries(e: Emitter, width: Width, isGivenWide = e.isLong): void {
  const { entry, wide } = e.locals;
  if (width === 8) {
    e.tee(wide);
    e.withWide(32, 8, "shrU");
    e.op(Op.i32WrapI64);
    e.with(0xc0000000, Op.i32And);
    e.get(wide);
    e.op(Op.i32WrapI64);
    e.with(8, Op.i32And);
    e.op(Op.i32Or);
    return;
  }
  if (isGivenWide) e.op(Op.i32WrapI64);
  if (width === 4) {
    e.with(0xc0000008, Op.i32And);
    return;
  }
  e.tee(entry);
  e.with(32 - 8 * width, Op.i32Shl);
  e.with(0xc0000000, Op.i32And);
  e.get(entry);
  e.with(8, Op.i32And);
  e.op(Op.i32Or);
}

/** Pushes an addition's or a subtraction's result, sign-extended. */
function pushResult(e: Emitter): void {
  const width = widthOf(e.kind);
  const o = operations(e);
  pushFirst(e);
  pushSecond(e);
  e.op(isSum(e.kind) ? o.add : o.sub);
  if (width < 4) e.op(width === 1 ? Op.i32Extend8S : Op.i32Extend16S);
}
function isSum(kind: number): boolean {
  return kind >= Flags.ADD8 && kind < Flags.SUB8;
}
function isDifference(kind: number): boolean {
  return kind >= Flags.SUB8 && kind < Flags.LOGIC;
}
/** Is the second word the rest in the processor's own form? */
function hasRest(kind: number): boolean {
  return kind === Flags.OWN || kind === Flags.RESULT64;
}
function isLogic(kind: number): boolean {
  return kind === Flags.LOGIC || kind === Flags.LOGIC64;
}

/** Pushes CF as 0 or 1. */
export function pushCarry(e: Emitter): void {
  if (e.kind === Flags.PRODUCT64) ownForm(e);
  if (e.kind < 0) unknownCarry(e);
  else if (hasRest(e.kind)) {
    pushRest(e);
    e.with(31, Op.i32ShrU);
  } else if (isLogic(e.kind)) e.number(0);
  else if (e.kind >= Flags.INC8) pushRest(e);
  else if (isSum(e.kind)) {
    pushResult(e);
    pushFirst(e);
    e.op(operations(e).ltU);
  } else {
    pushFirst(e);
    pushSecond(e);
    e.op(operations(e).ltU);
  }
}

/** Pushes CF of flags whose kind is not known; what loops end by is tried first. */
function unknownCarry(e: Emitter): void {
  const { flagA, flagB, flagKind } = e.locals;
  e.get(flagKind);
  e.with(Flags.INC8, Op.i32GeU);
  e.code.if(ValueType.i32);
  pushRest(e);
  e.code.else();
  e.get(flagKind);
  if (e.isLong) {
    // Words that are sign-extended compare as they are.
    e.with(Flags.SUB8, Op.i32Sub);
    e.with(Flags.LOGIC - Flags.SUB8, Op.i32LtU);
  } else e.with(Flags.SUB32, Op.i32Eq);
  e.code.if(ValueType.i32);
  e.get(flagA);
  e.get(flagB);
  e.op(operationsOf(e.wordWidth).ltU);
  e.code.else();
  if (e.isLong) {
    e.callOwnFlags();
    pushRest(e);
  } else {
    e.get(flagKind);
    e.get(flagA);
    e.get(flagB);
    e.code.call(Imports.FLAG_REST);
  }
  e.with(31, Op.i32ShrU);
  e.code.end();
  e.code.end();
}

/** Pushes condition `code`, the low nibble of a conditional opcode: not zero if it holds. */
export function pushCondition(e: Emitter, code: number): void {
  const isNegated = (code & 1) !== 0;
  if (e.kind < 0 || e.kind === Flags.PRODUCT64) ownForm(e);
  if (isDifference(e.kind) && comparison(e, code)) return;
  positive(e, code >> 1);
  if (isNegated) e.op(Op.i32Eqz);
}

/** The operations that a subtraction's operands tell conditions by. */
const COMPARISONS: readonly (keyof WordOperations | null)[] = [
  null,
  null,
  "ltU",
  "geU",
  "eq",
  "ne",
  "leU",
  "gtU",
  null,
  null,
  null,
  null,
  "ltS",
  "geS",
  "leS",
  "gtS",
];

/** Condition that a subtraction's operands tell at once. */
function comparison(e: Emitter, code: number): boolean {
  const name = COMPARISONS[code];
  if (name === null || name === undefined) return false;
  pushFirst(e);
  pushSecond(e);
  e.op(operations(e)[name]);
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
      return pushZero(e);
    case 3:
      pushCarry(e);
      pushZero(e);
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
        pushZero(e);
        e.op(Op.i32Or);
      }
  }
}

/** Pushes the last result: zero if ZF is set. */
function pushSignal(e: Emitter): void {
  if (isSum(e.kind) || isDifference(e.kind)) pushResult(e);
  else pushFirst(e);
}
/** Pushes ZF as 0 or 1. */
function pushZero(e: Emitter): void {
  pushSignal(e);
  e.op(operations(e).eqz);
}
/** Turns the top bit of a word as wide as those of the flags' kind into 0 or 1. */
function topBit(e: Emitter): void {
  if (!isWide(e.kind)) {
    e.with(31, Op.i32ShrU);
    return;
  }
  e.withWide(63, 8, "shrU");
  e.op(Op.i32WrapI64);
}
/** Pushes SF as 0 or 1. */
function pushSign(e: Emitter): void {
  pushSignal(e);
  if (e.kind === Flags.OWN) {
    pushRest(e);
    e.with(15, Op.i32Shl);
    e.op(Op.i32Xor);
  }
  topBit(e);
}
/** Pushes PF as 0 or 1. */
function pushParity(e: Emitter): void {
  pushSignal(e);
  if (isWide(e.kind)) e.op(Op.i32WrapI64);
  if (e.kind === Flags.OWN) {
    pushRest(e);
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
  const o = operations(e);
  if (hasRest(e.kind)) {
    pushRest(e);
    pushRest(e);
    e.with(1, Op.i32Shl);
    e.op(Op.i32Xor);
    e.with(31, Op.i32ShrU);
  } else if (isLogic(e.kind)) e.number(0);
  else if (e.kind >= Flags.INC8) pushEdge(e);
  else {
    const isAddition = isSum(e.kind);
    pushFirst(e);
    pushResult(e);
    e.op(o.xor);
    pushSecond(e);
    if (isAddition) pushResult(e);
    else pushFirst(e);
    e.op(o.xor);
    e.op(o.and);
    topBit(e);
  }
}
/** Pushes whether the result of INC or DEC is the first beyond the largest number, or below the least. */
function pushEdge(e: Emitter): void {
  const isDown = e.kind >= Flags.DEC8;
  const bits = 8 * widthOf(e.kind);
  pushFirst(e);
  if (bits === 64) {
    e.code.i64Const(isDown ? 2n ** 63n - 1n : -(2n ** 63n));
    e.op(Op.i64Eq);
  } else e.with(isDown ? 0x7fffffff >> (32 - bits) : -1 << (bits - 1), Op.i32Eq);
}

/** Pushes the six arithmetic flags in the places that they have in EFLAGS; they are in the processor's form. */
export function pushArithmeticFlags(e: Emitter): void {
  pushCarry(e);
  pushRest(e);
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
    pushFirst(e);
    e.op(Op.i32Eqz);
  }, 6);
  also(() => pushSign(e), 7);
  also(() => pushOverflow(e), 11);
}
