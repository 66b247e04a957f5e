/**
 * Defers the release of what an access may still be using: the job that read-copy-update does
 * in QEMU. While any access is in flight nothing is freed; the queue is drained when the last
 * one ends, or at the end of the operation that queued the work.
 * @see the README of `@mem/core`, "For packages above"
 */
export class Reclaimer {
  readonly #onError: (error: unknown) => void;
  #inFlight = 0;
  #reentries = 0;
  #draining = false;
  #queue: (() => void)[] = [];

  /** @param onError told of what a release threw that the end of an access caused. */
  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError;
  }

  /** How many accesses are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many of those begun since none was in flight re-entered what was busy. */
  get reentries(): number {
    return this.#reentries;
  }

  /** An access begins; must be paired with {@link exit}. */
  enter(): void {
    this.#inFlight++;
  }

  /** The access that begins enters what another one in flight is in already. */
  countReentry(): void {
    this.#reentries++;
  }

  /** An access ends; the last one drains the queue. Never throws. */
  exit(): void {
    if (--this.#inFlight === 0 && (this.#queue.length > 0 || this.#reentries > 0)) this.#settle();
  }

  #settle(): void {
    this.#reentries = 0;
    for (const error of this.#drain()) this.#onError(error);
  }

  /** Runs `free` once nothing can be using its subject any more. */
  defer(free: () => void): void {
    this.#queue.push(free);
  }

  /**
   * Runs what is queued, all of it, unless an access is in flight.
   * @throws what a release threw, such as an object's own hook; several in an `AggregateError`.
   */
  drain(): void {
    const errors = this.#drain();
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "releases threw");
  }

  #drain(): unknown[] {
    const errors: unknown[] = [];
    if (this.#inFlight > 0 || this.#draining) return errors;
    this.#draining = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const free of batch) {
        try {
          free();
        } catch (error) {
          errors.push(error);
        }
      }
    }
    this.#draining = false;
    return errors;
  }
}
