/** The x87 unit of a processor: its kernels, and which of them each opcode calls. */
import { CONTROL_INITIAL, FpuBit } from "../../kernels/fpu/bits.js";
import type { Kernels } from "../../kernels/kernels.js";
import type { Cpu } from "../../state/cpu.js";
import type { FpuForm, FpuUnit } from "../../state/fpu-unit.js";
import {
  AT_FPU_CONTROL,
  AT_FPU_CS,
  AT_FPU_DP,
  AT_FPU_DS,
  AT_FPU_IP,
  AT_FPU_OPCODE,
  AT_FPU_STATUS,
  AT_FPU_TAGS,
  AT_FPU_TOP,
} from "../../state/layout.js";
import type { NamedForm } from "./forms.js";
import { memoryForms, registerForms } from "./forms.js";

function makeUnit(kernels: Kernels): FpuUnit {
  const withKernel = (form: NamedForm | null): FpuForm | null =>
    form === null ? null : { ...form, kernel: kernels.kernel(form.name) };
  return {
    state: kernels.state,
    memory: memoryForms().map(withKernel),
    registers: registerForms().map(withKernel),
  };
}

/** The unit of a processor, made when it first calculates. */
export function fpuOf(c: Cpu, kernels: Kernels): FpuUnit {
  return (c.fpu ??= makeUnit(kernels));
}

/** FNCLEX: no exception is flagged any more. */
export function clearExceptions(c: Cpu): void {
  const status = c.words[AT_FPU_STATUS >> 2];
  const { EXCEPTIONS, SF, ES, B } = FpuBit;
  c.words[AT_FPU_STATUS >> 2] = status & ~(EXCEPTIONS | SF | ES | B);
  if ((status & ES) !== 0) c.host.coprocessorErrorEnded();
}

/** FNINIT, and what a reset does. */
export function initialiseFpu(c: Cpu): void {
  const w = c.words;
  clearExceptions(c);
  w[AT_FPU_CONTROL >> 2] = CONTROL_INITIAL;
  w[AT_FPU_STATUS >> 2] = 0;
  w[AT_FPU_TOP >> 2] = 0;
  w[AT_FPU_TAGS >> 2] = 0;
  for (const at of [AT_FPU_IP, AT_FPU_CS, AT_FPU_DP, AT_FPU_DS, AT_FPU_OPCODE]) w[at >> 2] = 0;
}

/** The status word as programs see it. */
export function statusWord(c: Cpu): number {
  return c.words[AT_FPU_STATUS >> 2] | (c.words[AT_FPU_TOP >> 2] << 11);
}
/** Sets the status word; ES and B follow from the exceptions and their masks. */
export function setStatusWord(c: Cpu, value: number): void {
  c.words[AT_FPU_TOP >> 2] = (value >> 11) & 7;
  // Whether one waited before is told from the old word.
  const summary = c.words[AT_FPU_STATUS >> 2] & (FpuBit.ES | FpuBit.B);
  c.words[AT_FPU_STATUS >> 2] = (value & 0x477f) | summary;
  updateSummary(c);
}
/** Sets the control word. */
export function setControlWord(c: Cpu, value: number): void {
  c.words[AT_FPU_CONTROL >> 2] = (value & 0x1f3f) | 0x40;
  updateSummary(c);
}
function updateSummary(c: Cpu): void {
  const status = c.words[AT_FPU_STATUS >> 2];
  const waits = (status & ~c.words[AT_FPU_CONTROL >> 2] & FpuBit.EXCEPTIONS) !== 0;
  const summary = FpuBit.ES | FpuBit.B;
  if (!waits && (status & FpuBit.ES) !== 0) c.host.coprocessorErrorEnded();
  c.words[AT_FPU_STATUS >> 2] = waits ? status | summary : status & ~summary;
}
