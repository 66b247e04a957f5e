/**
 * Sines, tangents, logarithms and powers, to about 2^-110 before the one rounding at the end. Every
 * function is its argument times a power series of it, so that small arguments lose nothing.
 */
import { ValueType } from "@mem/wasm-emit";
import type { Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import type { Arithmetic } from "./arithmetic.js";
import { FractionOf, Fractions, Reduction, fraction, normaliseFraction } from "./fixed.js";
import type { Rounding } from "./round.js";
import { BIAS, EXTENDED, INTEGER_BIT } from "./state.js";

const { i32, i64 } = ValueType;

/**
 * The functions of this file, for positive normal numbers: `(exponent, significand)`. What they answer
 * is `(exponent, hi, lo)`, a number with 128 bits of significand, before signs and rounding.
 */
export interface Transcendental {
  /** `(e, m)`: quotient of the nearest multiple of pi / 2, whether beyond it, and the rest. */
  readonly reduce: Callee;
  /** `(e, hi, lo)` of at most pi / 4. */
  readonly sine: Callee;
  readonly cosine: Callee;
  /** `(a, b)`: a / b of two such results. */
  readonly ratio: Callee;
  /** `(ey, my, ex, mx, x is negative)`: the angle, 0 to pi. */
  readonly arctangent: Callee;
  /** `(negative, e, m)`: |2^x - 1|. */
  readonly powerLess1: Callee;
  /** `(e, m)` -> `(negative, result)` of log2; not of 1. */
  readonly logarithm: Callee;
  /** `(negative, e, m)` -> |log2(1 + x)|. */
  readonly logarithmOf1Plus: Callee;
}

const WIDE = [i32, i64, i64] as const;
const { reciprocal } = FractionOf;

function factorials(count: number, first: bigint, step: bigint): bigint[] {
  const terms: bigint[] = [];
  let product = 1n;
  for (let n = 1n; terms.length < count; n++) {
    product *= n;
    if (n >= first && (n - first) % step === 0n) terms.push(reciprocal(product));
  }
  return terms;
}
function oddNumbers(count: number): bigint[] {
  return Array.from({ length: count }, (_, n) => reciprocal(BigInt(2 * n + 3)));
}

/** Adds the functions of this file. */
export function transcendentalFunctions(
  module: KernelModule,
  { shiftRight }: Rounding,
  { product }: Arithmetic,
): Transcendental {
  const math = new Fractions(module, product);
  const sineSeries = math.series(module, factorials(13, 3n, 2n), -1);
  const cosineSeries = math.series(module, factorials(14, 2n, 2n), -1);
  const arctangentSeries = math.series(module, oddNumbers(44), -1);
  const logarithmSeries = math.series(module, oddNumbers(24), 1);
  const powerSeries = math.series(
    module,
    [1n << 128n, ...factorials(27, 2n, 1n)].map((term) => term >> 1n),
    "sign",
  );

  /** A number below 1 as a fraction. */
  const toFraction = (f: KernelFunction, e: Local, hi: Local, lo: Local) => {
    const [h, l] = f.call(shiftRight, hi, lo, int(BIAS - 1).sub(e));
    return { hi: h, lo: l };
  };
  const normalised = (f: KernelFunction, e: Local, x: { hi: Local; lo: Local }): void => {
    f.set(e, e.sub(normaliseFraction(f, x)));
  };
  /** x times a fraction of at least 1/4. */
  const scaled = (
    f: KernelFunction,
    e: Local,
    x: { hi: Local; lo: Local },
    by: { hi: Local; lo: Local },
  ) => {
    const r = math.times(f, x, by);
    normalised(f, e, r);
    return r;
  };
  const complement = (f: KernelFunction, x: { hi: Local; lo: Local }) => ({
    hi: f.let(x.hi.xor(-1)),
    lo: f.let(x.lo.xor(-1)),
  });

  const reduce = module.function(EXTENDED, [i32, i32, ...WIDE], (f, e, m) => {
    f.if(e.lt(BIAS - 1), () => f.return(0, 0, e, m, 0));
    const words = [128n, 64n, 0n].map((at) => long(Reduction.twoOverPi >> at));
    const [p3, p2a] = f.call(product, m, words[0]);
    const [p2b, p1a] = f.call(product, m, words[1]);
    const [p1b, p0] = f.call(product, m, words[2]);
    const p1 = f.let(p1a.add(p1b));
    const carry1 = f.let(p1.ltU(p1b).wide());
    const p2 = f.let(p2a.add(p2b));
    const carry2 = f.let(p2.ltU(p2b).wide());
    f.set(p2, p2.add(carry1));
    f.set(p3, p3.add(carry2).add(p2.ltU(carry1).wide()));
    // So many bits are before the point; the rest are 192 and more behind it.
    const j = f.let(e.sub(BIAS - 1).wide());
    const q = f.local(i32);
    f.if(j.ne(0), () => {
      const back = f.let(long(64).sub(j));
      f.set(q, p3.shr(back).low());
      f.set(p3, p3.shl(j).or(p2.shr(back)));
      f.set(p2, p2.shl(j).or(p1.shr(back)));
      f.set(p1, p1.shl(j).or(p0.shr(back)));
    });
    const beyond = f.let(p3.lt(0));
    f.if(beyond, () => {
      f.set(q, q.add(1));
      f.set(p3, p3.xor(-1));
      f.set(p2, p2.xor(-1));
      f.set(p1, p1.xor(-1));
    });
    const at = f.let(int(BIAS));
    f.if(p3.not(), () => {
      f.set(p3, p2);
      f.set(p2, p1);
      f.set(p1, 0);
      f.set(at, at.sub(64));
    });
    const n = f.let(p3.clz());
    f.if(n.ne(0), () => {
      const back = long(64).sub(n);
      f.set(p3, p3.shl(n).or(p2.shr(back)));
      f.set(p2, p2.shl(n).or(p1.shr(back)));
      f.set(at, at.sub(n.low()));
    });
    // A fraction f of pi / 2 is 2 f of pi / 4.
    const r = math.times(f, { hi: p3, lo: p2 }, fraction(Reduction.quarterPi));
    normalised(f, at, r);
    f.results(q, beyond, at, r.hi, r.lo);
  });

  const sine = module.function(WIDE, WIDE, (f, e, hi, lo) => {
    const x = toFraction(f, e, hi, lo);
    const t = math.times(f, x, x);
    const [sh, sl] = f.call(sineSeries, t.hi, t.lo, 0);
    const g = complement(f, math.times(f, { hi: sh, lo: sl }, t));
    const r = scaled(f, e, { hi, lo }, g);
    f.results(e, r.hi, r.lo);
  });
  const cosine = module.function(WIDE, WIDE, (f, e, hi, lo) => {
    const x = toFraction(f, e, hi, lo);
    const t = math.times(f, x, x);
    const [ch, cl] = f.call(cosineSeries, t.hi, t.lo, 0);
    const r = complement(f, math.times(f, { hi: ch, lo: cl }, t));
    f.results(BIAS - 1, r.hi, r.lo);
  });
  const ratio = module.function([...WIDE, ...WIDE], WIDE, (f, ea, ah, al, eb, bh, bl) => {
    const [h, l] = f.call(shiftRight, ah, al, 1);
    const [qh, ql] = f.call(math.divide, h, l, bh, bl);
    const e = f.let(ea.sub(eb).add(BIAS));
    const q = { hi: qh, lo: ql };
    normalised(f, e, q);
    f.results(e, q.hi, q.lo);
  });

  const arctangent = module.function(
    [...EXTENDED, ...EXTENDED, i32],
    WIDE,
    (f, ey, my, ex, mx, negative) => {
      const swapped = f.let(ey.gt(ex).or(ey.eq(ex).and(my.gtU(mx))));
      const e = f.local(i32);
      const z = { hi: f.local(i64), lo: f.local(i64) };
      const quotient = (...of: [Local, Local, Local, Local]): void => {
        const [en, mn, ed, md] = of;
        const [qe, qh, ql] = f.call(ratio, en, mn, 0, ed, md, 0);
        f.set(e, qe);
        f.set(z.hi, qh);
        f.set(z.lo, ql);
      };
      f.if(
        swapped,
        () => quotient(ex, mx, ey, my),
        () => quotient(ey, my, ex, mx),
      );
      const timesSeries = (x: { hi: Local; lo: Local }): { hi: Local; lo: Local } => {
        const t = math.times(f, x, x);
        const [sh, sl] = f.call(arctangentSeries, t.hi, t.lo, 0);
        return complement(f, math.times(f, { hi: sh, lo: sl }, t));
      };
      const angle = { hi: f.local(i64), lo: f.local(i64) };
      const result = (x: { hi: Local; lo: Local }): void => {
        f.set(angle.hi, x.hi);
        f.set(angle.lo, x.lo);
      };
      const limit = fraction(FractionOf.tanEighth);
      f.if(
        e.ge(BIAS).or(e.ge(BIAS - 2).and(toTop(e, z.hi).gtU(limit.hi))),
        () => {
          // atan z = pi / 4 - atan ((1 - z) / (1 + z)).
          const w = { hi: f.local(i64), lo: f.local(i64) };
          f.if(e.lt(BIAS), () => {
            const x = toFraction(f, e, z.hi, z.lo);
            const [nh, nl] = f.call(
              shiftRight,
              long(0).sub(x.hi).sub(x.lo.ne(0).wide()),
              long(0).sub(x.lo),
              1,
            );
            const [dh, dl] = f.call(shiftRight, x.hi, x.lo, 1);
            const [wh, wl] = f.call(math.divide, nh, nl, dh.or(INTEGER_BIT), dl);
            f.set(w.hi, wh);
            f.set(w.lo, wl);
          });
          const a = math.times(f, w, timesSeries(w));
          result(math.minus(f, fraction(FractionOf.quarterPi), a));
          f.set(e, BIAS - 1);
          normalised(f, e, angle);
        },
        () => {
          const g = timesSeries(toFraction(f, e, z.hi, z.lo));
          result(scaled(f, e, z, g));
        },
      );
      // From pi / 2 or from pi, in units of 4.
      const from = (value: bigint): void => {
        const [h, l] = f.call(shiftRight, angle.hi, angle.lo, int(BIAS + 1).sub(e));
        result(math.minus(f, fraction(value), { hi: h, lo: l }));
        f.set(e, BIAS + 1);
        normalised(f, e, angle);
      };
      f.if(swapped, () => from(FractionOf.quarterPi >> 1n));
      f.if(negative, () => from(FractionOf.quarterPi));
      f.results(e, angle.hi, angle.lo);
    },
  );

  const powerLess1 = module.function([i32, ...EXTENDED], WIDE, (f, negative, e, m) => {
    const y = math.times(f, { hi: m, lo: long(0) }, fraction(FractionOf.ln2));
    normalised(f, e, y);
    const t = toFraction(f, e, y.hi, y.lo);
    const [gh, gl] = f.call(powerSeries, t.hi, t.lo, negative);
    f.set(e, e.add(1));
    const r = scaled(f, e, y, { hi: gh, lo: gl });
    f.results(e, r.hi, r.lo);
  });

  /** `(e, numerator, denominator / 4)`: log2((1 + z) / (1 - z)), z = numerator / denominator. */
  const ofQuotient = module.function([i32, i64, i64, i64], WIDE, (f, e, num, dh, dl) => {
    const [nh, nl] = f.call(shiftRight, num, 0, 2);
    const [qh, ql] = f.call(math.divide, nh, nl, dh, dl);
    const z = { hi: qh, lo: ql };
    normalised(f, e, z);
    const x = toFraction(f, e, z.hi, z.lo);
    const t = math.times(f, x, x);
    const [sh, sl] = f.call(logarithmSeries, t.hi, t.lo, 0);
    // 2 / ln 2 times the series, divided by 4.
    const c = fraction(FractionOf.halfLog2E);
    const more = math.times(f, c, math.times(f, { hi: sh, lo: sl }, t));
    const g = math.plus(f, c, more);
    f.set(e, e.add(2));
    const r = scaled(f, e, z, g);
    f.results(e, r.hi, r.lo);
  });

  const logarithm = module.function(EXTENDED, [i32, ...WIDE], (f, e, m) => {
    const above = f.let(m.gtU(0xb504f333f9de6484n));
    const n = f.let(e.sub(BIAS).add(above));
    const num = f.local(i64);
    f.if(
      above,
      () => f.set(num, long(0).sub(m)),
      () => f.set(num, m.sub(INTEGER_BIT).shl(1)),
    );
    const re = f.local(i32);
    const r = { hi: f.local(i64), lo: f.local(i64) };
    f.if(num.ne(0), () => {
      const zeros = f.let(num.clz());
      // m / 2^63 is 1 to 2, or with `above` m / 2^64 below 1; num is |x - 1| in units of 2^-64.
      const dh = m.shr(int(1).add(above).wide()).add(1n << 62n);
      const dl = m.shl(int(63).sub(above).wide());
      const [le, lh, ll] = f.call(
        ofQuotient,
        int(BIAS - 1).sub(zeros.low()),
        num.shl(zeros),
        dh,
        dl,
      );
      f.set(re, le);
      f.set(r.hi, lh);
      f.set(r.lo, ll);
    });
    f.if(n.not(), () => f.return(above, re, r.hi, r.lo));
    // n + the logarithm, in units of 2^16.
    const negative = f.let(n.lt(0));
    const size = f.let(int(0).sub(n).when(negative, n));
    const [h, l] = f.call(shiftRight, r.hi, r.lo, int(BIAS + 15).sub(re));
    f.if(num.not(), () => {
      f.set(h, 0);
      f.set(l, 0);
    });
    const whole = { hi: size.wide().shl(48), lo: long(0) };
    f.if(
      negative.ne(above),
      () => {
        const sum = math.minus(f, whole, { hi: h, lo: l });
        f.set(r.hi, sum.hi);
        f.set(r.lo, sum.lo);
      },
      () => {
        const sum = math.plus(f, whole, { hi: h, lo: l });
        f.set(r.hi, sum.hi);
        f.set(r.lo, sum.lo);
      },
    );
    const at = f.let(int(BIAS + 15));
    normalised(f, at, r);
    f.results(negative, at, r.hi, r.lo);
  });

  const logarithmOf1Plus = module.function([i32, ...EXTENDED], WIDE, (f, negative, e, m) => {
    // z = x / (2 + x); the denominator is 2 + x over 4.
    const [xh, xl] = f.call(shiftRight, m, 0, int(BIAS + 1).sub(e));
    const d = { hi: f.let(xh), lo: f.let(xl) };
    const half = fraction(1n << 127n);
    f.if(
      negative,
      () => {
        const less = math.minus(f, half, { hi: xh, lo: xl });
        f.set(d.hi, less.hi);
        f.set(d.lo, less.lo);
      },
      () => f.set(d.hi, xh.add(INTEGER_BIT)),
    );
    const [re, h, l] = f.call(ofQuotient, e, m, d.hi, d.lo);
    f.results(re, h, l);
  });

  return { reduce, sine, cosine, ratio, arctangent, powerLess1, logarithm, logarithmOf1Plus };

  /** The upper half of a number from 1/4 to 1 as a fraction. */
  function toTop(e: Local, hi: Local) {
    return hi.shr(
      int(BIAS - 1)
        .sub(e)
        .and(63)
        .wide(),
    );
  }
}
