/**
 * Arithmetic on fractions of 128 bits, for the transcendental functions: a pair of 64-bit words
 * stands for `(hi * 2^64 + lo) / 2^128`, from 0 to just below 1.
 */
import { ValueType } from "@mem/wasm-emit";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";

const { i32, i64 } = ValueType;

/** A fraction of 128 bits. */
export interface Fraction {
  readonly hi: Expression;
  readonly lo: Expression;
}

const BITS = 256n;
const ONE = 1n << BITS;
/** Pi, times 2^256. */
const PI = (3n << BITS) | 0x243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n;
/** The natural logarithm of 2, times 2^256. */
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2bn;

/** The first 128 bits behind the point of what is given times 2^256. */
function cut(value: bigint): bigint {
  return (value >> (BITS - 128n)) & ((1n << 128n) - 1n);
}
/** Constants as fractions, times 2^128. */
export const FractionOf = {
  /** Pi / 4. */
  quarterPi: cut(PI / 4n),
  ln2: cut(LN2),
  /** 1 / (2 ln 2). */
  halfLog2E: cut((ONE * ONE) / (2n * LN2)),
  /** Tan(pi / 8), the square root of 2 less 1. */
  tanEighth: 0x6a09e667f3bcc908b2fb1366ea957d3en,
  /** 1 / n. */
  reciprocal: (n: bigint): bigint => cut(ONE / n),
} as const;
/** Pi as processors have it for the circular functions: 66 bits. */
const SHORT_PI = (PI >> (BITS - 64n)) << (BITS - 64n);
/** The quarter of that, and 2 over it in 192 bits behind the point. */
export const Reduction = {
  quarterPi: cut(SHORT_PI / 4n),
  twoOverPi: (2n << (192n + BITS)) / SHORT_PI,
} as const;

/** A constant fraction. */
export function fraction(value: bigint): Fraction {
  return { hi: long(value >> 64n), lo: long(value & 0xffffffffffffffffn) };
}

/** The functions of this file, and what is written with them. */
export class Fractions {
  /** `(a, b)`: their product, rounded down, short of it by at most 3 units. */
  readonly multiply: Callee;
  /** `(a, b)`: a / b, for a less than b. */
  readonly divide: Callee;

  constructor(module: KernelModule, product: Callee) {
    this.multiply = module.function([i64, i64, i64, i64], [i64, i64], (f, ah, al, bh, bl) => {
      const [hi, lo] = f.call(product, ah, bh);
      const [x] = f.call(product, ah, bl);
      const [y] = f.call(product, al, bh);
      for (const part of [x, y]) {
        f.set(lo, lo.add(part));
        f.set(hi, hi.add(lo.ltU(part).wide()));
      }
      f.results(hi, lo);
    });
    this.divide = module.function([i64, i64, i64, i64], [i64, i64], (f, nh, nl, dh, dl) => {
      const qh = f.local(i64);
      const ql = f.local(i64);
      const left = f.let(int(128));
      f.while(left, () => {
        f.set(left, left.sub(1));
        const carry = f.let(nh.lt(0));
        f.set(nh, nh.shl(1).or(nl.shr(63)));
        f.set(nl, nl.shl(1));
        f.set(qh, qh.shl(1).or(ql.shr(63)));
        f.set(ql, ql.shl(1));
        f.if(carry.or(nh.gtU(dh)).or(nh.eq(dh).and(nl.geU(dl))), () => {
          f.set(nh, nh.sub(dh).sub(nl.ltU(dl).wide()));
          f.set(nl, nl.sub(dl));
          f.set(ql, ql.or(1));
        });
      });
      f.results(qh, ql);
    });
  }

  /** Their product, kept. */
  times(f: KernelFunction, a: Fraction, b: Fraction): { hi: Local; lo: Local } {
    const [hi, lo] = f.call(this.multiply, a.hi, a.lo, b.hi, b.lo);
    return { hi, lo };
  }
  /** Their sum modulo 1, kept. */
  plus(f: KernelFunction, a: Fraction, b: Fraction): { hi: Local; lo: Local } {
    const lo = f.let(a.lo.add(b.lo));
    const hi = f.let(a.hi.add(b.hi).add(lo.ltU(b.lo).wide()));
    return { hi, lo };
  }
  /** Their difference modulo 1, kept. */
  minus(f: KernelFunction, a: Fraction, b: Fraction): { hi: Local; lo: Local } {
    const borrow = f.let(a.lo.ltU(b.lo));
    const lo = f.let(a.lo.sub(b.lo));
    const hi = f.let(a.hi.sub(b.hi).sub(borrow.wide()));
    return { hi, lo };
  }
  /**
   * Adds a function of a fraction t: c0 + s t (c1 + s t (c2 + ...)), where s is 1, or -1 to
   * alternate, or with "sign" a parameter behind t that says whether to alternate.
   */
  series(module: KernelModule, terms: readonly bigint[], s: 1 | -1 | "sign"): Callee {
    return module.function([i64, i64, i32], [i64, i64], (f, th, tl, alternate) => {
      const t = { hi: th, lo: tl };
      const hi = f.local(i64);
      const lo = f.local(i64);
      for (const [n, term] of terms.toReversed().entries()) {
        if (n === 0) {
          f.set(hi, term >> 64n);
          f.set(lo, term & 0xffffffffffffffffn);
          continue;
        }
        const product = this.times(f, { hi, lo }, t);
        const assign = (value: Fraction): void => {
          f.set(hi, value.hi);
          f.set(lo, value.lo);
        };
        const constant = fraction(term);
        if (s === 1) assign(this.plus(f, product, constant));
        else if (s === -1) assign(this.minus(f, constant, product));
        else {
          f.if(
            alternate,
            () => assign(this.minus(f, constant, product)),
            () => assign(this.plus(f, product, constant)),
          );
        }
      }
      f.results(hi, lo);
    });
  }
}

/** Shifts a fraction left until its first bit is set; answers by how much. It must not be 0. */
export function normaliseFraction(f: KernelFunction, x: { hi: Local; lo: Local }): Local {
  const shift = f.let(int(0));
  f.if(x.hi.not(), () => {
    f.set(x.hi, x.lo);
    f.set(x.lo, 0);
    f.set(shift, 64);
  });
  const n = f.let(x.hi.clz());
  f.if(n.ne(0), () => {
    f.set(x.hi, x.hi.shl(n).or(x.lo.shr(long(64).sub(n))));
    f.set(x.lo, x.lo.shl(n));
    f.set(shift, shift.add(n.low()));
  });
  return shift;
}
