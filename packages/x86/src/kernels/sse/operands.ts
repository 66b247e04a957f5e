/**
 * State that kernels of SSE work on. The operand of such a kernel names places in the processor's
 * storage: where the result goes (bits 0 to 10), the second operand (bits 11 to 21), and an
 * immediate byte (bits 22 to 29). Operands in memory are in the scratch area by then. A negative
 * answer says that an exception is unmasked, and nothing but MXCSR has changed; otherwise it is 0,
 * or the arithmetic flags where the instruction sets them.
 */
import type { Expression, Local } from "../expression.js";
import type { KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";

/** Bits of a place in the storage. */
const PLACE_BITS = 11;
const PLACE_MASK = (1 << PLACE_BITS) - 1;

/** The operand of a kernel. */
export function packOperand(target: number, source: number, immediate = 0): number {
  return target | (source << PLACE_BITS) | ((immediate & 0xff) << (2 * PLACE_BITS));
}

/** Addresses of the operands, and the immediate. */
export interface SseOperands {
  /** Address of the processor's storage. */
  readonly state: Local;
  /** Address of the first operand and of the result. */
  readonly target: Local;
  /** Address of the second operand. */
  readonly source: Local;
  /** The immediate byte, unsigned. */
  readonly immediate: Expression;
}

/** Adds a kernel; its body may answer. */
export function sseKernel(
  module: KernelModule,
  name: string,
  body: (f: KernelFunction, operands: SseOperands) => void,
): void {
  module.kernel(name, (f, state, operand) => {
    body(f, {
      state,
      target: f.let(state.add(operand.and(PLACE_MASK))),
      source: f.let(state.add(operand.shr(PLACE_BITS).and(PLACE_MASK))),
      immediate: operand.shr(2 * PLACE_BITS).and(0xff),
    });
  });
}
