/** How long to measure. */
export interface Effort {
  readonly quick: boolean;
  /** Milliseconds of laps before the first that counts, at least. */
  readonly warming: number;
  /** How many such laps, at least. */
  readonly warmLaps: number;
  /** Milliseconds of rounds, at least. */
  readonly measuring: number;
  /** How many rounds, at least. */
  readonly rounds: number;
}

/** What was found out for a row. */
export interface Result {
  /** Median of the nanoseconds for one operation; 0 for rows that measure bytes. */
  readonly ns: number;
  /** From the 10th to the 90th percentile of the rounds, relative to the median. */
  readonly spread: number;
  /** Median of the rounds' ratios to the row it is compared with; `null` when there is none. */
  readonly ratio: number | null;
  /** The row it is compared with. */
  readonly against: string | null;
  /** Heap bytes for one of what the row counts. */
  readonly bytes?: number;
  /** Heap bytes that one operation allocates. */
  readonly bytesPerOp?: number;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  /** Too slow for `--quick`. */
  readonly slow?: boolean;
  measure(effort: Effort): Result;
}

/** A loop that can be timed, written out by hand for what it measures. */
export interface Lap {
  /** Whether it was run so often that the compiler is done with it. */
  isWarm?: boolean;
  /** How many operations one `run` is. */
  readonly operations: number;
  /** What has to be in place, outside the time that is taken. */
  before?(): void;
  /** Runs the operations; answers something that depends on them all, so that none is left out. */
  run(): unknown;
  /** Takes back what `before` did, outside the time that is taken. */
  after?(): void;
}

/** Makes something on first use. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
