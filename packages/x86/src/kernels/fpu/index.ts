/** The x87 unit's kernels. */
import type { KernelModule } from "../kernel-module.js";
import { arithmeticFunctions } from "./arithmetic.js";
import { arithmeticKernels } from "./arithmetic-kernels.js";
import { conversions } from "./convert.js";
import { decimalKernels, moveKernels, unaryKernels } from "./move-kernels.js";
import { remainders } from "./remainder.js";
import { roundingFunctions } from "./round.js";
import { Stack } from "./state.js";
import { transcendentalKernels } from "./transcendental-kernels.js";
import { transcendentalFunctions } from "./transcendental.js";

/** Adds them. */
export function addFpuKernels(module: KernelModule): void {
  const stack = new Stack(module);
  const rounding = roundingFunctions(module, stack);
  const arithmetic = arithmeticFunctions(module, stack, rounding);
  const converting = conversions(module, stack, rounding);
  arithmeticKernels(module, stack, arithmetic, converting);
  moveKernels(module, stack, converting);
  decimalKernels(module, stack, converting);
  const functions = transcendentalFunctions(module, rounding, arithmetic);
  transcendentalKernels(module, stack, arithmetic, rounding, functions);
  unaryKernels(module, stack, arithmetic, remainders(module, stack, rounding, arithmetic));
}
