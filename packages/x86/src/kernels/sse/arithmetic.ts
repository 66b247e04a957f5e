/** Kernels of floating-point arithmetic: lanes through the functions of a format. */
import { ValueType } from "@mem/wasm-emit";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { lane, loadVector, simd, splat, storeVector } from "../vector.js";
import { beginExceptions, endExceptions, mxcsr, PRECISION } from "./exceptions.js";
import type { Format } from "./format.js";
import type { SseOperands } from "./operands.js";
import { sseKernel } from "./operands.js";
import type { SoftFloat } from "./soft-float.js";

/** `ps`, `ss`, `pd` or `sd`, without what the suffix says of the number of lanes. */
export function suffixOf(format: Format, isPacked: boolean): string {
  return (isPacked ? "p" : "s") + (format.bytes === 4 ? "s" : "d");
}

/**
 * Adds a kernel that computes numbers of a format, each from operands in memory, and writes them
 * only if no exception is unmasked.
 */
export function floatKernel(
  module: KernelModule,
  name: string,
  format: Format,
  compute: (f: KernelFunction, operands: SseOperands) => readonly Expression[],
  shortcut?: (f: KernelFunction, operands: SseOperands) => void,
): void {
  sseKernel(module, name, (f, operands) => {
    shortcut?.(f, operands);
    beginExceptions(f, operands.state);
    const results = compute(f, operands).map((value) => f.let(value));
    endExceptions(f, operands.state);
    results.forEach((value, k) => format.store(f, operands.target, k * format.bytes, value));
    f.results(0);
  });
}

/** All exceptions masked, PE set already, rounding to the nearest: then WebAssembly's own will do. */
function isUsual(state: Local): Expression {
  return mxcsr(state)
    .and(0x6000 | 0x1f80 | PRECISION)
    .eq(0x1f80 | PRECISION);
}

type Operation = "Add" | "Sub" | "Mul" | "Div" | "Sqrt";

/**
 * Computes with WebAssembly's vectors, and ends the kernel if nothing about the numbers is special:
 * operands that are not denormal, results that are normal and not the smallest ones.
 */
function usualCase(
  f: KernelFunction,
  operands: SseOperands,
  format: Format,
  operation: Operation,
  isPacked: boolean,
): void {
  const { state, target, source } = operands;
  const shape = format.bytes === 4 ? "f32x4" : "f64x2";
  const ints = format.bytes === 4 ? "i32x4" : "i64x2";
  const constant = (value: bigint): Expression => splat(format.bytes, value);
  f.if(isUsual(state), () => {
    const a = f.let(loadVector(target));
    const b = f.let(loadVector(source));
    const result = f.let(
      operation === "Sqrt" ? simd(`${shape}Sqrt`, b) : simd(`${shape}${operation}`, a, b),
    );
    const abs = (v: Expression): Expression => simd("v128And", v, constant(format.magnitude));
    const isPlain = (v: Expression): Expression => {
      const size = f.let(abs(v));
      return simd(
        "v128Or",
        simd(`${ints}GeS`, size, constant(format.leastNormal)),
        simd(`${ints}Eq`, size, constant(0n)),
      );
    };
    const size = f.let(abs(result));
    const isGood = f.let(
      simd(
        "v128And",
        simd(
          "v128And",
          simd(`${ints}GeS`, size, constant(format.leastNormal * 2n)),
          simd(`${ints}LtS`, size, constant(format.infinity)),
        ),
        operation === "Sqrt" ? isPlain(b) : simd("v128And", isPlain(a), isPlain(b)),
      ),
    );
    const lanes = simd(`${ints}Bitmask`, isGood);
    const all = format.bytes === 4 ? 15 : 3;
    f.if(isPacked ? lanes.eq(all) : lanes.and(1), () => {
      if (isPacked) storeVector(f, target, result);
      else if (format.bytes === 4) f.store32(target, 0, lane(result, 4, 0));
      else f.store64(target, 0, lane(result, 8, 0));
      f.return(0);
    });
  });
}

/** Adds the kernels of arithmetic in a format. */
export function arithmeticKernels(module: KernelModule, soft: SoftFloat): void {
  const { format } = soft;
  const { bytes } = format;
  for (const isPacked of [true, false]) {
    const suffix = suffixOf(format, isPacked);
    const lanes = isPacked ? 16 / bytes : 1;
    const each = <T>(of: (offset: number) => T): T[] =>
      Array.from({ length: lanes }, (_, k) => of(k * bytes));
    for (const [name, operation] of [
      ["add", "Add"],
      ["sub", "Sub"],
      ["mul", "Mul"],
      ["div", "Div"],
    ] as const) {
      floatKernel(
        module,
        name + suffix,
        format,
        (f, { state, target, source }) =>
          each((at) =>
            call(f, soft[name], state, format.load(target, at), format.load(source, at)),
          ),
        (f, operands) => usualCase(f, operands, format, operation, isPacked),
      );
    }
    floatKernel(
      module,
      `sqrt${suffix}`,
      format,
      (f, { state, source }) => each((at) => call(f, soft.sqrt, state, format.load(source, at))),
      (f, operands) => usualCase(f, operands, format, "Sqrt", isPacked),
    );
  }
  horizontalKernels(module, soft);
  productKernel(module, soft);
}

/** Sums and differences of neighbours, and of alternate lanes. */
function horizontalKernels(module: KernelModule, soft: SoftFloat): void {
  const { format } = soft;
  const { bytes } = format;
  const suffix = suffixOf(format, true);
  for (const name of ["add", "sub"] as const) {
    floatKernel(module, `h${name}${suffix}`, format, (f, { state, target, source }) =>
      [target, source].flatMap((from) =>
        Array.from({ length: 8 / bytes }, (_, k) =>
          call(
            f,
            soft[name],
            state,
            format.load(from, 2 * k * bytes),
            format.load(from, (2 * k + 1) * bytes),
          ),
        ),
      ),
    );
  }
  floatKernel(module, `addsub${suffix}`, format, (f, { state, target, source }) =>
    Array.from({ length: 16 / bytes }, (_, k) =>
      call(
        f,
        (k & 1) === 0 ? soft.sub : soft.add,
        state,
        format.load(target, k * bytes),
        format.load(source, k * bytes),
      ),
    ),
  );
}

/** The product of two vectors as a number; bits 4 to 7 of the immediate say which lanes count. */
function productKernel(module: KernelModule, soft: SoftFloat): void {
  const { format } = soft;
  const { bytes } = format;
  const count = 16 / bytes;
  sseKernel(module, `dp${suffixOf(format, true)}`, (f, operands) => {
    const { state, target, source, immediate } = operands;
    // The steps are rounded one by one, and an unmasked exception ends each.
    const step = (
      callee: Callee,
      pairs: readonly (readonly [Expression, Expression, Expression])[],
    ) => {
      beginExceptions(f, state);
      const results = pairs.map(([condition, a, b]) => {
        const value = f.local(ValueType.i64);
        f.set(value, 0);
        f.if(condition, () => f.set(value, call(f, callee, state, a, b)));
        return value;
      });
      endExceptions(f, state);
      return results;
    };
    const always = int(1);
    let terms = step(
      soft.mul,
      Array.from({ length: count }, (_, k) => [
        immediate.shr(4 + k).and(1),
        format.load(target, k * bytes),
        format.load(source, k * bytes),
      ]),
    );
    while (terms.length > 1) {
      const pairs: [Expression, Expression, Expression][] = [];
      for (let k = 0; k < terms.length; k += 2) pairs.push([always, terms[k], terms[k + 1]]);
      terms = step(soft.add, pairs);
    }
    for (let k = 0; k < count; k++) {
      const isWanted = immediate.shr(k).and(1);
      format.store(f, target, k * bytes, terms[0].when(isWanted, long(0)));
    }
    f.results(0);
  });
}

function call(f: KernelFunction, callee: Callee, ...values: Expression[]): Local {
  return f.call(callee, ...values)[0];
}
