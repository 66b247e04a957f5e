/** Kernels of the transcendental instructions: special operands, and what is pushed and popped. */
import type { Expression, Local } from "../expression.js";
import { int } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { ValueType } from "@mem/wasm-emit";
import type { Arithmetic } from "./arithmetic.js";
import { denormalOperand, nanResult, normalise, normaliseProduct } from "./arithmetic.js";
import { FpuBit } from "./bits.js";
import { functionKernel } from "./move-kernels.js";
import type { Rounding } from "./round.js";
import type { Extended, Stack } from "./state.js";
import {
  BIAS,
  DEFAULT_NAN,
  EXTENDED,
  INTEGER_BIT,
  exponent,
  isDenormal,
  isSpecial,
  isZero,
  signOf,
} from "./state.js";
import type { Transcendental } from "./transcendental.js";

const { i32 } = ValueType;
const PI: readonly [bigint, bigint] = [0xc90fdaa22168c234n, 0xc4c6628b80dc1cd1n];
/** Three quarters of pi. */
const PI_3_4: readonly [bigint, bigint] = [0x96cbe3f9990e91a7n, 0x9394c9e8a0a5159dn];

/** Adds the kernels. */
export function transcendentalKernels(
  module: KernelModule,
  stack: Stack,
  arithmetic: Arithmetic,
  { packAt }: Rounding,
  t: Transcendental,
): void {
  /** Rounds; the result is never exact. */
  const pack = (f: KernelFunction, s: Local, sign: Expression, [e, hi, lo]: readonly Local[]) => {
    return f.call(packAt, s, sign, e, hi, lo.or(1), 0);
  };
  const constant = (
    f: KernelFunction,
    s: Local,
    sign: Expression,
    e: number,
    [hi, lo]: readonly [bigint, bigint],
  ): void => f.return(...f.call(packAt, s, sign, e, hi, lo, 0));

  /** `(state, number, which)`: 0 the sine, 1 the cosine, 2 the tangent. */
  const circular = module.function([i32, ...EXTENDED, i32], EXTENDED, (f, s, se, m, which) => {
    const a = { se, m };
    nanResult(f, arithmetic.nan, s, a, a);
    f.if(isSpecial(a), () => stack.invalid(f, s));
    f.if(isZero(a), () => {
      f.if(which.eq(1), () => f.return(BIAS, INTEGER_BIT));
      f.return(se, m);
    });
    denormalOperand(f, stack, s, isDenormal(a));
    const e = f.let(exponent(a));
    normalise(f, e, m);
    const [q, beyond, re, hi, lo] = f.call(t.reduce, e, m);
    const angle = [re, hi, lo];
    const [ce, ch, cl] = f.call(t.cosine, ...angle);
    const [ne, nh, nl] = f.call(t.sine, ...angle);
    // A quarter turn makes sine cosine, and cosine the negative sine.
    const odd = f.let(q.and(1));
    const sineNegative = f.let(signOf(a).shr(15).xor(beyond));
    f.if(which.eq(2), () => {
      const sign = sineNegative.xor(odd).shl(15);
      f.if(odd, () => {
        f.return(...pack(f, s, sign, f.call(t.ratio, ce, ch, cl, ne, nh, nl)));
      });
      // The tangent of the least numbers is just above them: it must not fall below their range.
      f.if(re.lt(BIAS - 64), () => {
        f.return(...pack(f, s, sign, angle));
      });
      f.return(...pack(f, s, sign, f.call(t.ratio, ne, nh, nl, ce, ch, cl)));
    });
    const turn = f.let(q.add(which).shr(1).and(1));
    // For the cosine the angle's sign does not count, nor does that of the argument.
    const cosine = f.let(odd.xor(which));
    f.if(cosine, () => {
      const sign = f.let(signOf(a).shr(15).xor(turn));
      f.if(which, () => f.set(sign, turn));
      f.return(...pack(f, s, sign.shl(15), [ce, ch, cl]));
    });
    const sign = f.let(sineNegative.xor(turn));
    f.if(which, () => f.set(sign, beyond.xor(turn)));
    f.results(...pack(f, s, sign.shl(15), [ne, nh, nl]));
  });

  /** Begins a kernel of the circular functions: C2 tells that the argument is too large. */
  const beginCircular = (
    f: KernelFunction,
    s: Local,
    pushes: boolean,
  ): { at: Local; x: Extended } => {
    const spoil = (): void => {
      if (pushes) stack.push(f, s, ...DEFAULT_NAN);
    };
    const at = stack.target(f, s, 0, undefined, spoil, FpuBit.C1 | FpuBit.C2);
    if (pushes) stack.needRoom(f, s, () => stack.write(f, at, ...DEFAULT_NAN));
    const x = stack.read(f, at);
    f.if(
      exponent(x)
        .ge(BIAS + 63)
        .and(isSpecial(x).not())
        .and(x.m.lt(0)),
      () => {
        stack.raiseBits(f, s, FpuBit.C2);
        f.return(0);
      },
    );
    return { at, x };
  };
  for (const [which, name] of ["fsin", "fcos"].entries()) {
    module.kernel(name, (f, s) => {
      const { at, x } = beginCircular(f, s, false);
      stack.finish(f, s, at, f.call(circular, s, x.se, x.m, which));
    });
  }
  module.kernel("fsincos", (f, s) => {
    const { at, x } = beginCircular(f, s, true);
    const sine = f.call(circular, s, x.se, x.m, 0);
    const [ce, cm] = f.call(circular, s, x.se, x.m, 1);
    stack.finish(f, s, at, sine);
    stack.push(f, s, ce, cm);
  });
  module.kernel("fptan", (f, s) => {
    const { at, x } = beginCircular(f, s, true);
    const [se, m] = f.call(circular, s, x.se, x.m, 2);
    stack.finish(f, s, at, [se, m]);
    // A NaN takes the place of 1 too.
    f.if(isSpecial({ se, m }), () => {
      stack.push(f, s, se, m);
      f.return(0);
    });
    stack.push(f, s, BIAS, INTEGER_BIT);
  });

  const power = module.function([i32, ...EXTENDED], EXTENDED, (f, s, se, m) => {
    const a = { se, m };
    nanResult(f, arithmetic.nan, s, a, a);
    f.if(isSpecial(a), () => {
      f.if(signOf(a), () => f.return(0x8000 | BIAS, INTEGER_BIT));
      f.return(se, m);
    });
    f.if(isZero(a), () => f.return(se, m));
    denormalOperand(f, stack, s, isDenormal(a));
    const e = f.let(exponent(a));
    normalise(f, e, m);
    // 1 and -1 have exact results.
    f.if(e.eq(BIAS).and(m.eq(INTEGER_BIT)), () =>
      f.return(int(0x8000 | (BIAS - 1)).when(signOf(a), BIAS), INTEGER_BIT),
    );
    f.results(...pack(f, s, signOf(a), f.call(t.powerLess1, signOf(a), e, m)));
  });
  functionKernel(module, stack, "f2xm1", power);

  /** ST(1) = function of ST(1) and ST(0), which is popped. */
  const popping = (name: string, callee: Callee): void => {
    module.kernel(name, (f, s) => {
      const missing = stack.isEmpty(s, 0).or(stack.isEmpty(s, 1));
      const at = stack.target(f, s, 1, missing, () => stack.pop(f, s));
      const y = stack.read(f, at);
      const x = stack.read(f, stack.register(f, s, 0));
      stack.finish(f, s, at, f.call(callee, s, y.se, y.m, x.se, x.m));
      stack.pop(f, s);
    });
  };
  const two = [i32, ...EXTENDED, ...EXTENDED];

  /** y times a logarithm, which has 128 bits. */
  const timesLogarithm = (
    f: KernelFunction,
    s: Local,
    ye: Local,
    ym: Local,
    sign: Expression,
    [e, hi, lo]: readonly Local[],
  ): void => {
    const [ph, pl] = f.call(arithmetic.product, ym, hi);
    const [more] = f.call(arithmetic.product, ym, lo);
    const l = f.let(pl.add(more));
    const h = f.let(ph.add(l.ltU(more).wide()));
    const at = f.let(ye.add(e).sub(BIAS - 1));
    normaliseProduct(f, at, h, l);
    f.return(...pack(f, s, sign, [at, h, l]));
  };

  popping(
    "fyl2x",
    module.function(two, EXTENDED, (f, s, yse, ym, xse, xm) => {
      const y = { se: yse, m: ym };
      const x = { se: xse, m: xm };
      nanResult(f, arithmetic.nan, s, y, x);
      f.if(signOf(x).ne(0).and(isZero(x).not()), () => stack.invalid(f, s));
      const sign = f.let(signOf(y));
      const one = f.let(x.se.eq(BIAS).and(x.m.eq(INTEGER_BIT)));
      const below = f.let(exponent(x).lt(BIAS));
      f.if(isZero(x), () => {
        f.if(isZero(y), () => stack.invalid(f, s));
        f.if(isSpecial(y).not(), () => stack.raiseBits(f, s, FpuBit.ZE));
        f.return(sign.xor(0xffff), INTEGER_BIT);
      });
      f.if(isSpecial(x).and(isZero(y)).or(isSpecial(y).and(one)), () => stack.invalid(f, s));
      denormalOperand(f, stack, s, isDenormal(x).or(isDenormal(y)));
      f.if(isSpecial(x), () => f.return(sign.or(0x7fff), INTEGER_BIT));
      f.set(sign, sign.xor(below.shl(15)));
      f.if(isSpecial(y), () => f.return(sign.or(0x7fff), INTEGER_BIT));
      f.if(isZero(y).or(one), () => f.return(sign, 0));
      const ye = f.let(exponent(y));
      const xe = f.let(exponent(x));
      normalise(f, ye, ym);
      normalise(f, xe, xm);
      // Of a power of two the logarithm is a number, and the product may be exact: PE is set all the same.
      f.if(xm.eq(INTEGER_BIT), () => {
        const n = f.let(xe.sub(BIAS));
        const size = f.let(int(0).sub(n).when(below, n).wide());
        const zeros = f.let(size.clz());
        const [hi, lo] = f.call(arithmetic.product, ym, size.shl(zeros));
        const at = f.let(ye.add(int(BIAS + 63).sub(zeros.low())).sub(BIAS - 1));
        normaliseProduct(f, at, hi, lo);
        const [pe, pm] = f.call(packAt, s, sign, at, hi, lo, 0);
        stack.raiseBits(f, s, int(FpuBit.PE).or(pe.and(0x7fff).not().shl(4)));
        f.return(pe, pm);
      });
      const [, le, lh, ll] = f.call(t.logarithm, xe, xm);
      timesLogarithm(f, s, ye, ym, sign, [le, lh, ll]);
      f.results(0, 0);
    }),
  );
  popping(
    "fyl2xp1",
    module.function(two, EXTENDED, (f, s, yse, ym, xse, xm) => {
      const y = { se: yse, m: ym };
      const x = { se: xse, m: xm };
      nanResult(f, arithmetic.nan, s, y, x);
      const sign = f.let(xse.xor(yse).and(0x8000));
      f.if(isSpecial(x).and(isZero(y).or(signOf(x).ne(0))), () => stack.invalid(f, s));
      f.if(isZero(x).and(isSpecial(y)), () => stack.invalid(f, s));
      denormalOperand(f, stack, s, isDenormal(x).or(isDenormal(y)));
      f.if(isSpecial(x).or(isSpecial(y)), () => f.return(sign.or(0x7fff), INTEGER_BIT));
      f.if(isZero(x).or(isZero(y)), () => f.return(sign, 0));
      const ye = f.let(exponent(y));
      const xe = f.let(exponent(x));
      normalise(f, ye, ym);
      normalise(f, xe, xm);
      timesLogarithm(f, s, ye, ym, sign, f.call(t.logarithmOf1Plus, signOf(x), xe, xm));
      f.results(0, 0);
    }),
  );
  popping(
    "fpatan",
    module.function(two, EXTENDED, (f, s, yse, ym, xse, xm) => {
      const y = { se: yse, m: ym };
      const x = { se: xse, m: xm };
      nanResult(f, arithmetic.nan, s, y, x);
      const sign = f.let(signOf(y));
      const left = f.let(signOf(x));
      denormalOperand(f, stack, s, isDenormal(x).or(isDenormal(y)));
      f.if(isSpecial(y), () => {
        f.if(isSpecial(x), () => {
          f.if(left, () => constant(f, s, sign, BIAS + 1, PI_3_4));
          constant(f, s, sign, BIAS - 1, PI);
        });
        constant(f, s, sign, BIAS, PI);
      });
      f.if(isSpecial(x).or(isZero(y)), () => {
        f.if(left, () => constant(f, s, sign, BIAS + 1, PI));
        f.return(sign, 0);
      });
      f.if(isZero(x), () => constant(f, s, sign, BIAS, PI));
      const ye = f.let(exponent(y));
      const xe = f.let(exponent(x));
      normalise(f, ye, ym);
      normalise(f, xe, xm);
      f.results(...pack(f, s, sign, f.call(t.arctangent, ye, ym, xe, xm, left)));
    }),
  );
}
