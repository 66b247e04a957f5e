import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";

/**
 * A count of signals that nobody has taken yet: what an eventfd is to Linux. Whoever takes the
 * count first has all of it; to those who come after, the signals never were.
 */
export interface EventCounter {
  /** Signals since the last {@link take}. */
  readonly pending: number;
  /** True if {@link close} was called. */
  readonly closed: boolean;
  /** Counts one signal and wakes who waits. Does nothing when closed. Never throws. */
  add(): void;
  /** The signals that are pending, which are forgotten; 0 when there are none. */
  take(): number;
  /** No more signals: who waits gets what is pending, and nothing after that. */
  close(): void;
  /** Resolves when there may be something new: signals, the end, or a {@link wake}. */
  changed(): Promise<void>;
  /** Has everybody who waits look again. */
  wake(): void;
}

/** A counter within one thread. It counts up to 2^53 - 1 and stays there. */
export class LocalEventCounter implements EventCounter {
  #pending = 0;
  #closed = false;
  #change: Promise<void> | null = null;
  #resolve: (() => void) | null = null;

  get pending(): number {
    return this.#pending;
  }

  get closed(): boolean {
    return this.#closed;
  }

  add(): void {
    if (this.#closed) return;
    if (this.#pending < Number.MAX_SAFE_INTEGER) this.#pending++;
    if (this.#resolve !== null) this.wake();
  }

  take(): number {
    const taken = this.#pending;
    this.#pending = 0;
    return taken;
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  changed(): Promise<void> {
    this.#change ??= new Promise((resolve) => (this.#resolve = resolve));
    return this.#change;
  }

  /** Number of signals that nobody has taken. */
  toJSON(): object {
    return { pending: this.#pending, closed: this.#closed };
  }

  /** The text that `console.log` shows: the number of signals that nobody has taken. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const pending = ink(String(this.#pending), "number");
        return `LocalEventCounter, ${pending} pending${this.#closed ? ", closed" : ""}`;
      },
    });
  }

  wake(): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    this.#change = null;
    resolve?.();
  }
}

/**
 * Iterates over a counter: each step takes what is pending, all at once, or waits for it. Signals
 * that come in one turn of the event loop are one step. Of several who wait, the one that has
 * waited longest gets them. Ends when the counter is closed and nothing is pending, or by
 * `return`, as a `break` does.
 * @see {@link EventNotifier}, which is iterated by one
 */
export class EventIterator implements AsyncIterableIterator<number> {
  readonly #counter: EventCounter;
  #over = false;

  constructor(counter: EventCounter) {
    this.#counter = counter;
  }

  /** Takes what is pending, or waits for it. */
  async next(): Promise<IteratorResult<number, undefined>> {
    while (!this.#over) {
      const count = this.#counter.take();
      if (count > 0) return { value: count, done: false };
      if (this.#counter.closed) this.#over = true;
      else await this.#counter.changed();
    }
    return { value: undefined, done: true };
  }

  /** Ends the iteration; what is pending stays for others. */
  async return(): Promise<IteratorResult<number, undefined>> {
    this.#over = true;
    this.#counter.wake();
    return { value: undefined, done: true };
  }

  /** Returns the iterator itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
