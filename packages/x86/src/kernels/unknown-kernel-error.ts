import { MemError } from "@mem/qom";

/**
 * A kernel was asked for that the processor has not: rule `"kernel-exists"`.
 * @see {@link EngineHost}
 */
export class UnknownKernelError extends MemError {
  static override readonly name: string = "UnknownKernelError";
}
