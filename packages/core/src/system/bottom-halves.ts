import { errorText } from "../errors.js";
import { isThenable, whenRejected } from "./synchronous.js";

/**
 * Number of callbacks that one run of a machine's queue calls at most; the rest waits for the next.
 * @see {@link MemorySystem}
 */
export const MAX_BOTTOM_HALVES = 10_000;

/**
 * Options of a callback that waits in a machine's queue.
 * @see {@link MemorySystem}
 */
export interface BottomHalfOptions {
  /** Owner of the callback, for the line in the log should it throw; default `"a callback"`. */
  readonly name?: string;
}

/** Something that waits; `null` once it was taken back. */
interface Waiting {
  callback: (() => void) | null;
  readonly name: string;
}

/** Machine as its queue sees it. */
export interface BottomHalfHost {
  /** True if an access, a transaction or a commit is under way. */
  isBusy(): boolean;
  /** Something waits: {@link BottomHalves.settle} is to be called when nothing is under way. */
  settleLater(): void;
  /** One log line the first time that `key` comes up. */
  logOnce(key: string, category: "callback", message: string): void;
}

/**
 * Callbacks of a machine that are called soon, but not now (bottom halves, `QEMUBH`): "try again",
 * "something happened". Each is called once, in the order in which they were asked for, when nothing
 * is under way: at the end of the outermost access or commit, or else in the next turn of the event
 * loop, or earlier when the machine's owner calls {@link run}. They never run inside one another:
 * what is asked for meanwhile waits for the next run. One that throws has a line in the log, and
 * the others are called.
 *
 * Where the host has no `setTimeout`, whoever drives the machine calls {@link run}.
 * @see {@link MemorySystem.schedule}
 */
export class BottomHalves {
  readonly #host: BottomHalfHost;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #isEnded = false;
  #timer: unknown = null;

  constructor(host: BottomHalfHost) {
    this.#host = host;
  }

  /** Number of callbacks that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Has `callback` called once, soon; disposing the result takes it back, if it has not been called.
   * Nothing is called before this returns. Does nothing once the queue has ended.
   */
  add(callback: () => void, { name = "a callback" }: BottomHalfOptions = {}): Disposable {
    const waiting: Waiting = { callback, name };
    if (!this.#isEnded) {
      this.#waiting.push(waiting);
      this.#host.settleLater();
      if (!this.#host.isBusy()) this.#wakeUp();
    }
    return {
      [Symbol.dispose]: () => {
        if (waiting.callback === null) return;
        waiting.callback = null;
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
      },
    };
  }

  /**
   * Calls what waits at this moment, unless something is under way.
   * @returns the number that were called.
   */
  run(): number {
    if (this.#isRunning || this.#waiting.length === 0 || this.#host.isBusy()) return 0;
    const batch = this.#waiting;
    this.#waiting = batch.length > MAX_BOTTOM_HALVES ? batch.splice(MAX_BOTTOM_HALVES) : [];
    if (this.#waiting.length > 0) {
      this.#host.logOnce(
        "bottom-halves",
        "callback",
        `more than ${MAX_BOTTOM_HALVES} callbacks in one run of the queue: the rest waits for the next`,
      );
    }
    this.#isRunning = true;
    let called = 0;
    for (const waiting of batch) {
      const { callback } = waiting;
      if (callback === null) continue;
      waiting.callback = null;
      called++;
      this.#call(callback, waiting.name);
    }
    this.#isRunning = false;
    if (this.#waiting.length > 0) this.#wakeUp();
    return called;
  }

  /** Nothing is under way any more: runs what waits. True if something waits still. */
  settle(): boolean {
    this.run();
    return this.#waiting.length > 0;
  }

  /** The machine ends: what waits is forgotten, and nothing is taken any more. */
  end(): void {
    this.#isEnded = true;
    for (const waiting of this.#waiting) waiting.callback = null;
    this.#waiting = [];
    if (this.#timer !== null) timers().clearTimeout?.(this.#timer);
    this.#timer = null;
  }

  #call(callback: () => void, name: string): void {
    const failed = (error: unknown): void =>
      this.#host.logOnce(`later:${name}`, "callback", `${name} threw: ${errorText(error)}`);
    try {
      const answer: unknown = callback();
      if (isThenable(answer)) whenRejected(answer, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Has the event loop run the queue in its next turn. That keeps a process for this one turn only. */
  #wakeUp(): void {
    if (this.#timer !== null) return;
    const { setTimeout } = timers();
    if (setTimeout === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.run();
    }, 0);
  }
}

/** Timers of a host, where it has them. */
interface Timers {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown;
  readonly clearTimeout?: (timer: unknown) => void;
}

function timers(): Timers {
  return globalThis as unknown as Timers;
}
