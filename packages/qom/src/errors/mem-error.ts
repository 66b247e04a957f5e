/**
 * Details that every error of the project carries besides its message.
 * @see {@link MemError}
 */
export interface MemErrorDetails {
  /** The rule that was broken, as a short stable word, e.g. `"region-added-twice"`. */
  readonly rule: string;
  /** The error, or whatever else was thrown, that led to this one. */
  readonly cause?: unknown;
}

/**
 * Base of every error that a package of the project throws, and of those of the PC. A constructor
 * takes the message, then the details; classes that write the message themselves take first what
 * it is about, then what is wrong with it.
 *
 * @example
 * try {
 *   new ObjectSystem().create("no-such-type");
 * } catch (error) {
 *   if (!(error instanceof MemError)) throw error;
 *   console.log(error.rule); // "type-unknown"
 * }
 */
export class MemError extends Error {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "MemError";
  /** The rule that was broken, as a short stable word, e.g. `"region-added-twice"`. */
  readonly rule: string;

  constructor(message: string, details: MemErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.rule = details.rule;
  }
}
