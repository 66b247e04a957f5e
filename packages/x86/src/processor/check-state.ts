/** The check of registers that are set from outside. */
import { aFlag, aNumber, anyObject, checkOptions, type OptionKind } from "@mem/qom/plumbing";
import { refuseCpuArgument } from "./cpu-options.js";
import type { CpuState } from "./register-state.js";

/**
 * Refuses what is no part of a state.
 * @param present a state of the processor: it has every register, with a value of the right kind
 * @throws CpuOptionsError for a register that there is not, or a value of the wrong kind
 */
export function checkState(part: unknown, present: CpuState): void {
  const kinds = Object.entries(present).map(([name, value]) => [name, kindOf(value)] as const);
  const optional = Object.fromEntries(kinds);
  checkOptions(part, { call: "cpu.setState", optional }, refuseCpuArgument);
}

function kindOf(value: unknown): OptionKind {
  if (typeof value === "number") return aNumber;
  return typeof value === "boolean" ? aFlag : anyObject;
}
