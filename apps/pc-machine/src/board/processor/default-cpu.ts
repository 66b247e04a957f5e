/** The board's processor unless told otherwise: the interpreter of `@mem/x86`. */
import { type CpuModel, X86Cpu } from "@mem/x86";

import type { CreateCpu } from "./cpu.js";

/** Makes an `X86Cpu` of a model wired to the board. */
export function createX86Cpu(model: CpuModel | undefined): CreateCpu {
  return (wiring) => new X86Cpu(model === undefined ? wiring : { ...wiring, model });
}
