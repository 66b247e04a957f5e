/** Error for an image that cannot be started. */
import { MemError } from "@mem/qom";

/** Raised for an image that cannot be started. Rule `kernel-image`. */
export class KernelError extends MemError {
  static override readonly name: string = "KernelError";

  constructor(message: string) {
    super(message, { rule: "kernel-image" });
  }
}
