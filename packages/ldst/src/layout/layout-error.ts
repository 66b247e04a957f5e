import { MemoryModelError } from "@mem/core";

/** A layout was described wrongly, or given a value that does not fit it. */
export class LayoutError extends MemoryModelError {
  static override readonly name: string = "LayoutError";
}
