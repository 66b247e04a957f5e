/** Kernels of the arithmetic instructions: operations by where their operands are. */
import type { Expression, Local } from "../expression.js";
import { int, long } from "../expression.js";
import type { Callee, KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { AT_FPU_STATUS, AT_SCRATCH } from "../../state/layout.js";
import { MemoryOp, ValueType } from "@mem/wasm-emit";
import type { Arithmetic } from "./arithmetic.js";
import { CONDITIONS, FpuBit } from "./bits.js";
import type { Conversions } from "./convert.js";
import type { Extended, Stack } from "./state.js";
import { physical, status, tags } from "./state.js";

/** The six operations by the middle field of ModRM; 2 and 3 are the comparisons. */
export const OPERATIONS = [
  "fadd",
  "fmul",
  "fcom",
  "fcomp",
  "fsub",
  "fsubr",
  "fdiv",
  "fdivr",
] as const;
/** Memory operands, as parts of kernels' names: single, double, and integers of 16 and 32 bits. */
export const SOURCES = ["m32", "m64", "i16", "i32"] as const;

interface Source extends Extended {
  readonly denormal: Expression;
}

/** Reads the memory operand of a kind out of the scratch area. */
export function memoryOperand(
  f: KernelFunction,
  s: Local,
  { fromSingle, fromDouble, fromInteger }: Conversions,
  kind: (typeof SOURCES)[number] | "i64",
): readonly Local[] {
  const { i64 } = ValueType;
  if (kind === "m32") return f.call(fromSingle, s.load32(AT_SCRATCH).wide());
  if (kind === "m64") return f.call(fromDouble, s.load64(AT_SCRATCH));
  const op = { i16: MemoryOp.i64Load16S, i32: MemoryOp.i64Load32S, i64: MemoryOp.i64Load }[kind];
  const [se, m] = f.call(fromInteger, s.load(op, i64, AT_SCRATCH));
  return [se, m, f.let(int(0))];
}

/** Adds the kernels. */
export function arithmeticKernels(
  module: KernelModule,
  stack: Stack,
  a: Arithmetic,
  conversions: Conversions,
): void {
  const operate = (
    f: KernelFunction,
    s: Local,
    name: string,
    x: Extended,
    y: Source,
  ): readonly Local[] => {
    const reverse = name.endsWith("r");
    const [p, q] = reverse ? [y, x] : [x, y];
    const pair = [s, p.se, p.m, q.se, q.m, y.denormal] as const;
    if (name.startsWith("fadd")) return f.call(a.add, ...pair, 0);
    if (name.startsWith("fsub")) return f.call(a.add, ...pair, 0x8000);
    return f.call(name.startsWith("fmul") ? a.multiply : a.divide, ...pair);
  };
  /** Writes a result, unless an unmasked exception holds it back. */
  const finish = (f: KernelFunction, s: Local, at: Local, [se, m]: readonly Local[]): void => {
    f.if(status(s).and(FpuBit.ES), () => f.if(stack.isRefused(s), () => f.return(0)));
    stack.write(f, at, se, m);
  };
  const bothThere = (s: Local, i: Local): Expression =>
    tags(s)
      .shr(physical(s, 0))
      .and(tags(s).shr(physical(s, i)))
      .and(1);
  const none = int(0);

  for (const name of OPERATIONS) {
    if (name.startsWith("fcom")) continue;
    // D8: ST(0) = ST(0) op ST(i).
    module.kernel(`${name}_st`, (f, s, i) => {
      const to = stack.target(f, s, 0, bothThere(s, i).not());
      const x = stack.read(f, to);
      const y = stack.read(f, stack.register(f, s, i));
      finish(f, s, to, operate(f, s, name, x, { ...y, denormal: none }));
    });
    // DC and DE: ST(i) = ST(i) op ST(0).
    for (const pops of [false, true]) {
      module.kernel(`${name}_to${pops ? "_pop" : ""}`, (f, s, i) => {
        const pop = (): void => {
          if (pops) stack.pop(f, s);
        };
        const to = stack.target(f, s, i, bothThere(s, i).not(), pop);
        const x = stack.read(f, to);
        const y = stack.read(f, stack.register(f, s, 0));
        finish(f, s, to, operate(f, s, name, x, { ...y, denormal: none }));
        pop();
      });
    }
    for (const kind of SOURCES) {
      module.kernel(`${name}_${kind}`, (f, s) => {
        const to = stack.target(f, s, 0);
        const x = stack.read(f, to);
        const [se, m, denormal] = memoryOperand(f, s, conversions, kind);
        finish(f, s, to, operate(f, s, name, x, { se, m, denormal }));
      });
    }
  }
  comparisonKernels(module, stack, a.compare, conversions);
}

function comparisonKernels(
  module: KernelModule,
  stack: Stack,
  compare: Callee,
  conversions: Conversions,
): void {
  /**
   * Compares ST(0) with `other`. With `flags` the conditions are answered and the status word keeps
   * its own, as FCOMI wants it.
   */
  const comparison = (
    name: string,
    pops: number,
    quiet: boolean,
    flags: boolean,
    missing: (s: Local, i: Local) => Expression,
    other: (f: KernelFunction, s: Local, i: Local) => Source,
  ): void => {
    module.kernel(name, (f, s, i) => {
      const result = f.local(ValueType.i32);
      if (!flags) stack.begin(f, s, FpuBit.C1 | CONDITIONS);
      f.if(
        missing(s, i),
        () => {
          stack.begin(f, s);
          stack.raiseBits(f, s, FpuBit.IE | FpuBit.SF);
          f.set(result, CONDITIONS);
        },
        () => {
          const x = stack.read(f, stack.register(f, s, 0));
          const y = other(f, s, i);
          const [bits] = f.call(compare, s, x.se, x.m, y.se, y.m, y.denormal, quiet ? 1 : 0);
          f.set(result, bits);
        },
      );
      if (!flags) f.store32(s, AT_FPU_STATUS, status(s).or(result));
      f.if(stack.isRefused(s), () => f.return(result));
      for (let n = 0; n < pops; n++) stack.pop(f, s);
      f.results(result);
    });
  };
  const registers =
    () =>
    (f: KernelFunction, s: Local, i: Local): Source => ({
      ...stack.read(f, stack.register(f, s, i)),
      denormal: int(0),
    });
  const pairMissing = (s: Local, i: Local): Expression =>
    stack.isEmpty(s, 0).or(stack.isEmpty(s, i));
  for (const quiet of [false, true]) {
    const name = quiet ? "fucom" : "fcom";
    for (const pops of [0, 1, 2]) {
      comparison(`${name}${"p".repeat(pops)}_st`, pops, quiet, false, pairMissing, registers());
    }
    for (const pops of [0, 1]) {
      comparison(`${name}i${"p".repeat(pops)}_st`, pops, quiet, true, pairMissing, registers());
    }
  }
  const alone = (s: Local): Expression => stack.isEmpty(s, 0);
  for (const kind of SOURCES) {
    for (const pops of [0, 1]) {
      comparison(`fcom${"p".repeat(pops)}_${kind}`, pops, false, false, alone, (f, s) => {
        const [se, m, denormal] = memoryOperand(f, s, conversions, kind);
        return { se, m, denormal };
      });
    }
  }
  comparison("ftst", 0, false, false, alone, () => ({ se: int(0), m: long(0), denormal: int(0) }));
}
