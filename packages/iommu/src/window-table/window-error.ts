import { MemoryModelError } from "@mem/core";

/**
 * A window cannot be what it was asked to be. The rule tells why: `window-overlap` (then `other`
 * names the window in the way), `window-alignment`, `window-range`, `window-permission`,
 * `window-pieces` or `window-unknown`.
 */
export class IommuWindowError extends MemoryModelError {
  static override readonly name: string = "IommuWindowError";
}
