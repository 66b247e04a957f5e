/** Conversions between integers and IEEE numbers, and between the formats; rounding to integers. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { floatKernel, suffixOf } from "./arithmetic.js";
import {
  beginExceptions,
  endExceptions,
  INVALID,
  PRECISION,
  raise,
  roundingMode,
} from "./exceptions.js";
import type { Format } from "./format.js";
import { noteDenormal, roundsUp } from "./format.js";
import type { SseOperands } from "./operands.js";
import { sseKernel } from "./operands.js";
import type { SoftFloat } from "./soft-float.js";

const { i32, i64, f32, f64 } = ValueType;

/** Towards zero, as a rounding mode. */
const TRUNCATE = 3;

/** `state, bits, mode, width -> integer`, of 32 or 64 bits; the indefinite integer if there is none. */
function addToInteger(module: KernelModule, soft: SoftFloat): Callee {
  const { format } = soft;
  return module.function([i32, i64, i32, i32], [i64], (f, state, value, mode, width) => {
    f.set(value, f.call(soft.input, state, value)[0]);
    f.if(format.isZero(value), () => f.return(0));
    const negative = f.let(format.signOf(value).ne(0));
    const least = f.let(long(1).shl(width.sub(1).wide()));
    const [exponent, significand] = f.call(soft.unpack, value);
    f.set(exponent, exponent.sub(format.bias));
    f.block((isInvalid) => {
      f.leaveIf(exponent.gt(63), isInvalid);
      const shift = f.let(int(63).sub(exponent).wide());
      const isWhole = f.let(shift.not());
      const kept = f.let(significand.when(isWhole, significand.shr(shift).when(shift.ltU(64), 0)));
      const low = f.let(
        long(0).when(
          isWhole,
          significand
            .shl(long(64).sub(shift))
            .when(shift.ltU(64), significand.when(shift.eq(64), 1)),
        ),
      );
      f.set(kept, kept.add(roundsUp(mode, negative, low, kept.low().and(1)).wide()));
      f.leaveIf(kept.gtU(least.sub(negative.not().wide())), isInvalid);
      f.if(low.ne(0), () => raise(f, state, int(PRECISION)));
      f.return(long(0).sub(kept).when(negative, kept));
    });
    raise(f, state, int(INVALID));
    f.results(least);
  });
}

/** `state, integer -> bits`. */
function addFromInteger(module: KernelModule, soft: SoftFloat): Callee {
  const { format } = soft;
  return module.function([i32, i64], [i64], (f, state, value) => {
    f.if(value.not(), () => f.return(0));
    const isNegative = f.let(value.lt(0));
    const size = f.let(long(0).sub(value).when(isNegative, value));
    const shift = f.let(size.clz());
    const sign = long(format.sign).when(isNegative, 0);
    const exponent = int(format.bias + 63).sub(shift.low());
    f.results(...f.call(soft.pack, state, sign, exponent, size.shl(shift)));
  });
}

/** Adds the conversions between two formats. */
export function formatConversions(
  module: KernelModule,
  single: SoftFloat,
  double: SoftFloat,
): void {
  const addTo = (from: SoftFloat, to: SoftFloat): Callee =>
    module.function([i32, i64], [i64], (f, state, value) => {
      f.set(value, f.call(from.input, state, value)[0]);
      const sign = long(to.format.sign).when(from.format.signOf(value).ne(0), 0);
      const distance = to.format.fractionBits - from.format.fractionBits;
      f.if(from.format.isNan(value), () => {
        f.call(from.nan, state, value, value);
        const payload = value.and(from.format.leastNormal - 1n);
        const moved = distance > 0 ? payload.shl(distance) : payload.shr(-distance);
        f.return(sign.or(moved).or(to.format.infinity | to.format.quiet));
      });
      f.if(from.format.isInfinite(value), () => f.return(sign.or(to.format.infinity)));
      f.if(from.format.isZero(value), () => f.return(sign));
      noteDenormal(f, state, from.format, value);
      const [exponent, significand] = f.call(from.unpack, value);
      const moved = exponent.add(to.format.bias - from.format.bias);
      f.results(...f.call(to.pack, state, sign, moved, significand));
    });
  const widen = addTo(single, double);
  const narrow = addTo(double, single);
  const convert = (name: string, from: Format, to: Format, callee: Callee, count: number): void =>
    floatKernel(module, name, to, (f, { state, source }) => {
      const results: Expression[] = [];
      for (let k = 0; k < count; k++) {
        results.push(f.call(callee, state, from.load(source, k * from.bytes))[0]);
      }
      // The rest of a register that packed numbers do not fill is cleared.
      if (count > 1) while (results.length < 16 / to.bytes) results.push(long(0));
      return results;
    });
  convert("cvtss2sd", single.format, double.format, widen, 1);
  convert("cvtps2pd", single.format, double.format, widen, 2);
  convert("cvtsd2ss", double.format, single.format, narrow, 1);
  convert("cvtpd2ps", double.format, single.format, narrow, 2);
}

/** Adds the conversions between integers and one format, and the rounding to integers in it. */
export function integerConversions(module: KernelModule, soft: SoftFloat): void {
  const { format } = soft;
  const { bytes } = format;
  const one = suffixOf(format, false);
  const many = suffixOf(format, true);
  const lanes = 16 / bytes;
  const toInteger = addToInteger(module, soft);
  const fromInteger = addFromInteger(module, soft);

  const to = (name: string, count: number, size: 4 | 8, fill: number): void => {
    for (const [prefix, truncates] of [
      ["cvt", false],
      ["cvtt", true],
    ] as const) {
      sseKernel(module, prefix + name, (f, { state, target, source }) => {
        beginExceptions(f, state);
        const mode = f.let(truncates ? int(TRUNCATE) : roundingMode(state));
        const results: Expression[] = [];
        for (let k = 0; k < count; k++) {
          const value = format.load(source, k * bytes);
          results.push(f.call(toInteger, state, value, mode, int(8 * size))[0]);
        }
        endExceptions(f, state);
        while (results.length < fill) results.push(long(0));
        writeIntegers(f, target, size, results);
        f.results(0);
      });
    }
  };
  to(`${one}2si`, 1, 4, 1);
  to(`${one}2si.64`, 1, 8, 1);
  to(`${many}2dq`, lanes, 4, 4);
  to(`${many}2pi`, 2, 4, 2);

  const from = (name: string, count: number, load: (at: Local, k: number) => Expression): void =>
    floatKernel(module, name, format, (f, { state, source }) =>
      Array.from({ length: count }, (_, k) => f.call(fromInteger, state, load(source, k))[0]),
    );
  const word = (at: Local, k: number): Expression => at.load32(4 * k).wideSigned();
  from(`cvtsi2${one}`, 1, word);
  from(`cvtsi2${one}.64`, 1, (at) => at.load64(0));
  from(`cvtdq2${many}`, lanes, word);
  from(`cvtpi2${many}`, 2, word);

  for (const isPacked of [true, false]) {
    const name = `round${suffixOf(format, isPacked)}`;
    floatKernel(module, name, format, (f, operands) => roundLanes(f, operands, soft, isPacked));
  }
}

function writeIntegers(
  f: KernelFunction,
  target: Local,
  size: 4 | 8,
  values: readonly Expression[],
): void {
  values.forEach((value, k) => {
    if (size === 4) f.store32(target, 4 * k, value.low());
    else f.store64(target, 8 * k, value);
  });
}

/** Rounds to integers in the format, as the immediate says. */
function roundLanes(
  f: KernelFunction,
  { state, source, immediate }: SseOperands,
  soft: SoftFloat,
  isPacked: boolean,
): Local[] {
  const { format } = soft;
  const isSingle = format.bytes === 4;
  const type = isSingle ? f32 : f64;
  const mode = f.let(roundingMode(state).when(immediate.and(4), immediate.and(3)));
  const isSilent = f.let(immediate.and(8));
  return Array.from({ length: isPacked ? 16 / format.bytes : 1 }, (_, k) => {
    const [value] = f.call(soft.input, state, format.load(source, k * format.bytes));
    const number = isSingle
      ? value.low().apply(Op.f32ReinterpretI32, f32)
      : value.apply(Op.f64ReinterpretI64, f64);
    const rounded = (name: "Nearest" | "Floor" | "Ceil" | "Trunc"): Expression => {
      const whole = number.apply(Op[`${isSingle ? "f32" : "f64"}${name}`], type);
      return isSingle
        ? whole.apply(Op.i32ReinterpretF32, i32).wide()
        : whole.apply(Op.i64ReinterpretF64, i64);
    };
    const result = f.local(i64);
    f.if(
      format.isNan(value),
      () => f.set(result, f.call(soft.nan, state, value, value)[0]),
      () => {
        f.set(
          result,
          rounded("Nearest")
            .when(mode.not(), rounded("Floor"))
            .when(mode.ltU(2), rounded("Ceil").when(mode.eq(2), rounded("Trunc"))),
        );
        f.if(result.ne(value).and(isSilent.not()), () => raise(f, state, int(PRECISION)));
      },
    );
    return result;
  });
}
