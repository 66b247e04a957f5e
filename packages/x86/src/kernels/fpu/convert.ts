/** Singles, doubles, integers and decimal numbers, to and from 80 bits. */
import { ValueType } from "@mem/wasm-emit";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { FpuBit } from "./bits.js";
import type { Rounding } from "./round.js";
import { ROUNDED } from "./round.js";
import type { Stack } from "./state.js";
import {
  BIAS,
  EXTENDED,
  INTEGER_BIT,
  QUIET_BIT,
  control,
  exponent,
  isNan,
  isSignalling,
  isUnsupported,
  rounding,
  signOf,
} from "./state.js";

const { i32, i64 } = ValueType;

/** The functions of this file. */
export interface Conversions {
  /** `(bits) -> (number, was it denormal)`. */
  readonly fromSingle: Callee;
  /** `(bits) -> (number, was it denormal)`. */
  readonly fromDouble: Callee;
  /** `(integer) -> number`. */
  readonly fromInteger: Callee;
  /** `(state, number) -> (bits, may it be stored)`. */
  readonly toSingle: Callee;
  /** `(state, number) -> (bits, may it be stored)`. */
  readonly toDouble: Callee;
  /** `(rounding control, number) -> (magnitude, ROUNDED, is it beyond 64 bits)`. */
  readonly toMagnitude: Callee;
  /** `(state, number, width in bits, rounding control) -> (integer, may it be stored)`. */
  readonly toInteger: Callee;
}

interface Format {
  readonly fraction: number;
  readonly bias: number;
  readonly exponents: number;
}
const SINGLE: Format = { fraction: 23, bias: 127, exponents: 255 };
const DOUBLE: Format = { fraction: 52, bias: 1023, exponents: 2047 };

/** Adds the functions of this file. */
export function conversions(
  module: KernelModule,
  stack: Stack,
  { round, shiftRight }: Rounding,
): Conversions {
  /** `bits` are the format's, from bit 0 of 64. */
  const fromFormat = ({ fraction, bias, exponents }: Format): Callee =>
    module.function([i64], [...EXTENDED, i32], (f, bits) => {
      const e = f.let(bits.shr(fraction).and(exponents).low());
      const sign = f.let(
        bits
          .shr(fraction === 23 ? 31 : 63)
          .low()
          .shl(15),
      );
      const m = f.let(bits.shl(63 - fraction).and(INTEGER_BIT - 1n));
      f.if(e.sub(1).ltU(exponents - 1), () =>
        f.return(sign.or(e.add(BIAS - bias)), m.or(INTEGER_BIT), 0),
      );
      f.if(e, () => f.return(sign.or(0x7fff), m.or(INTEGER_BIT), 0));
      f.if(m.not(), () => f.return(sign, 0, 0));
      const n = f.let(m.clz());
      f.results(sign.or(int(BIAS - bias + 1).sub(n.low())), m.shl(n), 1);
    });

  const toFormat = ({ fraction, bias, exponents }: Format): Callee => {
    const dropped = 63 - fraction;
    const infinity = BigInt(exponents) << BigInt(fraction);
    return module.function([i32, ...EXTENDED], [i64, i32], (f, s, se, am) => {
      const a = { se, m: am };
      const sign = f.let(
        signOf(a)
          .wide()
          .shl(fraction === 23 ? 16 : 48),
      );
      const e = f.let(exponent(a));
      const invalid = (value: Expression): void => {
        stack.raiseBits(f, s, FpuBit.IE);
        f.return(value, control(s).and(FpuBit.IE));
      };
      f.if(isUnsupported(a), () => invalid(long((-1n << BigInt(fraction - 1)) & mask(fraction))));
      const infinite = sign.or(infinity);
      f.if(e.eq(0x7fff), () => {
        const value = f.let(infinite.or(am.shr(dropped).and((1n << BigInt(fraction)) - 1n)));
        f.if(isSignalling(a), () => invalid(value.or(1n << BigInt(fraction - 1))));
        f.return(value, 1);
      });
      f.if(am.not(), () => f.return(sign, 1));
      f.if(e.not(), () => {
        f.set(e, int(1).sub(am.clz().low()));
        f.set(am, am.shl(am.clz()));
      });
      f.set(e, e.sub(BIAS - bias));
      const rc = f.let(rounding(s));
      const negative = f.let(signOf(a));
      const [m, how] = f.call(round, rc, negative, am, 0, dropped);
      const at = f.let(e.add(how.shr(2)));
      const bits = (): Expression => how.and(1).shl(5).or(how.and(2).shl(8));
      f.if(at.ge(exponents), () => {
        f.if(control(s).and(FpuBit.OE).not(), () => {
          stack.raiseBits(f, s, FpuBit.OE);
          f.return(0, 0);
        });
        const away = f.let(rc.not().or(rc.eq(int(1).when(negative, 2))));
        stack.raiseBits(f, s, int(FpuBit.OE | FpuBit.PE).or(away.shl(9)));
        f.return(infinite.sub(away.not().wide()), 1);
      });
      f.if(at.le(0), () => {
        f.if(control(s).and(FpuBit.UE).not(), () => {
          stack.raiseBits(f, s, FpuBit.UE);
          f.return(0, 0);
        });
        const [low, rest] = f.call(shiftRight, am, 0, int(1).sub(e));
        const [tiny, tinyHow] = f.call(round, rc, negative, low, rest, dropped);
        f.set(how, tinyHow);
        f.if(how, () => stack.raiseBits(f, s, bits().or(FpuBit.UE)));
        f.return(sign.or(tiny.shr(dropped)), 1);
      });
      f.if(how, () => stack.raiseBits(f, s, bits()));
      f.results(
        sign.or(at.wide().shl(fraction)).or(m.shr(dropped).and((1n << BigInt(fraction)) - 1n)),
        1,
      );
    });
  };

  const fromInteger = module.function([i64], EXTENDED, (f, value) => {
    f.if(value.not(), () => f.return(0, 0));
    const negative = f.let(value.lt(0));
    f.if(negative, () => f.set(value, long(0).sub(value)));
    const n = f.let(value.clz());
    f.results(negative.shl(15).or(int(BIAS + 63).sub(n.low())), value.shl(n));
  });

  const toMagnitude = module.function([i32, ...EXTENDED], [i64, i32, i32], (f, rc, se, m) => {
    const a = { se, m };
    const n = f.let(int(BIAS + 63).sub(exponent(a)));
    f.if(isUnsupported(a).or(n.lt(0)), () => f.return(0, 0, 1));
    f.if(m.not(), () => f.return(0, 0, 0));
    const [hi, lo] = f.call(shiftRight, m, 0, n);
    const [value, how] = f.call(round, rc, signOf(a), hi, lo, 0);
    f.results(value, how, how.shr(2));
  });

  const toInteger = module.function(
    [i32, ...EXTENDED, i32, i32],
    [i64, i32],
    (f, s, se, m, width, rc) => {
      const [value, how, beyond] = f.call(toMagnitude, rc, se, m);
      const negative = f.let(se.and(0x8000));
      const limit = f.let(long(1).shl(width.sub(1).wide()));
      f.if(beyond.or(value.gtU(limit.sub(negative.not().wide()))), () => {
        stack.raiseBits(f, s, FpuBit.IE);
        f.return(limit, control(s).and(FpuBit.IE));
      });
      f.if(how, () => stack.raiseBits(f, s, roundedBits(how)));
      f.results(long(0).sub(value).when(negative, value), 1);
    },
  );
  return {
    fromSingle: fromFormat(SINGLE),
    fromDouble: fromFormat(DOUBLE),
    fromInteger,
    toSingle: toFormat(SINGLE),
    toDouble: toFormat(DOUBLE),
    toMagnitude,
    toInteger,
  };
}

/** The bits of a format with that fraction. */
function mask(fraction: number): bigint {
  return fraction === 23 ? 0xffffffffn : 0xffffffffffffffffn;
}

/** PE and C1 for what {@link Rounding.round} answers. */
export function roundedBits(how: Local): Expression {
  return how.and(ROUNDED.inexact).shl(5).or(how.and(ROUNDED.up).shl(8));
}

/**
 * Exceptions of a load of a number in another format: IE for a signalling NaN, which is quieted,
 * and DE.
 */
export function loaded(
  f: KernelFunction,
  stack: Stack,
  s: Local,
  [se, m, denormal]: readonly Local[],
): void {
  const a = { se, m };
  f.if(isNan(a).and(isSignalling(a)), () => {
    stack.raiseBits(f, s, FpuBit.IE);
    f.set(m, m.or(QUIET_BIT));
  });
  f.if(denormal, () => stack.raiseBits(f, s, FpuBit.DE));
}
