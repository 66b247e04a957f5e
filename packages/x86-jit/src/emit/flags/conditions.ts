/** Reading conditions from the lazy flags. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Emitter } from "../emitter.js";
import { operationsOf, type WordOperations } from "../words.js";
import { ownForm, pushEdge, pushFirst, pushRest } from "./flags.js";
import { Flags, hasRest, isCount, isDifference, isLogic, isSum, isWide, widthOf } from "./kinds.js";

function operations(e: Emitter): WordOperations {
  return operationsOf(isWide(e.kind) ? 8 : 4);
}
function pushSecond(e: Emitter): void {
  e.get(e.locals.flagB);
  if (!isWide(e.kind)) e.narrow(4);
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
/** Pushes CF as 0 or 1. */
export function pushCarry(e: Emitter): void {
  if (e.kind === Flags.PRODUCT64) ownForm(e);
  if (e.kind < 0) unknownCarry(e);
  else if (hasRest(e.kind)) {
    pushRest(e);
    e.with(31, Op.i32ShrU);
  } else if (isLogic(e.kind)) e.number(0);
  else if (isCount(e.kind)) pushRest(e);
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

/** A mask of the kinds of which something holds. */
function kindsThat(holds: (kind: number) => boolean): number {
  let mask = 0;
  for (const kind of Object.values(Flags)) if (holds(kind)) mask |= 1 << kind;
  return mask;
}
const COUNTS = kindsThat(isCount);
const DIFFERENCES = kindsThat(isDifference);
const LOGICS = kindsThat(isLogic);
/** The first word is the result, and as wide as words are; in the processor's own form it has 32 bits. */
const RESULTS = COUNTS | LOGICS | (1 << Flags.RESULT64);

/** Pushes, as 32 bits, what one of two functions pushes, by whether the kind at run time is one of a mask. */
function byKind(e: Emitter, kinds: number, isOne: () => void, isOther: () => void): void {
  e.number(kinds);
  e.get(e.locals.flagKind);
  e.op(Op.i32ShrU);
  e.with(1, Op.i32And);
  e.code.if(ValueType.i32);
  isOne();
  e.code.else();
  isOther();
  e.code.end();
}
/** Pushes what `push` does once flags of unknown kind are in the processor's own form, which then is one of several. */
function ofOwnForm(e: Emitter, push: () => void): void {
  ownForm(e);
  push();
  e.kind = -1;
}
/** Pushes how both words compare: those of narrow kinds, being sign-extended, as those of wide ones. */
function pushCompared(e: Emitter, name: keyof WordOperations): void {
  e.get(e.locals.flagA);
  e.get(e.locals.flagB);
  e.op(operationsOf(e.wordWidth)[name]);
}

/** Pushes CF of flags whose kind is not known; what loops end by is tried first. */
function unknownCarry(e: Emitter): void {
  const others = (): void => ofOwnForm(e, () => pushCarry(e));
  const logics = (): void => byKind(e, LOGICS, () => e.number(0), others);
  const differences = (): void => byKind(e, DIFFERENCES, () => pushCompared(e, "ltU"), logics);
  byKind(e, COUNTS, () => pushRest(e), differences);
}

/** Pushes condition `code`, the low nibble of a conditional opcode: not zero if it holds. */
export function pushCondition(e: Emitter, code: number): void {
  if (e.kind < 0) unknownCondition(e, code);
  else knownCondition(e, code);
}
function knownCondition(e: Emitter, code: number): void {
  const isNegated = (code & 1) !== 0;
  if (e.kind === Flags.PRODUCT64) ownForm(e);
  if (isDifference(e.kind) && comparison(e, code)) return;
  positive(e, code >> 1);
  if (isNegated) e.op(Op.i32Eqz);
}
/** Pushes a condition of flags whose kind is not known; comparisons, and results that are or are not 0, go first. */
function unknownCondition(e: Emitter, code: number): void {
  const name = COMPARISONS[code];
  let others = (): void => ofOwnForm(e, () => knownCondition(e, code));
  if (name === "eq" || name === "ne") {
    const least = others;
    others = () => byKind(e, RESULTS, () => pushZeroTest(e, name), least);
  }
  if (name === null) others();
  else byKind(e, DIFFERENCES, () => pushCompared(e, name), others);
}
function pushZeroTest(e: Emitter, name: "eq" | "ne"): void {
  e.get(e.locals.flagA);
  e.constant(0, e.wordWidth);
  e.op(operationsOf(e.wordWidth)[name]);
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
  if (name === null) return false;
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
  else if (isCount(e.kind)) pushEdge(e);
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
