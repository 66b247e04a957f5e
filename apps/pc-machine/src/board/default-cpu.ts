/** The board's processor unless told otherwise: the interpreter of `@mem/x86`. */
import { X86Cpu } from "@mem/x86";

import type { CreateCpu } from "./cpu.js";

/** Makes an `X86Cpu` wired to the board. */
export const createX86Cpu: CreateCpu = (wiring) => new X86Cpu(wiring);
