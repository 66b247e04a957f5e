import { CallbackList, joinErrors } from "@mem/core/plumbing";
import type { ListenerCallback } from "./callbacks.js";
import type { MemoryListener } from "./memory-listener.js";

/** A listener in a list. */
export interface ListedListener {
  readonly listener: MemoryListener;
  /** True if it watches all address spaces. */
  readonly isSystemWide: boolean;
  /** The callback; an error that it throws is noted. */
  readonly callbacks: MemoryListener;
}

/**
 * The errors that listeners threw. A listener that throws does not keep the others, or the commit, from
 * going on; the errors come out as one when all is done.
 */
export class ListenerErrors {
  #errors: unknown[] | null = null;

  /**
   * Runs `work`, and tells at its end what went wrong. Within other such work it leaves what is
   * noted to that.
   * @throws ListenerError, or an `AggregateError`, with what was noted meanwhile, and what `work` threw itself
   */
  collect(work: () => void): void {
    if (this.#errors) {
      work();
      return;
    }
    const errors: unknown[] = [];
    this.#errors = errors;
    try {
      work();
    } catch (error) {
      errors.unshift(error);
    } finally {
      this.#errors = null;
    }
    if (errors.length > 0) throw joinErrors(errors, "listeners threw");
  }

  /**
   * Keeps an error for the end of the work under way.
   * @throws the error itself where none is
   */
  note(error: unknown): void {
    if (!this.#errors) throw error;
    this.#errors.push(error);
  }
}

/** Listeners in their order: ascending priority, equals as they were registered. */
export class ListenerList<Entry extends ListedListener = ListedListener> {
  readonly #errors: ListenerErrors;
  readonly #entries = new CallbackList<Entry>();

  constructor(errors: ListenerErrors) {
    this.#errors = errors;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All of them, in order. */
  get entries(): readonly Entry[] {
    return this.#entries.entries.map(({ callback }) => callback);
  }

  /** Entries that watch one address space only. */
  get own(): readonly Entry[] {
    return this.entries.filter((entry) => !entry.isSystemWide);
  }

  /** Adds behind all of the same priority. */
  add(entry: Entry): void {
    const priority = entry.listener.priority ?? 0;
    this.#entries.add(entry, (other) => (other.listener.priority ?? 0) > priority);
  }

  remove(entry: Entry): void {
    this.#entries.find(entry)?.[Symbol.dispose]();
  }

  has(entry: Entry): boolean {
    return this.#entries.find(entry) !== undefined;
  }

  /** True if a listener has one of these callbacks. */
  hasCallback(...callbacks: readonly ListenerCallback[]): boolean {
    for (const { callback: entry } of this.#entries.entries) {
      for (const callback of callbacks) if (entry.callbacks[callback] !== undefined) return true;
    }
    return false;
  }

  /** Calls in order. */
  forward(call: (listener: MemoryListener, entry: Entry) => void): void {
    this.#entries.each((entry) => this.#call(entry, call));
  }

  /** Calls in reverse order. */
  reverse(call: (listener: MemoryListener, entry: Entry) => void): void {
    const { entries } = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry?.active) this.#call(entry.callback, call);
    }
  }

  #call(entry: Entry, call: (listener: MemoryListener, entry: Entry) => void): void {
    try {
      call(entry.callbacks, entry);
    } catch (error) {
      this.#errors.note(error);
    }
  }
}
