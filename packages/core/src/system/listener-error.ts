import { errorText, type MemoryErrorDetails, MemoryModelError } from "../errors.js";

/**
 * One callback of a listener that threw.
 * @see {@link ListenerError}
 */
export interface ListenerFailure {
  /** The listener's name, or a description of one that has none. */
  readonly listener: string;
  /** The callback, e.g. `"regionAdd"`. */
  readonly callback: string;
  /** Name of the address space that it was told about, or registered for. */
  readonly addressSpace: string;
  /**
   * Section it was told about, in words; `null` for callbacks that are about nothing in particular.
   */
  readonly section: string | null;
  /** Path or name of the region in question, if any. */
  readonly region: string | null;
  /** Bus address, in bytes, of what it was told about, if any. */
  readonly address: bigint | null;
  /** Error that it threw. */
  readonly cause: unknown;
}

/** Failures that a message tells of; the others are counted. */
const MOST_TOLD = 4;

/**
 * Callbacks of listeners threw (rule `"listener-threw"`). It reaches whoever caused them, once and
 * with all {@link failures}, after everything is done: the commit and the other listeners went on.
 * @see the guide "Watching the map", "When a listener throws"
 */
export class ListenerError extends MemoryModelError {
  static override readonly name: string = "ListenerError";

  /** Everything that went wrong, in the order in which it did; at least one. */
  readonly failures: readonly ListenerFailure[];
  /** The first listener that threw. */
  readonly listener: string;
  /** The callback of it that threw. */
  readonly callback: string;

  constructor(first: ListenerFailure, ...others: readonly ListenerFailure[]) {
    super(messageOf([first, ...others]), detailsOf(first));
    this.failures = [first, ...others];
    this.listener = first.listener;
    this.callback = first.callback;
  }
}

function detailsOf({ region, address, cause }: ListenerFailure): MemoryErrorDetails {
  return {
    rule: "listener-threw",
    region: region ?? undefined,
    address: address ?? undefined,
    cause,
  };
}

function messageOf(failures: readonly ListenerFailure[]): string {
  const told = failures.slice(0, MOST_TOLD).map(sentence);
  const rest = failures.length - told.length;
  if (rest > 0) told.push(`and ${rest} more`);
  return told.join("; ");
}

function sentence({ listener, callback, addressSpace, section, cause }: ListenerFailure): string {
  const subject = section === null ? "" : ` for ${section}`;
  return `${listener} threw in ${callback}${subject} of ${addressSpace}: ${errorText(cause)}`;
}

/**
 * One error for several: those of listeners become one, and what is left then is itself or an
 * `AggregateError`.
 */
export function joinErrors(errors: readonly unknown[], summary: string): unknown {
  const [first, ...others] = errors.flatMap((e) => (e instanceof ListenerError ? e.failures : []));
  const rest = errors.filter((error) => !(error instanceof ListenerError));
  const all = first ? [new ListenerError(first, ...others), ...rest] : rest;
  return all.length === 1 ? all[0] : new AggregateError(all, summary);
}
