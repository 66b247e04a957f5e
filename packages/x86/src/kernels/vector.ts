/** Expressions on vectors of 16 bytes. */
import { SimdLaneOp, SimdMemoryOp, SimdOp, ValueType } from "@mem/wasm-emit";
import { Expression, int } from "./expression.js";
import type { KernelFunction } from "./kernel-function.js";

const { v128, i32, i64 } = ValueType;

type SimdName = keyof typeof SimdOp;

/** Operations whose result is a number of 32 bits. */
const IS_NUMBER = /Bitmask$|AllTrue$|AnyTrue$/;

/** An operation on vectors; shifts take a number of 32 bits as their second operand. */
export function simd(name: SimdName, ...operands: readonly Expression[]): Expression {
  return new Expression(IS_NUMBER.test(name) ? i32 : v128, (code) => {
    for (const each of operands) each.write(code);
    code.simd(SimdOp[name]);
  });
}

/** Picks 16 bytes of the 32 that two vectors have. */
export function shuffle(a: Expression, b: Expression, lanes: readonly number[]): Expression {
  return new Expression(v128, (code) => {
    a.write(code);
    b.write(code);
    code.shuffle(lanes);
  });
}

/** As {@link shuffle}, but in lanes of `size` bytes. */
export function shuffleLanes(
  a: Expression,
  b: Expression,
  size: number,
  lanes: readonly number[],
): Expression {
  const bytes = lanes.flatMap((lane) => Array.from({ length: size }, (_, k) => lane * size + k));
  return shuffle(a, b, bytes);
}

/** A vector whose lanes of `size` bytes all hold one number. */
export function splat(size: 1 | 2 | 4 | 8, value: number | bigint): Expression {
  const bits = BigInt.asUintN(8 * size, BigInt(value));
  const bytes = Array.from({ length: 16 }, (_, k) =>
    Number((bits >> BigInt(8 * (k % size))) & 0xffn),
  );
  return new Expression(v128, (code) => code.v128Const(bytes));
}

/** The vector at an address. */
export function loadVector(address: Expression, offset = 0): Expression {
  return new Expression(v128, (code) => {
    address.write(code);
    code.simdMemory(SimdMemoryOp.v128Load, offset);
  });
}

/** Stores a vector. */
export function storeVector(
  f: KernelFunction,
  address: Expression,
  value: Expression,
  offset = 0,
): void {
  address.write(f.code);
  value.write(f.code);
  f.code.simdMemory(SimdMemoryOp.v128Store, offset);
}

/** A lane of 32 or 64 bits as a number. */
export function lane(vector: Expression, size: 4 | 8, index: number): Expression {
  return new Expression(size === 4 ? i32 : i64, (code) => {
    vector.write(code);
    const { i32x4ExtractLane, i64x2ExtractLane } = SimdLaneOp;
    code.simdLane(size === 4 ? i32x4ExtractLane : i64x2ExtractLane, index);
  });
}

/** All bits of a vector from conditions that are 0 or 1. */
export function zeroVector(): Expression {
  return splat(4, 0);
}

/** A shift of lanes by a constant. */
export function shiftBy(name: SimdName, vector: Expression, count: number): Expression {
  return simd(name, vector, int(count));
}
