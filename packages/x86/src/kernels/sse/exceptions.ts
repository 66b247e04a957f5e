/** MXCSR: which exceptions a kernel has met, and whether they may pass. */
import { AT_MXCSR, AT_SSE_RAISED } from "../../state/layout.js";
import type { Expression, Local } from "../expression.js";
import { int } from "../expression.js";
import type { KernelFunction } from "../kernel-function.js";

/** An operand is invalid. */
export const INVALID = 1;
/** An operand is denormal. */
export const DENORMAL = 2;
/** Something was divided by zero. */
export const DIVIDE_BY_ZERO = 4;
/** The result is too large. */
export const OVERFLOW = 8;
/** The result is too small. */
export const UNDERFLOW = 16;
/** The result is rounded. */
export const PRECISION = 32;
/** Denormal operands count as zeros. */
export const DAZ = 0x40;
/** Results too small count as zeros, while the exception is masked. */
export const FTZ = 0x8000;
/** Exceptions that are met before anything is computed. */
const BEFORE = INVALID | DENORMAL | DIVIDE_BY_ZERO;

/** MXCSR. */
export function mxcsr(state: Local): Expression {
  return state.load32(AT_MXCSR);
}
/** Is a bit of MXCSR set? Not 0 if so. */
export function mxcsrBit(state: Local, bit: number): Expression {
  return mxcsr(state).and(bit);
}
/** The rounding mode: 0 to the nearest, 1 down, 2 up, 3 towards zero. */
export function roundingMode(state: Local): Expression {
  return mxcsr(state).shr(13).and(3);
}

/** Forgets the exceptions of the instruction before. */
export function beginExceptions(f: KernelFunction, state: Local): void {
  f.store32(state, AT_SSE_RAISED, int(0));
}
/** Notes exceptions. */
export function raise(f: KernelFunction, state: Local, exceptions: Expression): void {
  f.store32(state, AT_SSE_RAISED, state.load32(AT_SSE_RAISED).or(exceptions));
}

/**
 * Makes the exceptions sticky, and ends the kernel with -1 if one of them is unmasked. Those that
 * come of a result are not told when one came of an operand.
 */
export function endExceptions(f: KernelFunction, state: Local): void {
  const raised = f.let(state.load32(AT_SSE_RAISED));
  const unmasked = f.let(raised.and(mxcsr(state).shr(7).xor(-1)));
  f.if(unmasked.and(BEFORE), () => f.set(raised, raised.and(BEFORE)));
  f.store32(state, AT_MXCSR, mxcsr(state).or(raised));
  f.if(unmasked, () => f.return(-1));
}
