import { MemError, type MemErrorDetails } from "./mem-error.js";

/** Details that an error of this package carries besides its message. */
export interface QomErrorDetails extends MemErrorDetails {
  /** Path, or failing that a description, of the object the call was made on. */
  readonly path?: string | null;
  /** The names involved: types, properties, holders, path components. */
  readonly names?: readonly string[];
}

/**
 * Base of every error this package throws on misuse.
 *
 * Unless a subclass says otherwise it is thrown before anything changed: after catching one, the
 * object tree is what it was before the call.
 */
export class QomError extends MemError {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "QomError";
  /** Path or description of the object concerned; null when no object is involved. */
  readonly path: string | null;
  /** The names involved, in the order the message mentions them. */
  readonly names: readonly string[];

  constructor(message: string, details: QomErrorDetails) {
    super(message, details);
    this.path = details.path ?? null;
    this.names = details.names ?? [];
  }
}
