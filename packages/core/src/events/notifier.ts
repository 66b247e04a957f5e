import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import {
  aFlag,
  aFunction,
  aNumber,
  anyObject,
  aText,
  checkArgument,
  checkOptions,
  type OptionTable,
  orNull,
} from "@mem/qom/plumbing";
import { refuseArgument } from "../arguments.js";
import { errorText, NotifierError } from "../errors.js";
import { isThenable, whenRejected } from "../system/synchronous.js";
import { CallbackList } from "./callback-list.js";
import { type EventCounter, EventIterator, LocalEventCounter } from "./counter.js";

/**
 * Options of an {@link EventNotifier}.
 * @see {@link EventNotifier}
 */
export interface EventNotifierOptions {
  /** The place where signals are counted: e.g. a `SharedEventCounter`, which other threads see. */
  readonly counter?: EventCounter;
}

/**
 * Queue of a machine, as an {@link EventNotifier} uses it.
 * @see {@link EventNotifier}
 */
export interface SignalQueue {
  /** Calls `callback` once, when nothing is under way; `MemorySystem.schedule`. */
  schedule(callback: () => void, options: { readonly name: string }): Disposable;
  /** One line of a log. */
  log(category: "callback", message: string): void;
}

/**
 * Options of a callback for signals.
 * @see {@link EventNotifier.onSignal}
 */
export interface SignalOptions {
  /**
   * True if the callback waits until the access that caused the signal, and all it is part of, is
   * over, as QEMU's main loop has it. Signals until then are one call. Default false.
   */
  readonly deferred?: boolean;
}

const SIGNAL: OptionTable = { call: "notifier.onSignal", optional: { deferred: aFlag } };

const A_QUEUE = /* @__PURE__ */ orNull(anyObject);

const NOTIFIER: OptionTable = {
  call: "an EventNotifier",
  optional: { counter: anyObject },
};

/**
 * Something that is signalled when a guest writes to a location (`EventNotifier`). It counts, as
 * an eventfd does, and there are four ways to learn of it:
 *
 * - callbacks ({@link onSignal}) run at every signal, **within the access** that caused it: a
 *   processor is in the midst of its store then, and so is whatever device made the access. No device
 *   counts as busy for that, so the guard against re-entry stops nothing: a callback that writes to
 *   the register that signals it is called again, until the bounds on nested accesses end it. They
 *   take nothing off the count;
 * - **deferred** callbacks (`onSignal(callback, { deferred: true })`) run once that is over, as QEMU's
 *   handlers of event notifiers do, and once for all signals until then: what a port of a QEMU
 *   device wants;
 * - {@link testAndClear} and {@link take} ask, when the time comes;
 * - `for await (const count of notifier)` waits without a callback: each step takes all signals
 *   since the last. Signals of one turn of the event loop are one step. Several such loops share
 *   the signals: each goes to one of them, the one that has waited longest.
 *
 * @example
 * const irq = machine.eventNotifier("irq");
 * irq.set();
 * irq.set();
 * console.log(irq.take(), irq.take()); // prints: 2 0
 */
export class EventNotifier implements AsyncIterable<number>, Disposable {
  /** Creation order, which ranks notifiers that are otherwise equal. */
  readonly id: number;
  /** For messages. */
  readonly name: string;
  readonly #counter: EventCounter;
  readonly #callbacks = new CallbackList<() => void>();
  readonly #queue: SignalQueue | null;

  /**
   * @param id rank among the notifiers of one system; see `MemorySystem.eventNotifier`.
   * @param queue in which deferred callbacks wait: the machine; `null`: there are none
   * @throws ArgumentError when the rank is no number or the name no text, for options that there
   *   are not, or what is no queue
   */
  constructor(
    id: number,
    name = `notifier${String(id)}`,
    options: EventNotifierOptions = {},
    queue: SignalQueue | null = null,
  ) {
    const { call } = NOTIFIER;
    checkArgument(id, aNumber, call, "the rank", refuseArgument);
    checkArgument(name, aText, call, "the name", refuseArgument);
    checkOptions(options, NOTIFIER, refuseArgument);
    checkArgument(queue, A_QUEUE, call, "the queue", refuseArgument);
    this.id = id;
    this.name = name;
    this.#counter = options.counter ?? new LocalEventCounter();
    this.#queue = queue;
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
    if (this.#callbacks.size > 0) this.#callAll();
  }

  /** True if it was signalled; forgets the signals (`event_notifier_test_and_clear`). */
  testAndClear(): boolean {
    return this.take() > 0;
  }

  /** Number of signals since they were last taken; forgets them. */
  take(): number {
    return this.#counter.take();
  }

  /**
   * Calls `callback` at signals from now on, in the order of registration
   * (`event_notifier_set_handler`): at each, within the access that causes it, or with `deferred`
   * after that, once for all of them. What it throws within an access ends that access in `ERROR`;
   * later, and from a promise that it answers, it is a line in the log. Disposing the result ends
   * that, for a signal that is being told of as well; so does {@link close}.
   * @throws NotifierError for a deferred callback of a notifier that belongs to no machine.
   * @throws ArgumentError unless it is given a function, and options that it has.
   */
  onSignal(callback: () => void, options: SignalOptions = {}): Disposable {
    checkArgument(callback, aFunction, SIGNAL.call, "the callback", refuseArgument);
    checkOptions(options, SIGNAL, refuseArgument);
    if (options.deferred === true) return this.#onSignalLater(callback);
    if (this.closed) return { [Symbol.dispose]: () => undefined };
    return this.#callbacks.add(() => this.#contain(callback()));
  }

  #onSignalLater(callback: () => void): Disposable {
    const queue = this.#queue;
    if (queue === null) {
      throw new NotifierError(`${this.name} belongs to no machine: it has no queue to wait in`, {
        rule: "notifier-without-queue",
      });
    }
    if (this.closed) return { [Symbol.dispose]: () => undefined };
    let waiting: Disposable | null = null;
    const run = (): void => {
      waiting = null;
      if (entry.active) return callback();
    };
    const entry = this.#callbacks.add(
      () => void (waiting ??= queue.schedule(run, { name: `a callback of ${this.name}` })),
    );
    return {
      [Symbol.dispose]: () => {
        entry[Symbol.dispose]();
        waiting?.[Symbol.dispose]();
      },
    };
  }

  /** Ignores the answer of a callback; but a promise that is rejected must not go unheard. */
  #contain(answer: unknown): void {
    if (!isThenable(answer)) return;
    whenRejected(answer, (error) =>
      this.#queue?.log("callback", `a callback of ${this.name} threw: ${errorText(error)}`),
    );
  }

  /** Each step takes all that is pending, or waits for it. It keeps no process running. */
  [Symbol.asyncIterator](): AsyncIterableIterator<number> {
    return new EventIterator(this.#counter);
  }

  /** True if {@link close} was called. */
  get closed(): boolean {
    return this.#counter.closed;
  }

  /**
   * Ends it: later signals go nowhere, callbacks are forgotten, and iterations end when they have
   * taken what is pending. Triggers that signal it stay, and go on keeping writes from their device.
   */
  close(): void {
    this.#callbacks.clear();
    this.#counter.close();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Its name, and the signals that are pending. */
  toString(): string {
    return `notifier ${this.name}${this.#state()}`;
  }

  /** Name and rank, callbacks and, unless a counter of one's own counts them, signals. */
  toJSON(): object {
    const { id, name } = this;
    const counter = this.#counter;
    const isLocal = counter instanceof LocalEventCounter;
    return {
      id,
      name,
      callbacks: this.#callbacks.size,
      ...(isLocal && { pending: counter.pending, closed: counter.closed }),
    };
  }

  /** The text that `console.log` shows: name, signals, callbacks. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `EventNotifier ${ink(this.name, "name")}${this.#state()}`,
    });
  }

  /** A counter that somebody else wrote is not asked. */
  #state(): string {
    const counter = this.#counter;
    const { size } = this.#callbacks;
    const calls = size === 0 ? "" : `, ${size} ${size === 1 ? "callback" : "callbacks"}`;
    if (!(counter instanceof LocalEventCounter)) return calls;
    return `, ${counter.closed ? "closed" : `${counter.pending} pending`}${calls}`;
  }

  #callAll(): void {
    const errors: unknown[] = [];
    this.#callbacks.eachGuarded(
      (callback) => callback(),
      (error) => errors.push(error),
    );
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "callbacks of an event notifier threw");
  }
}
