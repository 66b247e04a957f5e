/**
 * Setting the lazy flags, and bringing them into the processor's own form. In 64-bit code both words have 64
 * bits: those of narrower kinds are sign-extended.
 */
import { Op } from "@mem/wasm-emit";
import type { Width } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { Imports } from "../unit-mode.js";
import { operationsOf } from "../words.js";
import { Flags, hasRest, isDifference, isLogic, isSum, isWide, kindOf, widthOf } from "./kinds.js";

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
/** Pushes the rest, or a carry: 32 bits. */
export function pushRest(e: Emitter): void {
  e.get(e.locals.flagB);
  e.narrow(4);
}

/** Brings the flags into the processor's own form. */
export function ownForm(e: Emitter): void {
  const { kind } = e;
  if (kind === Flags.OWN) return;
  if (kind < 0) {
    // What the interpreter has left, and what has been asked before, is in that form.
    e.get(e.locals.flagKind);
    e.code.if();
    callOwnForm(e);
    e.number(Flags.OWN);
    e.set(e.locals.flagKind);
    e.code.end();
    e.kind = Flags.OWN;
    return;
  }
  if (kind === Flags.PRODUCT64) {
    e.number(kind);
    e.set(e.locals.flagKind);
    callOwnForm(e);
  } else {
    // What there is of a sum of two words comes first, since its result takes the place of one.
    if (isSum(kind) || isDifference(kind)) ownSum(e);
    else if (!hasRest(kind)) {
      if (isLogic(kind)) e.number(0);
      else pushRestOfCount(e);
      e.widen(4, e.wordWidth);
      e.set(e.locals.flagB);
    }
    if (isWide(kind)) foldResult(e, e.locals.flagA);
  }
  setKind(e, Flags.OWN);
}
/** Has JavaScript bring flags of whatever kind into the processor's own form. */
function callOwnForm(e: Emitter): void {
  if (e.isLong) {
    e.callOwnFlags();
    return;
  }
  const { flagA, flagB, flagKind } = e.locals;
  for (const what of [Imports.FLAG_RESULT, Imports.FLAG_REST]) {
    e.get(flagKind);
    e.get(flagA);
    e.get(flagB);
    e.code.call(what);
  }
  e.set(flagB);
  e.set(flagA);
}
/** Turns the operands of an addition or a subtraction into its result, as wide as it is, and the rest. */
function ownSum(e: Emitter): void {
  const { kind } = e;
  const { flagA, flagB } = e.locals;
  const word = e.wordWidth;
  const width = widthOf(kind);
  const o = operationsOf(word);
  const sum = e.isLong ? e.operands(8).entry : e.locals.spare;
  e.get(flagA);
  e.get(flagB);
  e.op(isSum(kind) ? o.add : o.sub);
  e.set(sum);
  pushCarries(e, isSum(kind), word, { a: flagA, b: flagB, value: sum });
  keepCarries(e, width);
  e.widen(4, word);
  e.set(flagB);
  e.get(sum);
  if (width === 1) e.op(e.isLong ? Op.i64Extend8S : Op.i32Extend8S);
  else if (width === 2) e.op(e.isLong ? Op.i64Extend16S : Op.i32Extend16S);
  else if (width < word) e.op(Op.i64Extend32S);
  e.set(flagA);
}
/** Pushes the rest of flags of an INC or a DEC: both carries as the carry is, but for what overflows. */
function pushRestOfCount(e: Emitter): void {
  e.number(0);
  pushRest(e);
  e.op(Op.i32Sub);
  e.with(0xc0000000, Op.i32And);
  pushEdge(e);
  e.with(30, Op.i32Shl);
  e.op(Op.i32Xor);
  e.get(e.locals.flagA);
  e.narrow(4);
  e.with(15, Op.i32And);
  e.with(e.kind >= Flags.DEC8 ? 15 : 0, Op.i32Eq);
  e.with(3, Op.i32Shl);
  e.op(Op.i32Xor);
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

/** Pushes whether the result of INC or DEC is the first beyond the largest number, or below the least. */
export function pushEdge(e: Emitter): void {
  const isDown = e.kind >= Flags.DEC8;
  const bits = 8 * widthOf(e.kind);
  pushFirst(e);
  if (bits === 64) {
    e.code.i64Const(isDown ? 2n ** 63n - 1n : -(2n ** 63n));
    e.op(Op.i64Eq);
  } else e.with(isDown ? 0x7fffffff >> (32 - bits) : -1 << (bits - 1), Op.i32Eq);
}
