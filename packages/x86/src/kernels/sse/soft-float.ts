/**
 * Arithmetic of IEEE numbers in integers, with all that WebAssembly's own does not tell: rounding
 * modes, exceptions, and which NaN it is. Every function is `(state, operands) -> bits`, and notes
 * exceptions in the storage.
 */
import { ValueType } from "@mem/wasm-emit";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { DIVIDE_BY_ZERO, INVALID, raise, roundingMode } from "./exceptions.js";
import type { Format, Parts } from "./format.js";
import { addParts, noteDenormal } from "./format.js";

const { i32, i64 } = ValueType;

/** The arithmetic of one format. */
export interface SoftFloat extends Parts {
  readonly add: Callee;
  readonly sub: Callee;
  readonly mul: Callee;
  readonly div: Callee;
  readonly sqrt: Callee;
}

/** Bits of quotients and roots that are computed; what lies below them is told by one bit. */
const QUOTIENT_BITS = 56;

/** Adds the functions of a format. */
export function addSoftFloat(module: KernelModule, format: Format): SoftFloat {
  const parts = addParts(module, format);
  const add = addAdd(module, parts);
  return {
    ...parts,
    add,
    sub: module.function([i32, i64, i64], [i64], (f, state, a, b) => {
      // A NaN keeps its sign.
      const negated = b.xor(format.sign).when(format.isNan(b).not(), b);
      f.results(...f.call(add, state, a, negated));
    }),
    mul: addMul(module, parts),
    div: addDiv(module, parts),
    sqrt: addSqrt(module, parts),
  };
}

/** Beginning of all operations of two operands. */
function begin(f: KernelFunction, parts: Parts, state: Local, a: Local, b: Local): void {
  const { format } = parts;
  f.set(a, f.call(parts.input, state, a)[0]);
  f.set(b, f.call(parts.input, state, b)[0]);
  f.if(format.isNan(a).or(format.isNan(b)), () => f.return(...f.call(parts.nan, state, a, b)));
}

function invalid(f: KernelFunction, state: Local, format: Format): void {
  raise(f, state, int(INVALID));
  f.return(format.indefinite);
}

function addAdd(module: KernelModule, parts: Parts): Callee {
  const { format } = parts;
  return module.function([i32, i64, i64], [i64], (f, state, a, b) => {
    begin(f, parts, state, a, b);
    const differ = f.let(format.signOf(a.xor(b)).ne(0));
    f.if(format.isInfinite(a).and(format.isInfinite(b)).and(differ), () =>
      invalid(f, state, format),
    );
    noteDenormal(f, state, format, a, b);
    f.if(format.isInfinite(a), () => f.return(a));
    f.if(format.isInfinite(b), () => f.return(b));
    f.if(format.abs(a).ltU(format.abs(b)), () => {
      const smaller = f.let(a);
      f.set(a, b);
      f.set(b, smaller);
    });
    const zeroSign = format
      .signOf(a)
      .when(differ.not(), long(format.sign).when(roundingMode(state).eq(1), 0));
    f.if(format.isZero(a), () => f.return(zeroSign));
    const [exponent, large] = f.call(parts.unpack, a);
    f.set(large, large.shr(1));
    const small = f.local(i64);
    f.if(
      format.isZero(b),
      () => f.set(small, 0),
      () => {
        const [lower, significand] = f.call(parts.unpack, b);
        const distance = f.let(exponent.sub(lower).wide());
        f.set(significand, significand.shr(1));
        f.set(
          small,
          significand
            .shr(distance)
            .or(significand.shl(long(64).sub(distance)).ne(0).and(distance.ne(0)).wide())
            .when(distance.ltU(64), 1),
        );
      },
    );
    const sum = f.let(large.sub(small).when(differ, large.add(small)));
    f.if(sum.not(), () => f.return(zeroSign));
    const shift = f.let(sum.clz());
    const sign = format.signOf(a);
    f.results(...f.call(parts.pack, state, sign, exponent.add(1).sub(shift.low()), sum.shl(shift)));
  });
}

function addMul(module: KernelModule, parts: Parts): Callee {
  const { format } = parts;
  return module.function([i32, i64, i64], [i64], (f, state, a, b) => {
    begin(f, parts, state, a, b);
    const sign = f.let(format.signOf(a.xor(b)));
    const isInfinite = f.let(format.isInfinite(a).or(format.isInfinite(b)));
    const isZero = f.let(format.isZero(a).or(format.isZero(b)));
    f.if(isInfinite.and(isZero), () => invalid(f, state, format));
    noteDenormal(f, state, format, a, b);
    f.if(isInfinite, () => f.return(sign.or(format.infinity)));
    f.if(isZero, () => f.return(sign));
    const [exponentA, x] = f.call(parts.unpack, a);
    const [exponentB, y] = f.call(parts.unpack, b);
    const { high, low } = product(f, x, y);
    const exponent = f.let(exponentA.add(exponentB).sub(format.bias - 1));
    f.if(high.ge(0), () => {
      f.set(high, high.shl(1).or(low.shr(63)));
      f.set(low, low.shl(1));
      f.set(exponent, exponent.sub(1));
    });
    f.results(...f.call(parts.pack, state, sign, exponent, high.or(low.ne(0).wide())));
  });
}

/** The 128 bits of a product. */
function product(f: KernelFunction, x: Local, y: Local): { high: Local; low: Local } {
  const [xl, xh] = [f.let(x.and(0xffffffff)), f.let(x.shr(32))];
  const [yl, yh] = [f.let(y.and(0xffffffff)), f.let(y.shr(32))];
  const ll = f.let(xl.mul(yl));
  const middle = f.let(xh.mul(yl).add(ll.shr(32)));
  const other = f.let(xl.mul(yh).add(middle.and(0xffffffff)));
  return {
    high: f.let(xh.mul(yh).add(middle.shr(32)).add(other.shr(32))),
    low: f.let(other.shl(32).or(ll.and(0xffffffff))),
  };
}

function addDiv(module: KernelModule, parts: Parts): Callee {
  const { format } = parts;
  return module.function([i32, i64, i64], [i64], (f, state, a, b) => {
    begin(f, parts, state, a, b);
    const sign = f.let(format.signOf(a.xor(b)));
    const both = (test: (v: Expression) => Expression): Expression => test(a).and(test(b));
    f.if(both((v) => format.isInfinite(v)).or(both((v) => format.isZero(v))), () =>
      invalid(f, state, format),
    );
    f.if(format.isZero(b), () => {
      f.if(format.isInfinite(a).not(), () => raise(f, state, int(DIVIDE_BY_ZERO)));
      f.return(sign.or(format.infinity));
    });
    noteDenormal(f, state, format, a, b);
    f.if(format.isInfinite(a), () => f.return(sign.or(format.infinity)));
    f.if(format.isInfinite(b).or(format.isZero(a)), () => f.return(sign));
    const [exponent, rest] = f.call(parts.unpack, a);
    const [exponentB, divisor] = f.call(parts.unpack, b);
    f.set(exponent, exponent.sub(exponentB).add(format.bias));
    f.set(rest, rest.shr(11));
    f.set(divisor, divisor.shr(11));
    f.if(rest.ltU(divisor), () => {
      f.set(rest, rest.shl(1));
      f.set(exponent, exponent.sub(1));
    });
    const quotient = f.local(i64);
    const count = f.local(i32);
    f.while(count.ltU(QUOTIENT_BITS), () => {
      const fits = f.let(rest.geU(divisor).wide());
      f.set(quotient, quotient.shl(1).or(fits));
      f.set(rest, rest.sub(divisor.mul(fits)).shl(1));
      f.set(count, count.add(1));
    });
    const significand = quotient.shl(64 - QUOTIENT_BITS).or(rest.ne(0).wide());
    f.results(...f.call(parts.pack, state, sign, exponent, significand));
  });
}

function addSqrt(module: KernelModule, parts: Parts): Callee {
  const { format } = parts;
  return module.function([i32, i64], [i64], (f, state, a) => {
    f.set(a, f.call(parts.input, state, a)[0]);
    f.if(format.isNan(a), () => f.return(...f.call(parts.nan, state, a, a)));
    f.if(format.isZero(a), () => f.return(a));
    f.if(format.signOf(a).ne(0), () => invalid(f, state, format));
    f.if(format.isInfinite(a), () => f.return(a));
    noteDenormal(f, state, format, a);
    const [exponent, radicand] = f.call(parts.unpack, a);
    f.set(exponent, exponent.sub(format.bias));
    // The top two bits are the integer part: 1, or 2 and 3 where the exponent is odd.
    f.if(exponent.and(1).not(), () => f.set(radicand, radicand.shr(1)));
    const rest = f.local(i64);
    const root = f.local(i64);
    const count = f.local(i32);
    f.while(count.ltU(QUOTIENT_BITS), () => {
      f.set(rest, rest.shl(2).or(radicand.shr(62)));
      f.set(radicand, radicand.shl(2));
      const trial = f.let(root.shl(2).or(1));
      const fits = f.let(rest.geU(trial).wide());
      f.set(rest, rest.sub(trial.mul(fits)));
      f.set(root, root.shl(1).or(fits));
      f.set(count, count.add(1));
    });
    const significand = root.shl(64 - QUOTIENT_BITS).or(rest.ne(0).wide());
    const half = exponent.sar(1).add(format.bias);
    f.results(...f.call(parts.pack, state, 0, half, significand));
  });
}
