/**
 * RCPPS and RSQRTPS: the architecture bounds their error to 1.5 * 2^-12, and processors differ. Here
 * the result is the exact one, rounded to twelve bits of fraction. They tell no exceptions.
 */
import { Op, ValueType } from "@mem/wasm-emit";
import { double, Expression } from "../expression.js";
import type { KernelModule } from "../kernel-module.js";
import { sseKernel } from "./operands.js";
import type { SoftFloat } from "./soft-float.js";

const { i32, i64, f32, f64 } = ValueType;

/** Bits of a single that are not there: all but twelve of its fraction. */
const DROPPED = 11;

/** 2^126, as bits: reciprocals from there on are zero. */
const HUGE = 253 << 23;

/** Adds the kernels of this file. */
export function approximationKernels(module: KernelModule, { format }: SoftFloat): void {
  for (const isRoot of [false, true]) {
    const approximate = module.function([i64], [i64], (f, value) => {
      const sign = f.let(format.signOf(value));
      f.if(format.isNan(value), () => f.return(value.or(format.quiet)));
      f.if(format.abs(value).ltU(format.leastNormal), () => f.return(sign.or(format.infinity)));
      if (isRoot) f.if(sign.ne(0), () => f.return(format.indefinite));
      // What would be denormal, or just not, is zero.
      if (!isRoot) f.if(format.abs(value).geU(HUGE), () => f.return(sign));
      f.if(format.isInfinite(value), () => f.return(sign));
      const wide = value.low().apply(Op.f32ReinterpretI32, f32).apply(Op.f64PromoteF32, f64);
      const quotient = new Expression(f64, (code) => {
        double(1).write(code);
        (isRoot ? wide.apply(Op.f64Sqrt, f64) : wide).write(code);
        code.op(Op.f64Div);
      });
      const bits = quotient.apply(Op.f32DemoteF64, f32).apply(Op.i32ReinterpretF32, i32).wide();
      f.results(bits.add(1 << (DROPPED - 1)).and(-1 << DROPPED));
    });
    for (const isPacked of [true, false]) {
      const name = (isRoot ? "rsqrt" : "rcp") + (isPacked ? "ps" : "ss");
      sseKernel(module, name, (f, { target, source }) => {
        for (let k = 0; k < (isPacked ? 4 : 1); k++) {
          const [result] = f.call(approximate, format.load(source, 4 * k));
          format.store(f, target, 4 * k, result);
        }
      });
    }
  }
}
