/**
 * Extra facts an error carries besides its message.
 * @see the README of `@mem/qom`, "Errors"
 */
export interface QomErrorFacts {
  /** Path, or failing that a description, of the object the call was made on. */
  readonly path?: string | null;
  /** The names involved: types, properties, holders, path components. */
  readonly names?: readonly string[];
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Base of every error this package throws on misuse.
 *
 * Unless a subclass says otherwise it is thrown before anything changed: after catching one, the
 * object tree is what it was before the call.
 * @see the README of `@mem/qom`, "Errors"
 */
export class QomError extends Error {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "QomError";
  /** The rule that was broken, as a stable identifier such as `"child-has-parent"`. */
  readonly rule: string;
  /** Path or description of the object concerned; null when no object is involved. */
  readonly path: string | null;
  /** The names involved, in the order the message mentions them. */
  readonly names: readonly string[];

  constructor(rule: string, message: string, facts: QomErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.rule = rule;
    this.path = facts.path ?? null;
    this.names = facts.names ?? [];
  }
}
