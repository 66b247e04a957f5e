import { checkArgument } from "@mem/qom/plumbing";
import { refuseArgument } from "../arguments.js";
import { NotifierError } from "../errors.js";
import { type EventCounter, EventIterator } from "./counter.js";

/** Bit of the cell that says that no more signals come. */
const CLOSED = -0x8000_0000;
/** The other bits: the count. */
const COUNT = 0x7fff_ffff;

const A_TIME = {
  expects: "milliseconds",
  accepts: (value: unknown) => typeof value === "number" && !Number.isNaN(value),
};

/** `Atomics.waitAsync`, which not every host has. */
type WaitAsync = (
  cells: Int32Array,
  index: number,
  value: number,
) => { readonly async: boolean; readonly value: unknown };

/**
 * A counter in shared memory: signals that one thread counts wake another, without a message
 * between them. Make one, give its {@link buffer} to a worker (`postMessage`, `workerData`), and
 * have the worker make another on it. The worker either blocks in {@link wait} or iterates
 * (`for await`). Counts up to 2^31 - 1 and stays there.
 *
 * @example
 * const counter = new SharedEventCounter();
 * const doorbell = machine.eventNotifier("doorbell", { counter });
 * doorbell.set();
 * const rings = new SharedEventCounter(counter.buffer); // in a worker, which waits with `rings.wait()`
 * console.log(rings.take()); // prints: 1
 */
export class SharedEventCounter implements EventCounter, AsyncIterable<number>, Disposable {
  /** The memory that threads share: 4 bytes. */
  readonly buffer: SharedArrayBuffer;
  /** One cell: the count, and {@link CLOSED}. It is 0 only when there is nothing to be had. */
  readonly #cells: Int32Array;
  /** Promise that all who wait here share, in their order: not every host wakes several at once. */
  #change: Promise<void> | null = null;

  /**
   * @param buffer of a counter in another thread; default: a counter of its own.
   * @throws NotifierError where memory cannot be shared, or for less than 4 bytes.
   */
  constructor(buffer?: SharedArrayBuffer) {
    if (typeof SharedArrayBuffer === "undefined") {
      throw new NotifierError("there is no SharedArrayBuffer here", { rule: "counter-not-shared" });
    }
    const memory = buffer ?? new SharedArrayBuffer(4);
    if (!(memory instanceof SharedArrayBuffer) || memory.byteLength < 4) {
      throw new NotifierError("a shared counter is a SharedArrayBuffer of 4 bytes", {
        rule: "counter-not-shared",
      });
    }
    this.buffer = memory;
    this.#cells = new Int32Array(memory, 0, 1);
  }

  get pending(): number {
    return Atomics.load(this.#cells, 0) & COUNT;
  }

  get closed(): boolean {
    return (Atomics.load(this.#cells, 0) & CLOSED) !== 0;
  }

  add(): void {
    for (;;) {
      const state = Atomics.load(this.#cells, 0);
      // Closed, or as many as can be counted: who waits was woken then.
      if (state < 0 || state === COUNT) return;
      if (Atomics.compareExchange(this.#cells, 0, state, state + 1) === state) break;
    }
    this.wake();
  }

  take(): number {
    return Atomics.and(this.#cells, 0, CLOSED) & COUNT;
  }

  close(): void {
    Atomics.or(this.#cells, 0, CLOSED);
    this.wake();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  wake(): void {
    Atomics.notify(this.#cells, 0);
  }

  /**
   * Waits for a change without blocking. Those who wait through one object are woken together, in
   * the order in which they came.
   * @throws NotifierError where the host has no `Atomics.waitAsync`; {@link wait} works there.
   */
  async changed(): Promise<void> {
    const { waitAsync } = Atomics as { waitAsync?: WaitAsync };
    if (waitAsync === undefined) {
      throw new NotifierError("this host has no Atomics.waitAsync: wait() in a worker instead", {
        rule: "no-wait-async",
      });
    }
    this.#change ??= this.#watch(waitAsync);
    await this.#change;
  }

  /** Whoever waits again once it is over needs another one: forgotten before anybody is woken. */
  async #watch(waitAsync: WaitAsync): Promise<void> {
    await waitAsync.call(Atomics, this.#cells, 0, 0).value;
    this.#change = null;
  }

  /**
   * Blocks the thread until there are signals, and takes them. Browsers allow that in workers only.
   * @param timeout in milliseconds; default: for ever.
   * @returns the number of signals; 0 when the time is over, or the counter closed.
   * @throws ArgumentError when the time is no number.
   */
  wait(timeout = Infinity): number {
    checkArgument(timeout, A_TIME, "counter.wait", "the time", refuseArgument);
    const end = Date.now() + timeout;
    for (;;) {
      const count = this.take();
      const left = end - Date.now();
      if (count > 0 || this.closed || left < 0) return count;
      if (Atomics.wait(this.#cells, 0, 0, left) === "timed-out") return this.take();
    }
  }

  /** Each step takes all that is pending, or waits for it; see {@link EventIterator}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<number> {
    return new EventIterator(this);
  }
}
