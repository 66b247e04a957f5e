/** The check of registers that are set from outside. */
import { aFlag, aNumber, anyObject, checkOptions, type OptionKind } from "@mem/qom/plumbing";
import { refuseCpuArgument } from "./cpu-options.js";
import type { CpuState } from "./register-state.js";

const KINDS: Readonly<Record<keyof CpuState, OptionKind>> = {
  eax: aNumber,
  ecx: aNumber,
  edx: aNumber,
  ebx: aNumber,
  esp: aNumber,
  ebp: aNumber,
  esi: aNumber,
  edi: aNumber,
  eip: aNumber,
  eflags: aNumber,
  es: anyObject,
  cs: anyObject,
  ss: anyObject,
  ds: anyObject,
  fs: anyObject,
  gs: anyObject,
  ldtr: anyObject,
  tr: anyObject,
  gdtr: anyObject,
  idtr: anyObject,
  cr0: aNumber,
  cr2: aNumber,
  cr3: aNumber,
  cr4: aNumber,
  dr0: aNumber,
  dr1: aNumber,
  dr2: aNumber,
  dr3: aNumber,
  dr6: aNumber,
  dr7: aNumber,
  efer: aNumber,
  long: anyObject,
  cpl: aNumber,
  halted: aFlag,
  a20: aFlag,
  smm: aFlag,
  interruptShadow: aFlag,
};

const STATE = { call: "cpu.setState", optional: KINDS };

/** @throws CpuOptionsError for a register that there is not, or a value of the wrong kind */
export function checkState(part: unknown): void {
  checkOptions(part, STATE, refuseCpuArgument);
}
