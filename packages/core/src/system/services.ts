import {
  aFunction,
  anyObject,
  aText,
  checkArgument,
  checkOptions,
  type OptionKind,
} from "@mem/qom/plumbing";
import { refuseArgument } from "../arguments.js";
import { CoalescedQueues } from "../events/coalesced-queues.js";
import { EventNotifier, type EventNotifierOptions } from "../events/notifier.js";
import { errorText, LifecycleError } from "../errors.js";
import { type LogCategory, LoggedCauseList, type LoggedCauses, MAX_LOGGED_CAUSES } from "../log.js";
import { Belongings } from "./belongings.js";
import { type BottomHalfOptions, BottomHalves } from "./bottom-halves.js";
import { Reclaimer } from "./reclaimer.js";
import { Transactions } from "./transactions.js";

const SCHEDULE = { call: "machine.schedule", optional: { name: aText } };

const A_DISPOSABLE: OptionKind = {
  expects: "an object with a method [Symbol.dispose]",
  accepts: (value) => typeof (value as Partial<Disposable> | null)?.[Symbol.dispose] === "function",
};

/**
 * Services of a {@link MemorySystem} for all its regions alike: the log, what is put off and when
 * it is caught up with, and what ends with the machine.
 * @see {@link MemorySystem}
 */
export abstract class SystemServices {
  /** Queues of coalesced writes; none, unless an accelerator attaches one. */
  protected readonly coalescedQueues = new CoalescedQueues();
  /** Nested transactions over the topology. */
  protected readonly transactions: Transactions;
  /** Defers frees while accesses are in flight. */
  protected readonly reclaimer: Reclaimer;
  /** Callbacks that wait until nothing is under way. */
  protected readonly bottomHalves: BottomHalves;

  readonly #log: (category: LogCategory, message: string) => void;
  readonly #causes = new LoggedCauseList(() =>
    this.log("callback", `${MAX_LOGGED_CAUSES} causes were logged: further ones are not`),
  );
  readonly #belongings = new Belongings();
  readonly #extensions = new Map<symbol, unknown>();
  #notifiers = 0;
  #isDisposed = false;

  /** @param log receives log lines; default: they are dropped. */
  constructor(log: (category: LogCategory, message: string) => void = () => undefined) {
    this.#log = log;
    this.reclaimer = new Reclaimer(
      (error) => {
        this.log("callback", `a finalizer threw after an access: ${errorText(error)}`);
      },
      () => this.bottomHalves.settle(),
    );
    this.transactions = new Transactions(this.reclaimer, this.coalescedQueues, () =>
      this.runPending(),
    );
    this.bottomHalves = new BottomHalves({
      isBusy: () => this.isBusy,
      settleLater: () => this.reclaimer.settleLater(),
      logOnce: (key, category, message) => this.logOnce(key, category, message),
    });
  }

  // ---- callbacks that wait --------------------------------------------------------------

  /**
   * Has `callback` called once, soon, and not from within what is under way (a bottom half,
   * `aio_bh_schedule_oneshot`): at the end of the outermost access or commit, or else in the next
   * turn of the event loop, or by {@link runPending}. Those that wait are called in the order in which
   * they were asked for. What one throws, or a promise that it answers rejects with, is a line in
   * the log. Disposing the result takes it back, if it has not been called (`qemu_bh_cancel`).
   * Once the machine was disposed, nothing is called any more.
   * @throws ArgumentError unless it is given a function, and options that it has
   *
   * @example
   * const transfer = () => console.log("done after the access");
   * const write = () => void machine.schedule(transfer, { name: "a transfer" });
   * const kick = machine.mmio({ name: "kick", size: 4, write });
   */
  schedule(callback: () => void, options?: BottomHalfOptions): Disposable {
    checkArgument(callback, aFunction, SCHEDULE.call, "the callback", refuseArgument);
    if (options !== undefined) checkOptions(options, SCHEDULE, refuseArgument);
    return this.bottomHalves.add(callback, options);
  }

  /**
   * Calls what {@link schedule} was asked for until now, and what the packages themselves put off:
   * map clients, say. An owner who drives the machine from a loop of his own calls it there. Within
   * an access, a transaction or another run it does nothing: the end of that does it.
   * @returns the number of callbacks that were called, at most {@link MAX_BOTTOM_HALVES}.
   */
  runPending(): number {
    return this.bottomHalves.run();
  }

  /** Number of callbacks that wait for {@link runPending}. */
  get pendingCount(): number {
    return this.bottomHalves.size;
  }

  /** True if an access, a transaction or a commit is under way. */
  get isBusy(): boolean {
    const { transactions } = this;
    return this.reclaimer.inFlight > 0 || transactions.depth > 0 || transactions.committing;
  }

  // ---- notifiers, log, state ------------------------------------------------------------

  /**
   * A new notifier for write triggers; creation order ranks equals.
   * @throws ArgumentError when the name is no text, or for options that it does not have
   */
  eventNotifier(name?: string, options: EventNotifierOptions = {}): EventNotifier {
    const notifier = new EventNotifier(this.#notifiers, name, options, this);
    this.#notifiers++;
    return notifier;
  }

  /** Delivers writes that queues hold back (`qemu_flush_coalesced_mmio_buffer`). */
  flushCoalescedMmio(): void {
    this.coalescedQueues.flush();
  }

  /** Writes one log line. A log that throws loses it: no access may fail for that. */
  log(category: LogCategory, message: string): void {
    try {
      this.#log(category, message);
    } catch {
      // There is nowhere to tell.
    }
  }

  /**
   * Writes a log line the first time that `key` comes up: for `region`, which the key is forgotten
   * with, or for the machine, which remembers {@link MAX_LOGGED_CAUSES} of them and no more.
   * @throws ArgumentError when the region is no object
   */
  logOnce(key: string, category: LogCategory, message: string, region?: LoggedCauses): void {
    if (region !== undefined)
      checkArgument(region, anyObject, "machine.logOnce", "the region", refuseArgument);
    if (this.#causes.isNew(key, region)) this.log(category, message);
  }

  /** State that a layer above keeps for this system, made on first use. */
  protected extension<T>(key: symbol, create: () => T): T {
    if (!this.#extensions.has(key)) this.#extensions.set(key, create());
    return this.#extensions.get(key) as T;
  }

  // ---- the end --------------------------------------------------------------------------

  /**
   * Has something end with the machine: a file, a timer, a cache, newest first. Disposing the result
   * takes it off again, as whatever ends earlier does itself.
   * @throws LifecycleError once the machine was disposed.
   * @throws ArgumentError for what cannot be disposed.
   */
  own(owned: Disposable): Disposable {
    this.assertOpen("give something to");
    checkArgument(owned, A_DISPOSABLE, "machine.own", "what ends", refuseArgument);
    return this.#belongings.add(owned);
  }

  /** True if the machine was disposed. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** @throws LifecycleError once the machine was disposed. */
  protected assertOpen(action: string): void {
    if (!this.#isDisposed) return;
    throw new LifecycleError(`cannot ${action} this machine: it was disposed`, {
      rule: "use-after-dispose",
    });
  }

  /** Ends what waits, what belongs to the machine, and `views`; nothing is taken any more after that. */
  protected endServices(onError: (error: unknown) => void, views: () => void): void {
    this.bottomHalves.end();
    this.#belongings.end(onError);
    views();
    this.#isDisposed = true;
  }
}
