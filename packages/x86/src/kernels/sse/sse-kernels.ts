/** The module of SSE's kernels, made when the first of its instructions runs. */
import { CodeWriter, ModuleWriter, Op, SimdOp } from "@mem/wasm-emit";
import type { StateStorage } from "../../state/layout.js";
import type { Kernel } from "../kernel-module.js";
import { KernelModule } from "../kernel-module.js";
import { arithmeticKernels } from "./arithmetic.js";
import { approximationKernels } from "./approximate.js";
import { compareKernels, testKernels } from "./compare.js";
import { formatConversions, integerConversions } from "./convert.js";
import { DOUBLE, SINGLE } from "./format.js";
import { integerKernels } from "./integer.js";
import { mmxKernels } from "../mmx/mmx-kernels.js";
import { moveKernels } from "./move.js";
import { addSoftFloat } from "./soft-float.js";
import { textKernels } from "./text.js";

/** Kernels by name: those of instructions, and moves. */
export type SseKernels = ReadonlyMap<string, Kernel>;

/** Does the platform have WebAssembly with vectors? Where not, there is no SSE. */
export function hasVectors(): boolean {
  if (typeof WebAssembly === "undefined") return false;
  const module = new ModuleWriter();
  const code = new CodeWriter(32);
  code.begin(0);
  code.i32Const(0);
  code.simd(SimdOp.i8x16Splat);
  code.op(Op.drop);
  module.addFunction(module.type([], []), code.finish());
  return WebAssembly.validate(module.finish());
}

/** The bytes of the module. */
export function writeSseModule(shared: boolean): Uint8Array<ArrayBuffer> {
  const module = new KernelModule(shared);
  const single = addSoftFloat(module, SINGLE);
  const double = addSoftFloat(module, DOUBLE);
  moveKernels(module);
  integerKernels(module);
  for (const format of [single, double]) {
    arithmeticKernels(module, format);
    compareKernels(module, format);
    integerConversions(module, format);
  }
  formatConversions(module, single, double);
  approximationKernels(module, single);
  testKernels(module);
  textKernels(module);
  mmxKernels(module);
  return module.finish();
}

/** Makes the kernels, over a processor's storage. */
export function makeSseKernels({ memory }: StateStorage): SseKernels {
  if (memory === undefined) return new Map();
  const shared =
    typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(writeSseModule(shared)), {
    e: { memory },
  });
  return new Map(Object.entries(instance.exports)) as unknown as SseKernels;
}
