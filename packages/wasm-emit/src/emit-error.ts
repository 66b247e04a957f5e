import { MemError } from "@mem/qom";

/**
 * Code is emitted in an order that WebAssembly does not have, or of what is no instruction's. Rules:
 * `"open-blocks"`, `"late-import"` and `"argument"`.
 * @see {@link CodeWriter}
 */
export class EmitError extends MemError {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "EmitError";
}
