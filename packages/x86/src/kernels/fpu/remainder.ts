/** FPREM, FPREM1, FRNDINT, FSCALE and FXTRACT. */
import { ValueType } from "@mem/wasm-emit";
import { int, long } from "../expression.js";
import type { Callee } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import type { Arithmetic } from "./arithmetic.js";
import { denormalOperand, nanResult, normalise } from "./arithmetic.js";
import { AT_FPU_STATUS } from "../../state/layout.js";
import { CONDITIONS, FpuBit } from "./bits.js";
import { roundedBits } from "./convert.js";
import type { Rounding } from "./round.js";
import type { Stack } from "./state.js";
import {
  BIAS,
  EXTENDED,
  INTEGER_BIT,
  control,
  exponent,
  isDenormal,
  isSpecial,
  isZero,
  rounding,
  signOf,
  status,
} from "./state.js";

const { i32, i64 } = ValueType;

/** The functions of this file. */
export interface Remainders {
  /** `(state, a, b, to nearest)`: a rem b; sets the conditions. */
  readonly remainder: Callee;
  /** `(state, a)`. */
  readonly roundToInteger: Callee;
  /** `(state, a, b)`: a times 2 to the power of trunc(b). */
  readonly scale: Callee;
}

/** Adds the functions of this file. */
export function remainders(
  module: KernelModule,
  stack: Stack,
  { packAt, shiftRight, round }: Rounding,
  { nan, quotient }: Arithmetic,
): Remainders {
  const remainder = module.function(
    [i32, ...EXTENDED, ...EXTENDED, i32],
    EXTENDED,
    (f, s, ase, am, bse, bm, nearest) => {
      const a = { se: ase, m: am };
      const b = { se: bse, m: bm };
      nanResult(f, nan, s, a, b);
      f.if(isSpecial(a).or(isZero(b)), () => stack.invalid(f, s));
      denormalOperand(f, stack, s, isDenormal(a).or(isDenormal(b)));
      f.store32(s, AT_FPU_STATUS, status(s).and(~CONDITIONS));
      f.if(isSpecial(b).or(isZero(a)), () => {
        f.if(isZero(a), () => f.return(ase, am));
        const e = f.let(exponent(a));
        normalise(f, e, am);
        f.return(...f.call(packAt, s, signOf(a), e, am, 0, 0));
      });
      const ea = f.let(exponent(a));
      const eb = f.let(exponent(b));
      normalise(f, ea, am);
      normalise(f, eb, bm);
      const sign = f.let(signOf(a));
      const d = f.let(ea.sub(eb));
      const q = f.local(i64);
      const partial = f.local(i32);
      // Less than half of b, so that nothing is subtracted.
      f.if(d.lt(-1).or(d.lt(0).and(nearest.not())), () => {
        f.return(...f.call(packAt, s, sign, ea, am, 0, 0));
      });
      // A long distance is gone in parts: 2^n times b is subtracted, with 32 <= n <= 63.
      f.if(d.ge(64), () => {
        f.set(partial, FpuBit.C2);
        f.set(d, d.and(31).add(32));
        f.set(eb, ea.sub(d));
      });
      const r = f.let(am);
      // The remainder is kept at b's exponent; a quotient bit comes in with every step.
      f.if(d.ge(0), () => {
        f.if(r.geU(bm), () => {
          f.set(r, r.sub(bm));
          f.set(q, 1);
        });
        f.if(d.ne(0), () => {
          const n = d.wide();
          const [digits, rest] = f.call(quotient, r.shr(long(64).sub(n)), r.shl(n), bm);
          f.set(q, q.shl(n).or(digits));
          f.set(r, rest);
        });
      });
      const e = f.let(eb);
      f.if(nearest.and(partial.not()), () => {
        // Where d is -1, r is a itself, half a place lower.
        const up = f.local(i32);
        f.if(
          d.lt(0),
          () => {
            f.set(up, r.gtU(bm));
            f.if(up.not(), () => f.set(e, ea));
          },
          () =>
            f.set(
              up,
              r
                .lt(0)
                .or(r.shl(1).gtU(bm))
                .or(r.shl(1).eq(bm).and(q.and(1).ne(0))),
            ),
        );
        f.if(up, () => {
          f.set(q, q.add(1));
          f.set(sign, sign.xor(0x8000));
          f.if(
            d.lt(0),
            // 2b - a, at a's exponent.
            () => {
              f.set(e, ea);
              f.set(r, bm.sub(r).add(bm));
            },
            () => f.set(r, bm.sub(r)),
          );
        });
      });
      // C0, C3 and C1 are the quotient's bits 2, 1 and 0.
      f.if(
        partial,
        () => stack.raiseBits(f, s, partial),
        () => {
          const low = f.let(q.low());
          stack.raiseBits(f, s, low.and(4).shl(6).or(low.and(2).shl(13)).or(low.and(1).shl(9)));
        },
      );
      f.if(r.not(), () => f.return(signOf(a), 0));
      const n = f.let(r.clz());
      f.results(...f.call(packAt, s, sign, e.sub(n.low()), r.shl(n), 0, 0));
    },
  );

  const roundToInteger = module.function([i32, ...EXTENDED], EXTENDED, (f, s, se, am) => {
    const a = { se, m: am };
    nanResult(f, nan, s, a, a);
    f.if(
      exponent(a)
        .ge(BIAS + 63)
        .or(isZero(a)),
      () => f.return(se, am),
    );
    denormalOperand(f, stack, s, isDenormal(a));
    const [hi, lo] = f.call(shiftRight, am, 0, int(BIAS + 63).sub(exponent(a)));
    const [m, how] = f.call(round, rounding(s), signOf(a), hi, lo, 0);
    f.if(how, () => stack.raiseBits(f, s, roundedBits(how)));
    f.if(m.not(), () => f.return(signOf(a), 0));
    const n = f.let(m.clz());
    f.results(signOf(a).or(int(BIAS + 63).sub(n.low())), m.shl(n));
  });

  const scale = module.function(
    [i32, ...EXTENDED, ...EXTENDED],
    EXTENDED,
    (f, s, ase, am, bse, bm) => {
      const a = { se: ase, m: am };
      const b = { se: bse, m: bm };
      nanResult(f, nan, s, a, b);
      const down = f.let(signOf(b).ne(0));
      f.if(isSpecial(b), () => {
        f.if(isSpecial(a).and(down).or(isZero(a).and(down.not())), () => stack.invalid(f, s));
        denormalOperand(f, stack, s, isDenormal(a));
        f.if(isSpecial(a).or(isZero(a)), () => f.return(ase, am));
        f.if(down, () => f.return(signOf(a), 0));
        f.return(signOf(a).or(0x7fff), INTEGER_BIT);
      });
      denormalOperand(f, stack, s, isDenormal(a).or(isDenormal(b)));
      f.if(isSpecial(a).or(isZero(a)), () => f.return(ase, am));
      const e = f.let(exponent(a));
      normalise(f, e, am);
      const n = f.local(i32);
      const be = f.let(exponent(b).sub(BIAS));
      f.if(be.ge(0), () =>
        f.set(n, int(0xffff).when(be.gt(15), bm.shr(int(63).sub(be).and(63).wide()).low())),
      );
      f.if(down, () => f.set(n, int(0).sub(n)));
      f.set(e, e.add(n));
      // Too far for an unmasked response: the result is infinity or zero.
      const far = f.let(e.gt(0x7ffe + 0x6000).or(e.lt(-0x6000)));
      f.if(far.and(control(s).and(FpuBit.OE).not()).and(e.gt(0)), () => {
        stack.raiseBits(f, s, FpuBit.OE | FpuBit.PE | FpuBit.C1);
        f.return(signOf(a).or(0x7fff), INTEGER_BIT);
      });
      f.if(far.and(control(s).and(FpuBit.UE).not()).and(e.lt(0)), () => {
        stack.raiseBits(f, s, FpuBit.UE | FpuBit.PE);
        f.return(signOf(a), 0);
      });
      f.results(...f.call(packAt, s, signOf(a), e, am, 0, 0));
    },
  );
  return { remainder, roundToInteger, scale };
}
