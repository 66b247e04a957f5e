import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";

/**
 * Amount that one access adds to {@link Reclaimer}'s count of what is in flight, in its low bits.
 */
const ACCESS = 1;
/** Amount that one callback adds: it is an access too, and counted once more in the high bits. */
const CALLBACK = 0x1_0000 | ACCESS;
/** The low bits. */
const ACCESSES = 0xffff;

/**
 * Defers the release of what an access may still be using: the job that read-copy-update does
 * in QEMU. While any access is in flight nothing is freed; the queue is drained when the last
 * one ends, or at the end of the operation that queued the work.
 */
export class Reclaimer {
  readonly #onError: (error: unknown) => void;
  // Plain fields: the members below that touch nothing else are so short then that the host inlines
  // them whatever else it inlined, on every access to a device.
  /** Accesses and callbacks in one number, for both change with every access to a device. */
  private open = 0;
  #reentries = 0;
  #nestedCallbacks = 0;
  /** True if the end of the last access has anything to do: one look for all of it. */
  private isUnsettled = false;
  #draining = false;
  #queue: (() => void)[] = [];
  readonly #onSettled: () => boolean;

  /**
   * @param onError told of what a release threw that the end of an access caused.
   * @param onSettled called when the last access has ended and everything is released, after
   *   {@link settleLater}; answers true to be called at the next such moment too.
   *   Must not throw.
   */
  constructor(
    onError: (error: unknown) => void = () => undefined,
    onSettled: () => boolean = () => false,
  ) {
    this.#onError = onError;
    this.#onSettled = onSettled;
  }

  /** Number of accesses that are in flight. */
  get inFlight(): number {
    return this.open & ACCESSES;
  }

  /**
   * Number of callbacks that run, one inside the other. Each counts once, whatever road its access took;
   * accesses without a callback do not count.
   */
  get callbackDepth(): number {
    return this.open >>> 16;
  }

  /** Number of those begun since none was in flight that re-entered what was busy. */
  get reentries(): number {
    return this.#reentries;
  }

  /**
   * Number of callbacks, since no access was in flight, that began inside two or more others. What
   * the outermost callback reaches is not counted: it may be a device that moves a lot of data.
   */
  get nestedCallbacks(): number {
    return this.#nestedCallbacks;
  }

  /** An access begins; must be paired with {@link exit}. */
  enter(): void {
    this.open += ACCESS;
  }

  /** A callback begins, an access by itself; must be paired with {@link endCallback}. */
  beginCallback(): void {
    if (this.open >= 2 * CALLBACK) this.#countNested();
    this.open += CALLBACK;
  }

  /** True if no access is in flight. */
  get isIdle(): boolean {
    return this.open === 0;
  }

  /** {@link beginCallback} while {@link isIdle}; paired with {@link endOutermost}. */
  beginOutermost(): void {
    this.open = CALLBACK;
  }

  /** The callback ends that {@link beginOutermost} began. */
  endOutermost(): void {
    this.open = 0;
    if (this.isUnsettled) this.#settle();
  }

  #countNested(): void {
    this.#nestedCallbacks++;
    this.isUnsettled = true;
  }

  /** The access that begins enters what another one in flight is in already. */
  countReentry(): void {
    this.#reentries++;
    this.isUnsettled = true;
  }

  /** An access ends; the last one drains the queue. Never throws. */
  exit(): void {
    this.open -= ACCESS;
    if (this.open === 0 && this.isUnsettled) this.#settle();
  }

  /** A callback ends, likewise. */
  endCallback(): void {
    this.open -= CALLBACK;
    if (this.open === 0 && this.isUnsettled) this.#settle();
  }

  #settle(): void {
    this.#reentries = 0;
    this.#nestedCallbacks = 0;
    this.isUnsettled = false;
    for (const error of this.#drain()) this.#onError(error);
    if (this.#onSettled()) this.isUnsettled = true;
  }

  /** Something is to be done when the last access ends. */
  settleLater(): void {
    this.isUnsettled = true;
  }

  /** Runs `free` once nothing can be using its subject any more. */
  defer(free: () => void): void {
    this.#queue.push(free);
    this.isUnsettled = true;
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

  /** Number of accesses that are in flight, and of releases that wait for their end. */
  toJSON(): object {
    return { inFlight: this.inFlight, deferred: this.#queue.length };
  }

  /** The text that `console.log` shows: accesses in flight, releases that wait. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const count = (n: number): string => ink(String(n), "number");
        return `Reclaimer, ${count(this.inFlight)} accesses in flight, ${count(this.#queue.length)} releases wait`;
      },
    });
  }

  #drain(): unknown[] {
    const errors: unknown[] = [];
    if (this.open > 0 || this.#draining) return errors;
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
