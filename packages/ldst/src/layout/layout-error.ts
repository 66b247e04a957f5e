import { MemoryModelError } from "@mem/core";

/**
 * A layout was described wrongly, or given a value that does not fit it.
 * @see the reference of `@mem/ldst`, "Every kind of field"
 */
export class LayoutError extends MemoryModelError {
  static override readonly name: string = "LayoutError";
}
