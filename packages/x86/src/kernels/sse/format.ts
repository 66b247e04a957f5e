/** The two formats of IEEE numbers, as bits in 64-bit integers, and how they are taken apart. */
import { ValueType } from "@mem/wasm-emit";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import {
  DAZ,
  DENORMAL,
  FTZ,
  INVALID,
  mxcsrBit,
  OVERFLOW,
  PRECISION,
  raise,
  roundingMode,
  UNDERFLOW,
} from "./exceptions.js";

const { i32, i64 } = ValueType;

/** Singles or doubles: the numbers of a format. */
export class Format {
  readonly bytes: 4 | 8;
  readonly fractionBits: number;
  readonly bias: number;
  /** The exponent of infinities and NaNs. */
  readonly top: number;
  readonly sign: bigint;
  readonly magnitude: bigint;
  readonly infinity: bigint;
  readonly quiet: bigint;
  /** The NaN that invalid operations give. */
  readonly indefinite: bigint;
  readonly leastNormal: bigint;

  constructor(bytes: 4 | 8) {
    this.bytes = bytes;
    this.fractionBits = bytes === 4 ? 23 : 52;
    this.top = bytes === 4 ? 0xff : 0x7ff;
    this.bias = this.top >> 1;
    const fraction = BigInt(this.fractionBits);
    this.sign = 1n << BigInt(8 * bytes - 1);
    this.magnitude = this.sign - 1n;
    this.infinity = BigInt(this.top) << fraction;
    this.quiet = 1n << (fraction - 1n);
    this.indefinite = this.sign | this.infinity | this.quiet;
    this.leastNormal = 1n << fraction;
  }

  abs(bits: Expression): Expression {
    return bits.and(this.magnitude);
  }
  isNan(bits: Expression): Expression {
    return this.abs(bits).gtU(this.infinity);
  }
  isSignalling(bits: Expression): Expression {
    return this.isNan(bits).and(bits.and(this.quiet).not());
  }
  isInfinite(bits: Expression): Expression {
    return this.abs(bits).eq(this.infinity);
  }
  isZero(bits: Expression): Expression {
    return this.abs(bits).not();
  }
  isDenormal(bits: Expression): Expression {
    return this.abs(bits)
      .sub(1)
      .ltU(this.leastNormal - 1n);
  }
  /** The sign bit, in its place. */
  signOf(bits: Expression): Expression {
    return bits.and(this.sign);
  }

  /** A number in memory. */
  load(address: Expression, offset = 0): Expression {
    return this.bytes === 4 ? address.load32(offset).wide() : address.load64(offset);
  }
  /** Stores a number. */
  store(f: KernelFunction, address: Expression, offset: number, value: Expression): void {
    if (this.bytes === 4) f.store32(address, offset, value.low());
    else f.store64(address, offset, value);
  }
}

export const SINGLE = new Format(4);
export const DOUBLE = new Format(8);

/** Parts that the arithmetic of a format is made of. */
export interface Parts {
  readonly format: Format;
  /** `bits -> exponent, significand`: of a finite number that is not 0; bit 63 is the leading one. */
  readonly unpack: Callee;
  /** `state, sign in place, exponent, significand -> bits`: rounds; bit 0 stands for all below it. */
  readonly pack: Callee;
  /** `state, bits -> bits`: a zero for a denormal number if MXCSR says so. */
  readonly input: Callee;
  /** `state, a, b -> bits`: what becomes of two operands of which one is a NaN. */
  readonly nan: Callee;
}

/** Adds the functions of {@link Parts}. */
export function addParts(module: KernelModule, format: Format): Parts {
  const bits = format.fractionBits;
  const unpack = module.function([i64], [i32, i64], (f, value) => {
    const magnitude = f.let(format.abs(value));
    const exponent = f.let(magnitude.shr(bits).low());
    f.if(
      exponent,
      () => f.return(exponent, magnitude.or(format.leastNormal).shl(63 - bits)),
      () => {
        const shift = f.let(magnitude.clz());
        f.return(int(1 + 63 - bits).sub(shift.low()), magnitude.shl(shift));
      },
    );
    f.results(0, 0);
  });

  const input = module.function([i32, i64], [i64], (f, state, value) => {
    f.if(mxcsrBit(state, DAZ), () => {
      f.if(format.isDenormal(value), () => f.return(format.signOf(value)));
    });
    f.results(value);
  });

  const nan = module.function([i32, i64, i64], [i64], (f, state, a, b) => {
    f.if(format.isSignalling(a).or(format.isSignalling(b)), () => raise(f, state, int(INVALID)));
    f.if(format.isNan(a), () => f.return(a.or(format.quiet)));
    f.results(b.or(format.quiet));
  });

  return { format, unpack, input, nan, pack: addPack(module, format) };
}

/** Increment of the last place: `low` are the bits below it, at the top of 64. */
export function roundsUp(
  mode: Local,
  negative: Expression,
  low: Expression,
  isOdd: Expression,
): Expression {
  const half = long(-(1n << 63n));
  const nearest = low.gtU(half).or(low.eq(half).and(isOdd));
  // Away from zero: up for positive numbers, down for negative ones.
  const away = mode.eq(int(2).sub(negative)).and(low.ne(0));
  return away.when(mode, nearest);
}

function addPack(module: KernelModule, format: Format): Callee {
  const bits = format.fractionBits;
  const dropped = 63 - bits;
  return module.function([i32, i64, i32, i64], [i64], (f, state, sign, exponent, significand) => {
    const mode = f.let(roundingMode(state));
    const negative = f.let(sign.ne(0));
    const round = (value: Local): { rounded: Local; low: Local } => {
      const low = f.let(value.shl(64 - dropped));
      const kept = f.let(value.shr(dropped));
      return {
        low,
        rounded: f.let(kept.add(roundsUp(mode, negative, low, kept.low().and(1)).wide())),
      };
    };
    const { rounded, low } = round(significand);
    f.if(exponent.gt(0), () => {
      const result = f.let(exponent.sub(1).wide().shl(bits).add(rounded));
      f.if(low.ne(0), () => raise(f, state, int(PRECISION)));
      f.if(result.geU(format.infinity).or(exponent.gt(format.top)), () => {
        raise(f, state, int(OVERFLOW));
        // With the exception masked the result is not exact.
        f.if(mxcsrBit(state, OVERFLOW << 7), () => raise(f, state, int(PRECISION)));
        const staysFinite = mode.ne(0).and(mode.ne(int(2).sub(negative)));
        const limit = long(format.infinity - 1n).when(staysFinite, format.infinity);
        f.return(sign.or(limit));
      });
      f.return(sign.or(result));
    });
    const tiny = f.let(exponent.lt(0).or(rounded.ltU(format.leastNormal << 1n)));
    const isMasked = f.let(mxcsrBit(state, UNDERFLOW << 7));
    f.if(isMasked.not().and(tiny), () => {
      raise(f, state, int(UNDERFLOW));
      f.if(low.ne(0), () => raise(f, state, int(PRECISION)));
      f.return(sign);
    });
    f.if(tiny.and(mxcsrBit(state, FTZ).ne(0)), () => {
      raise(f, state, int(UNDERFLOW | PRECISION));
      f.return(sign);
    });
    const shift = f.let(int(1).sub(exponent));
    const shifted = f.let(
      significand
        .shr(shift.wide())
        .or(significand.shl(int(64).sub(shift).wide()).ne(0).wide())
        .when(shift.lt(64), 1),
    );
    const denormal = round(shifted);
    f.if(denormal.low.ne(0), () => {
      raise(f, state, int(PRECISION));
      f.if(tiny, () => raise(f, state, int(UNDERFLOW)));
    });
    f.results(sign.or(denormal.rounded));
  });
}

/** Notes a denormal operand. */
export function noteDenormal(
  f: KernelFunction,
  state: Local,
  format: Format,
  ...operands: readonly Expression[]
): void {
  const any = operands.map((each) => format.isDenormal(each)).reduce((a, b) => a.or(b));
  f.if(any, () => raise(f, state, int(DENORMAL)));
}
