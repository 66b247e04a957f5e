/** Comparisons, minimum and maximum of IEEE numbers. */
import { Op, ValueType } from "@mem/wasm-emit";
import type { Callee } from "../kernel-function.js";
import type { Local } from "../expression.js";
import { Expression, int, long } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { loadVector, simd } from "../vector.js";
import { floatKernel, suffixOf } from "./arithmetic.js";
import { beginExceptions, endExceptions, INVALID, raise } from "./exceptions.js";
import type { Format, Parts } from "./format.js";
import { noteDenormal } from "./format.js";
import { sseKernel } from "./operands.js";

const { i32, i64, f32, f64 } = ValueType;

/** Results of comparing two numbers: bits of what the comparison answers. */
const LESS = 1;
const EQUAL = 2;
const GREATER = 4;
const UNORDERED = 8;

/** CF, PF and ZF. */
const CARRY = 1;
const PARITY = 4;
const ZERO = 0x40;

function reinterpret(format: Format, bits: Expression): Expression {
  return format.bytes === 4
    ? bits.low().apply(Op.f32ReinterpretI32, f32)
    : bits.apply(Op.f64ReinterpretI64, f64);
}
function test(format: Format, name: "Lt" | "Eq", a: Expression, b: Expression): Expression {
  return new Expression(i32, (code) => {
    reinterpret(format, a).write(code);
    reinterpret(format, b).write(code);
    code.op(Op[`${format.bytes === 4 ? "f32" : "f64"}${name}`]);
  });
}

/** `state, a, b, quiet -> LESS to UNORDERED`. Of quiet NaNs it complains unless told to be quiet. */
function addCompare(module: KernelModule, parts: Parts): Callee {
  const { format } = parts;
  return module.function([i32, i64, i64, i32], [i32], (f, state, x, y, quiet) => {
    const a = f.call(parts.input, state, x)[0];
    const b = f.call(parts.input, state, y)[0];
    f.if(format.isNan(a).or(format.isNan(b)), () => {
      const complains = format.isSignalling(a).or(format.isSignalling(b)).or(quiet.not());
      f.if(complains, () => raise(f, state, int(INVALID)));
      f.return(UNORDERED);
    });
    noteDenormal(f, state, format, a, b);
    f.if(test(format, "Lt", a, b), () => f.return(LESS));
    f.if(test(format, "Eq", a, b), () => f.return(EQUAL));
    f.results(GREATER);
  });
}

/** Adds the kernels of this file, for one format. */
export function compareKernels(module: KernelModule, parts: Parts): void {
  const { format } = parts;
  const { bytes } = format;
  const compare = addCompare(module, parts);
  for (const isPacked of [true, false]) {
    const suffix = suffixOf(format, isPacked);
    const offsets = Array.from({ length: isPacked ? 16 / bytes : 1 }, (_, k) => k * bytes);
    floatKernel(module, `cmp${suffix}`, format, (f, { state, target, source, immediate }) => {
      const predicate = f.let(immediate.and(7));
      // EQ and UNORD, and their opposites, take quiet NaNs.
      const quiet = f.let(predicate.and(3).sub(1).geU(2));
      const wanted = f.let(
        int(EQUAL)
          .when(predicate.and(3).not(), int(LESS))
          .when(predicate.and(3).ltU(2), int(LESS | EQUAL))
          .when(predicate.and(3).ltU(3), int(UNORDERED)),
      );
      return offsets.map((at) => {
        const [how] = f.call(
          compare,
          state,
          format.load(target, at),
          format.load(source, at),
          quiet,
        );
        const isTrue = how.and(wanted).ne(0).ne(predicate.shr(2));
        return long(-1).when(isTrue, 0);
      });
    });
    for (const name of ["min", "max"] as const) {
      floatKernel(module, name + suffix, format, (f, { state, target, source }) =>
        offsets.map((at) => {
          const a = f.let(format.load(target, at));
          const b = f.let(format.load(source, at));
          const [how] = f.call(compare, state, a, b, int(0));
          const x = f.call(parts.input, state, a)[0];
          const y = f.call(parts.input, state, b)[0];
          return x.when(how.eq(name === "min" ? LESS : GREATER), y);
        }),
      );
    }
  }
  for (const name of ["comis", "ucomis"] as const) {
    sseKernel(module, name + (bytes === 4 ? "s" : "d"), (f, { state, target, source }) => {
      beginExceptions(f, state);
      const [how] = f.call(
        compare,
        state,
        format.load(target),
        format.load(source),
        int(name === "ucomis" ? 1 : 0),
      );
      endExceptions(f, state);
      f.results(flagsOf(how));
    });
  }
}

function flagsOf(how: Local): Expression {
  return int(CARRY)
    .when(how.eq(LESS), int(ZERO).when(how.eq(EQUAL), int(ZERO | PARITY | CARRY)))
    .when(how.ne(GREATER), 0);
}

/** Tests of bits, whose answer is flags. */
export function testKernels(module: KernelModule): void {
  sseKernel(module, "ptest", (f, { target, source }) => {
    const a = loadVector(target);
    const b = loadVector(source);
    const zero = simd("v128AnyTrue", simd("v128And", a, b)).not();
    const carry = simd("v128AnyTrue", simd("v128Andnot", b, a)).not();
    f.results(zero.mul(ZERO).or(carry));
  });
  // The smallest word, then its place.
  sseKernel(module, "phminposuw", (f, { target, source }) => {
    const least = f.let(source.load16(0));
    for (let k = 1; k < 8; k++) {
      const word = f.let(source.load16(2 * k));
      f.if(word.ltU(least.and(0xffff)), () => f.set(least, word.or(k << 16)));
    }
    f.store64(target, 8, f.local(i64));
    f.store64(target, 0, least.wide());
  });
  sseKernel(module, "mpsadbw", (f, { target, source, immediate }) => {
    const from = f.let(target.add(immediate.and(4)));
    const block = f.let(source.add(immediate.and(3).shl(2)));
    const bytes = Array.from({ length: 11 }, (_, k) => f.let(from.load8(k)));
    const four = Array.from({ length: 4 }, (_, k) => f.let(block.load8(k)));
    for (let k = 0; k < 8; k++) {
      const distances = four.map((each, j) => {
        const difference = f.let(bytes[k + j].sub(each));
        const sign = difference.sar(31);
        return difference.xor(sign).sub(sign);
      });
      f.store16(
        target,
        2 * k,
        distances.reduce((a, b) => a.add(b)),
      );
    }
  });
}
