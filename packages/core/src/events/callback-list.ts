import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";

/**
 * A callback in a {@link CallbackList}; disposing it takes the callback back, whenever that is.
 * @see {@link CallbackList}
 */
export class CallbackEntry<T> implements Disposable {
  /** The callback, or the object with several. */
  readonly callback: T;
  #drop: ((entry: CallbackEntry<T>) => void) | null;

  /**
   * {@link CallbackList.add} makes it.
   * @param drop called once, when the entry is disposed
   */
  constructor(callback: T, drop: (entry: CallbackEntry<T>) => void) {
    this.callback = callback;
    this.#drop = drop;
  }

  /** True if it may still be called. */
  get active(): boolean {
    return this.#drop !== null;
  }

  /** Data of the entry: `active`, true while it may be called. */
  toJSON(): object {
    return { active: this.active };
  }

  /** Text for `console.log`, which tells an entry that is not called any more. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: () => `CallbackEntry, ${this.active ? "active" : "taken back"}`,
    });
  }

  /** Takes the callback back: it is not called again, not in the round under way either. */
  [Symbol.dispose](): void {
    const drop = this.#drop;
    if (drop === null) return;
    this.#drop = null;
    drop(this);
  }
}

/**
 * Callbacks that somebody wants called: what stands behind every list of listeners and notifiers of
 * these packages. One rule goes for all of them, whatever callbacks do to the list that they are in:
 *
 * - who is taken back is not called again, not even in the round that is under way;
 * - who is added is called from the next round on;
 * - taking back twice does nothing, and a callback may take itself back.
 *
 * A list that is not told of anything costs a look at its {@link size}.
 *
 * @example
 * const listeners = new CallbackList<(pin: number) => void>();
 * const registration = listeners.add((pin) => console.log(pin));
 * listeners.each((callback) => callback(4)); // prints: 4
 * registration[Symbol.dispose]();
 */
export class CallbackList<T> {
  /** Never changed, only replaced: a round goes through those that were there when it began. */
  #entries: readonly CallbackEntry<T>[] = [];
  readonly #drop = (entry: CallbackEntry<T>): void => {
    this.#entries = this.#entries.filter((other) => other !== entry);
  };

  /** Number of callbacks. */
  get size(): number {
    return this.#entries.length;
  }

  /**
   * Callbacks of this moment, in order. Whoever goes through them by himself asks each whether it
   * is `active` before he calls it.
   */
  get entries(): readonly CallbackEntry<T>[] {
    return this.#entries;
  }

  /**
   * Adds a callback behind the others, or in front of the first that `isBefore` answers true for.
   * The same one may be added several times. Disposing the result takes it back.
   */
  add(callback: T, isBefore?: (other: T) => boolean): CallbackEntry<T> {
    const entry = new CallbackEntry(callback, this.#drop);
    const entries = [...this.#entries];
    const at = isBefore ? entries.findIndex((other) => isBefore(other.callback)) : -1;
    entries.splice(at < 0 ? entries.length : at, 0, entry);
    this.#entries = entries;
    return entry;
  }

  /** The entry of a callback; of several the first. */
  find(callback: T): CallbackEntry<T> | undefined {
    return this.#entries.find((entry) => entry.callback === callback);
  }

  /** Calls all in order. What `call` throws ends the round and comes out. */
  each(call: (callback: T) => void): void {
    for (const entry of this.#entries) if (entry.active) call(entry.callback);
  }

  /** Calls all in order, each though others throw; what they threw goes to `onError`. */
  eachGuarded(call: (callback: T) => void, onError: (error: unknown) => void): void {
    for (const entry of this.#entries) {
      if (!entry.active) continue;
      try {
        call(entry.callback);
      } catch (error) {
        onError(error);
      }
    }
  }

  /** Takes all back. */
  clear(): void {
    for (const entry of this.#entries) entry[Symbol.dispose]();
  }

  /** `N callbacks`. */
  toString(): string {
    return `${this.size} ${this.size === 1 ? "callback" : "callbacks"}`;
  }

  /** Data of the list: the number of callbacks. */
  toJSON(): object {
    return { callbacks: this.size };
  }

  /** Text for `console.log`: their number. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `CallbackList of ${ink(String(this.size), "number")}`,
    });
  }
}
