/** Actions of the opcodes of the x87 unit, as the processor keeps them. */
import type { Kernel } from "../kernels/kernel-module.js";

/** Action of an opcode with a kernel. */
export interface FpuForm {
  readonly kernel: Kernel;
  /** The kernel's operand; in register forms the number of the register is in it. */
  readonly operand: number;
  /** In memory forms, bytes of the operand. */
  readonly bytes: number;
  /** In memory forms: is the operand written? */
  readonly stores: boolean;
  /** Sets ZF, PF and CF by the kernel's answer. */
  readonly flags: boolean;
}

/** Kernels by opcode; null where none is needed. */
export interface FpuUnit {
  /** Address of the storage in the kernels' memory. */
  readonly state: number;
  /** By the low three bits of the opcode, then ModRM's middle field. */
  readonly memory: readonly (FpuForm | null)[];
  /** By the low three bits of the opcode, then ModRM's low six bits. */
  readonly registers: readonly (FpuForm | null)[];
}
