import { MemError, type MemErrorDetails } from "@mem/qom";

/** Details that every error of the memory model carries besides its message. */
export interface MemoryErrorDetails extends MemErrorDetails {
  /** Path or name of the region concerned. */
  readonly region?: string | undefined;
  /** Path or name of the other party, where two regions are concerned. */
  readonly other?: string | undefined;
  /** The address, offset or size concerned, in bytes. */
  readonly address?: number | bigint | undefined;
  /** The argument or option concerned, by its name. */
  readonly option?: string | undefined;
}

/**
 * Base of everything that the packages above `@mem/qom` throw. Thrown only for misuse by the programmer, and always
 * before anything has changed; what a guest does ends in a `MemTxResult` instead.
 *
 * @example
 * try {
 *   system.addSubregion(0, system);
 * } catch (error) {
 *   if (!(error instanceof MemoryModelError)) throw error;
 *   console.log(error.name, error.rule); // prints: TopologyError cycle
 * }
 * @see the guide "Twenty lines to a bus", "What is thrown"
 */
export class MemoryModelError extends MemError {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "MemoryModelError";
  /** Path or name of the region concerned, if any. */
  readonly region: string | undefined;
  /** Path or name of the second party, if any. */
  readonly other: string | undefined;
  /** The address, offset or size concerned, in bytes, if any. */
  readonly address: number | bigint | undefined;
  /** The argument or option concerned, by its name, if any. */
  readonly option: string | undefined;

  constructor(message: string, details: MemoryErrorDetails) {
    super(message, details);
    this.region = details.region;
    this.other = details.other;
    this.address = details.address;
    this.option = details.option;
  }
}

/**
 * An address, offset or size is negative, inexact or beyond its range.
 * @see the guide "Twenty lines to a bus", "What is thrown"
 */
export class AddressError extends MemoryModelError {
  static override readonly name: string = "AddressError";
}

/**
 * A call that TypeScript's compiler would refuse: an argument or option that is missing, of the
 * wrong kind, or that nobody knows. {@link MemoryModelError.option} names it.
 * @see {@link MemoryModelError}
 */
export class ArgumentError extends MemoryModelError {
  static override readonly name: string = "ArgumentError";
}

/**
 * A change of the region graph that its rules forbid: adding twice, cycles, deleting what is not there.
 * @see the guide "Twenty lines to a bus", "What is thrown"
 */
export class TopologyError extends MemoryModelError {
  static override readonly name: string = "TopologyError";
}

/** A region was described wrongly when it was created: sizes, access sizes, callbacks, memory. */
export class RegionOptionsError extends MemoryModelError {
  static override readonly name: string = "RegionOptionsError";
}

/** Unbalanced transactions. */
export class TransactionError extends MemoryModelError {
  static override readonly name: string = "TransactionError";
}

/**
 * Use after finalization, or destroying what is in use.
 * @see the guide "Who owns a region, and when does it die", "A device that is unplugged"
 */
export class LifecycleError extends MemoryModelError {
  static override readonly name: string = "LifecycleError";
}

/** RAM block trouble: duplicate names, resizing beyond the maximum, leaving the block. */
export class RamBlockError extends MemoryModelError {
  static override readonly name: string = "RamBlockError";
}

/** Event notifiers: memory that cannot be shared, a host that cannot wait. */
export class NotifierError extends MemoryModelError {
  static override readonly name: string = "NotifierError";
}

/** Text of a thrown value for a log line, whatever it is. Never throws. */
export function errorText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "something without a text";
  }
}
