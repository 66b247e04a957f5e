/** Addition, multiplication, division, square root and comparison. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { CONDITIONS, FpuBit } from "./bits.js";
import type { Rounding } from "./round.js";
import type { Extended, Stack } from "./state.js";
import {
  BIAS,
  DEFAULT_NAN,
  EXTENDED,
  INTEGER_BIT,
  QUIET_BIT,
  control,
  exponent,
  isDenormal,
  isNan,
  isNormal,
  isSignalling,
  isSpecial,
  isUnsupported,
  isZero,
  rounding,
  signOf,
} from "./state.js";

const { i32, i64, f64 } = ValueType;

/** The state, two operands, and whether one has been made of a denormal of another format. */
const TWO_OPERANDS = [i32, i32, i64, i32, i64, i32] as const;

/** The functions of this file. */
export interface Arithmetic {
  /** `(state, a, b)`: whether the result is a NaN, and it; raises IE. */
  readonly nan: Callee;
  /** `(state, a, b, denormal, 8000h to subtract)`. */
  readonly add: Callee;
  /** `(state, a, b, denormal)`. */
  readonly multiply: Callee;
  /** `(state, a, b, denormal)`: a / b. */
  readonly divide: Callee;
  /** `(state, a)`. */
  readonly squareRoot: Callee;
  /** `(state, a, b, denormal, quiet)`: C0, C2 and C3 of a comparison with b. */
  readonly compare: Callee;
  /** `(a, b)`: high and low 64 bits of the product. */
  readonly product: Callee;
  /** `(hi, lo, divisor)`: quotient and remainder; hi < divisor, which has its top bit. */
  readonly quotient: Callee;
}

/** Raises DE for a denormal operand; ends the function with `a` if that is not masked. */
export function denormalOperand(
  f: KernelFunction,
  stack: Stack,
  s: Local,
  denormal: ReturnType<typeof isDenormal>,
): void {
  f.if(denormal, () => {
    stack.raiseBits(f, s, FpuBit.DE);
    f.if(control(s).and(FpuBit.DE).not(), () => f.return(...DEFAULT_NAN));
  });
}

/** Ends the function if the result is a NaN. */
export function nanResult(
  f: KernelFunction,
  nan: Callee,
  s: Local,
  a: Extended,
  b: Extended,
): void {
  const [is, se, m] = f.call(nan, s, a.se, a.m, b.se, b.m);
  f.if(is, () => f.return(se, m));
}

/** Shifts a product of two significands left if its integer bit is clear. */
export function normaliseProduct(f: KernelFunction, e: Local, hi: Local, lo: Local): void {
  f.if(hi.ge(0), () => {
    f.set(hi, hi.shl(1).or(lo.shr(63)));
    f.set(lo, lo.shl(1));
    f.set(e, e.sub(1));
  });
}

/** Gives a denormal its integer bit: `m` and `e` are changed. Zero stays. */
export function normalise(f: KernelFunction, e: Local, m: Local): void {
  f.if(e.not().and(m.ne(0)), () => {
    f.set(e, int(1).sub(m.clz().low()));
    f.set(m, m.shl(m.clz()));
  });
}

/** Adds the functions of this file. */
export function arithmeticFunctions(
  module: KernelModule,
  stack: Stack,
  { pack, shiftRight }: Rounding,
): Arithmetic {
  const nan = module.function(
    [i32, ...EXTENDED, ...EXTENDED],
    [i32, i32, i64],
    (f, s, ase, am, bse, bm) => {
      const a = { se: ase, m: am };
      const b = { se: bse, m: bm };
      f.if(isUnsupported(a).or(isUnsupported(b)), () => {
        stack.raiseBits(f, s, FpuBit.IE);
        f.return(1, ...DEFAULT_NAN);
      });
      const aNan = f.let(isNan(a));
      const bNan = f.let(isNan(b));
      f.if(aNan.or(bNan).not(), () => f.return(0, 0, 0));
      const aSignals = f.let(isSignalling(a));
      const bSignals = f.let(isSignalling(b));
      f.if(aSignals.or(bSignals), () => stack.raiseBits(f, s, FpuBit.IE));
      const second = f.let(bNan);
      f.if(aNan.and(bNan), () => {
        // The quiet one, or else the larger significand, or else the positive one.
        f.set(second, bm.gtU(am).or(bm.eq(am).and(ase.gtU(bse))));
        f.if(aSignals.ne(bSignals), () => f.set(second, aSignals));
      });
      f.results(1, bse.when(second, ase), bm.when(second, am).or(QUIET_BIT));
    },
  );

  const exactZeroSign = (s: Local) => rounding(s).eq(1).shl(15);

  const add = module.function(
    [...TWO_OPERANDS, i32],
    EXTENDED,
    (f, s, ase, am, bse, bm, den, flip) => {
      const a = { se: ase, m: am };
      const b = { se: bse, m: bm };
      const ea = f.let(exponent(a));
      const eb = f.let(exponent(b));
      f.if(isNormal(a).and(isNormal(b)).and(den.not()).not(), () => {
        nanResult(f, nan, s, a, b);
        const opposite = f.let(ase.xor(bse).xor(flip).and(0x8000));
        f.if(isSpecial(a).and(isSpecial(b)).and(opposite.ne(0)), () => stack.invalid(f, s));
        denormalOperand(f, stack, s, den.or(isDenormal(a)).or(isDenormal(b)));
        f.if(isSpecial(a), () => f.return(ase, am));
        f.if(isSpecial(b), () => f.return(bse.xor(flip), bm));
        normalise(f, ea, am);
        normalise(f, eb, bm);
        f.if(am.not(), () => {
          f.if(bm.not(), () => f.return(exactZeroSign(s).when(opposite, signOf(a)), 0));
          f.return(...f.call(pack, s, bse.xor(flip).and(0x8000), eb, bm, 0));
        });
        f.if(bm.not(), () => {
          f.return(...f.call(pack, s, signOf(a), ea, am, 0));
        });
      });
      const opposite = f.let(ase.xor(bse).xor(flip).and(0x8000));
      const sign = f.let(signOf(a));
      f.if(ea.lt(eb).or(ea.eq(eb).and(am.ltU(bm))), () => {
        const e = f.let(ea);
        const m = f.let(am);
        f.set(ea, eb);
        f.set(eb, e);
        f.set(am, bm);
        f.set(bm, m);
        f.set(sign, sign.xor(opposite));
      });
      const [hi, lo] = f.call(shiftRight, bm, 0, ea.sub(eb));
      f.if(
        opposite.not(),
        () => {
          f.set(hi, hi.add(am));
          f.if(hi.ltU(am), () => {
            f.set(lo, hi.shl(63).or(lo.shr(1)).or(lo.and(1)));
            f.set(hi, hi.shr(1).or(INTEGER_BIT));
            f.set(ea, ea.add(1));
          });
        },
        () => {
          f.set(hi, am.sub(hi).sub(lo.ne(0).wide()));
          f.set(lo, long(0).sub(lo));
          f.if(hi.not(), () => {
            f.if(lo.not(), () => f.return(exactZeroSign(s), 0));
            f.set(hi, lo);
            f.set(lo, 0);
            f.set(ea, ea.sub(64));
          });
          const n = f.let(hi.clz());
          f.if(n.ne(0), () => {
            f.set(hi, hi.shl(n).or(lo.shr(long(64).sub(n))));
            f.set(lo, lo.shl(n));
            f.set(ea, ea.sub(n.low()));
          });
        },
      );
      f.results(...f.call(pack, s, sign, ea, hi, lo));
    },
  );

  const product = module.function([i64, i64], [i64, i64], (f, a, b) => {
    const al = f.let(a.and(0xffffffff));
    const ah = f.let(a.shr(32));
    const bl = f.let(b.and(0xffffffff));
    const bh = f.let(b.shr(32));
    const low = f.let(al.mul(bl));
    const middle = f.let(ah.mul(bl).add(low.shr(32)));
    const other = f.let(al.mul(bh).add(middle.and(0xffffffff)));
    f.results(
      ah.mul(bh).add(middle.shr(32)).add(other.shr(32)),
      other.shl(32).or(low.and(0xffffffff)),
    );
  });

  const multiply = module.function(TWO_OPERANDS, EXTENDED, (f, s, ase, am, bse, bm, den) => {
    const a = { se: ase, m: am };
    const b = { se: bse, m: bm };
    const ea = f.let(exponent(a));
    const eb = f.let(exponent(b));
    const sign = f.let(ase.xor(bse).and(0x8000));
    f.if(isNormal(a).and(isNormal(b)).and(den.not()).not(), () => {
      nanResult(f, nan, s, a, b);
      f.if(
        isSpecial(a)
          .and(isZero(b))
          .or(isSpecial(b).and(isZero(a))),
        () => stack.invalid(f, s),
      );
      denormalOperand(f, stack, s, den.or(isDenormal(a)).or(isDenormal(b)));
      f.if(isSpecial(a).or(isSpecial(b)), () => f.return(sign.or(0x7fff), INTEGER_BIT));
      normalise(f, ea, am);
      normalise(f, eb, bm);
      f.if(am.not().or(bm.not()), () => f.return(sign, 0));
    });
    const [hi, lo] = f.call(product, am, bm);
    f.set(ea, ea.add(eb).sub(BIAS - 1));
    normaliseProduct(f, ea, hi, lo);
    f.results(...f.call(pack, s, sign, ea, hi, lo));
  });

  const quotient = module.function([i64, i64, i64], [i64, i64], (f, hi, lo, d) => {
    const dh = f.let(d.shr(32));
    const dl = f.let(d.and(0xffffffff));
    const digits: Local[] = [];
    const rest = f.let(hi);
    for (const next of [lo.shr(32), lo.and(0xffffffff)]) {
      // A digit of 32 bits is estimated by the divisor's upper half, and then at most 2 too large.
      const q = f.let(rest.divU(dh));
      const r = f.let(rest.sub(q.mul(dh)));
      f.block((leave) => {
        const again = f.code.loop();
        f.leaveIf(q.leU(0xffffffff).and(q.mul(dl).leU(r.shl(32).or(next))), leave);
        f.set(q, q.sub(1));
        f.set(r, r.add(dh));
        f.leaveIf(r.leU(0xffffffff), again);
        f.code.end();
      });
      f.set(rest, rest.shl(32).or(next).sub(q.mul(d)));
      digits.push(q);
    }
    f.results(digits[0].shl(32).or(digits[1]), rest);
  });

  const divide = module.function(TWO_OPERANDS, EXTENDED, (f, s, ase, am, bse, bm, den) => {
    const a = { se: ase, m: am };
    const b = { se: bse, m: bm };
    const ea = f.let(exponent(a));
    const eb = f.let(exponent(b));
    const sign = f.let(ase.xor(bse).and(0x8000));
    f.if(isNormal(a).and(isNormal(b)).and(den.not()).not(), () => {
      nanResult(f, nan, s, a, b);
      f.if(
        isSpecial(a)
          .and(isSpecial(b))
          .or(isZero(a).and(isZero(b))),
        () => stack.invalid(f, s),
      );
      f.if(isZero(b).and(isSpecial(a).not()), () => {
        stack.raiseBits(f, s, FpuBit.ZE);
        f.return(sign.or(0x7fff), INTEGER_BIT);
      });
      denormalOperand(f, stack, s, den.or(isDenormal(a)).or(isDenormal(b)));
      f.if(isSpecial(a), () => f.return(sign.or(0x7fff), INTEGER_BIT));
      f.if(isSpecial(b), () => f.return(sign, 0));
      normalise(f, ea, am);
      normalise(f, eb, bm);
      f.if(am.not(), () => f.return(sign, 0));
    });
    f.set(ea, ea.sub(eb).add(BIAS - 1));
    const low = f.local(i64);
    f.if(am.geU(bm), () => {
      f.set(low, am.shl(63));
      f.set(am, am.shr(1));
      f.set(ea, ea.add(1));
    });
    const [q, r] = f.call(quotient, am, low, bm);
    // Of the fraction only counts whether it is 0, less than, equal to, or more than a half.
    const half = f.let(r.lt(0).or(r.shl(1).geU(bm)));
    const rest = f.let(r.ne(0).wide().or(long(INTEGER_BIT).when(half, 0)));
    f.if(r.shl(1).eq(bm).and(r.ge(0)), () => f.set(rest, INTEGER_BIT));
    f.results(...f.call(pack, s, sign, ea, q, rest));
  });

  const squareRoot = module.function([i32, ...EXTENDED], EXTENDED, (f, s, ase, am) => {
    const a = { se: ase, m: am };
    const e = f.let(exponent(a));
    f.if(isNormal(a).and(signOf(a).not()).not(), () => {
      nanResult(f, nan, s, a, a);
      f.if(isZero(a), () => f.return(ase, am));
      f.if(signOf(a), () => stack.invalid(f, s));
      f.if(isSpecial(a), () => f.return(ase, am));
      denormalOperand(f, stack, s, isDenormal(a));
      normalise(f, e, am);
    });
    // The radicand has 128 bits, its point at an even place: am and 64 zeros, or half of that.
    const even = f.let(e.and(1).not());
    f.set(e, e.add(BIAS).shr(1));
    const low = f.local(i64);
    f.if(even.not(), () => {
      f.set(low, am.shl(63));
      f.set(am, am.shr(1));
    });
    // The upper half of the root by doubles, then one digit of 32 bits by division.
    const estimate = am
      .apply(Op.f64ConvertI64U, f64)
      .apply(Op.f64Sqrt, f64)
      .apply(Op.i64TruncF64U, i64);
    const root = f.let(estimate);
    f.if(root.gtU(0xffffffff), () => f.set(root, 0xffffffff));
    f.if(root.mul(root).gtU(am), () => f.set(root, root.sub(1)));
    const r = f.let(am.sub(root.mul(root)));
    f.if(r.gtU(root.shl(1)), () => {
      f.set(r, r.sub(root.shl(1)).sub(1));
      f.set(root, root.add(1));
    });
    const next = f.let(r.shl(31).or(low.shr(33)));
    const q = f.let(next.divU(root));
    const u = f.let(next.remU(root).shl(1).or(low.shr(32).and(1)));
    f.if(q.gtU(0xffffffff), () => {
      f.set(q, q.sub(1));
      f.set(u, u.add(root.shl(1)));
    });
    const square = f.let(q.mul(q));
    const bottom = f.let(u.shl(32));
    const rest = f.let(bottom.sub(square));
    const restHigh = f.let(u.shr(32).sub(bottom.ltU(square).wide()));
    f.set(root, root.shl(32).or(q));
    f.if(restHigh.lt(0), () => {
      f.set(root, root.sub(1));
      const twice = f.let(root.shl(1).or(1));
      f.set(rest, rest.add(twice));
      f.set(restHigh, restHigh.add(root.shr(63)).add(rest.ltU(twice).wide()));
    });
    const more = f.let(restHigh.gt(0).or(rest.gtU(root)));
    const fraction = f.let(rest.or(restHigh).ne(0).wide().or(long(INTEGER_BIT).when(more, 0)));
    f.results(...f.call(pack, s, 0, e, root, fraction));
  });

  const compare = module.function(
    [...TWO_OPERANDS, i32],
    [i32],
    (f, s, ase, am, bse, bm, den, quiet) => {
      const a = { se: ase, m: am };
      const b = { se: bse, m: bm };
      const unordered = f.let(isUnsupported(a).or(isUnsupported(b)));
      const nans = f.let(isNan(a).or(isNan(b)));
      f.if(unordered.or(nans), () => {
        f.if(unordered.or(isSignalling(a)).or(isSignalling(b)).or(quiet.not()), () =>
          stack.raiseBits(f, s, FpuBit.IE),
        );
        f.return(CONDITIONS);
      });
      f.if(den.or(isDenormal(a)).or(isDenormal(b)), () => stack.raiseBits(f, s, FpuBit.DE));
      // A pseudo-denormal has the value of the number with the least exponent.
      const ea = f.let(exponent(a));
      const eb = f.let(exponent(b));
      f.if(ea.not().and(am.lt(0)), () => f.set(ea, 1));
      f.if(eb.not().and(bm.lt(0)), () => f.set(eb, 1));
      const magnitude = ea.eq(eb).and(am.eq(bm));
      f.if(magnitude.and(ase.xor(bse).and(0x8000).not().or(am.not())), () => f.return(FpuBit.C3));
      const less = f.let(ea.lt(eb).or(ea.eq(eb).and(am.ltU(bm))));
      const negative = signOf(a).ne(0);
      f.if(ase.xor(bse).and(0x8000), () => f.return(negative.shl(8)));
      f.results(less.xor(negative).shl(8));
    },
  );
  return { nan, add, multiply, divide, squareRoot, compare, product, quotient };
}
