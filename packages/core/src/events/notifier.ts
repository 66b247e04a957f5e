import { type EventCounter, EventIterator, LocalEventCounter } from "./counter.js";

/**
 * Options of an {@link EventNotifier}.
 * @see {@link EventNotifier}
 */
export interface EventNotifierOptions {
  /** Where signals are counted: e.g. a `SharedEventCounter`, which other threads see. */
  readonly counter?: EventCounter;
}

/**
 * Something that is signalled when a guest writes to a location (`EventNotifier`). It counts, as
 * an eventfd does, and there are three ways to learn of it:
 *
 * - callbacks ({@link onSignal}) run at every signal, within the access that caused it; they take
 *   nothing off the count;
 * - {@link testAndClear} and {@link take} ask, when the time comes;
 * - `for await (const count of notifier)` waits without a callback: each step takes all signals
 *   since the last. Signals of one turn of the event loop are one step. Several such loops share
 *   the signals: each goes to one of them, the one that has waited longest.
 * @see the README of `@mem/core`, "Signals"
 */
export class EventNotifier implements AsyncIterable<number>, Disposable {
  /** Creation order, which ranks notifiers that are otherwise equal. */
  readonly id: number;
  /** For messages. */
  readonly name: string;
  readonly #counter: EventCounter;
  #callbacks: readonly (() => void)[] = [];

  /** @param id rank among the notifiers of one system; see `MemorySystem.eventNotifier`. */
  constructor(id: number, name = `notifier${id}`, options: EventNotifierOptions = {}) {
    this.id = id;
    this.name = name;
    this.#counter = options.counter ?? new LocalEventCounter();
  }

  /** Signals that nobody has taken. */
  get pending(): number {
    return this.#counter.pending;
  }

  /**
   * Signals the notifier (`event_notifier_set`). Does nothing once it is closed.
   * @throws what callbacks threw, when all were called; several in an `AggregateError`.
   */
  set(): void {
    if (this.#counter.closed) return;
    this.#counter.add();
    if (this.#callbacks.length > 0) callAll(this.#callbacks);
  }

  /** Whether it was signalled; forgets the signals (`event_notifier_test_and_clear`). */
  testAndClear(): boolean {
    return this.take() > 0;
  }

  /** How often it was signalled since they were last taken; forgets the signals. */
  take(): number {
    return this.#counter.take();
  }

  /**
   * Calls `callback` at every signal from now on, in the order of registration, within the access
   * that causes it (`event_notifier_set_handler`). What it throws ends that access in `ERROR`.
   * Disposing the result ends that; so does {@link close}.
   */
  onSignal(callback: () => void): Disposable {
    const entry = (): void => callback();
    if (!this.closed) this.#callbacks = [...this.#callbacks, entry];
    return {
      [Symbol.dispose]: () => {
        this.#callbacks = this.#callbacks.filter((other) => other !== entry);
      },
    };
  }

  /** Each step takes all that is pending, or waits for it. It keeps no process running. */
  [Symbol.asyncIterator](): AsyncIterableIterator<number> {
    return new EventIterator(this.#counter);
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#counter.closed;
  }

  /**
   * Ends it: later signals go nowhere, callbacks are forgotten, and iterations end when they have
   * taken what is pending. Triggers that signal it stay, and go on keeping writes from their device.
   */
  close(): void {
    this.#callbacks = [];
    this.#counter.close();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function callAll(callbacks: readonly (() => void)[]): void {
  const errors: unknown[] = [];
  for (const callback of callbacks) {
    try {
      callback();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, "callbacks of an event notifier threw");
}
