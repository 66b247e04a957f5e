import type { AddressSpace } from "./address-space.js";
import type { MemoryListener } from "./memory-listener.js";

/** One listener watching one address space. */
export interface ListenerEntry {
  readonly listener: MemoryListener;
  readonly addressSpace: AddressSpace;
}

/**
 * What listeners threw. A listener that throws does not keep the others, or the commit, from
 * going on; the errors come out when all is done.
 */
export class ListenerErrors {
  #errors: unknown[] = [];

  /** Runs `work` and throws what was noted meanwhile: the error itself, or several in one. */
  collect(work: () => void): void {
    work();
    if (this.#errors.length === 0) return;
    const errors = this.#errors;
    this.#errors = [];
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, "listeners threw");
  }

  note(error: unknown): void {
    this.#errors.push(error);
  }
}

/** Listeners in their order: ascending priority, equals as they were registered. */
export class ListenerList {
  readonly #errors: ListenerErrors;
  #entries: readonly ListenerEntry[] = [];

  constructor(errors: ListenerErrors) {
    this.#errors = errors;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Adds behind all of the same priority. */
  add(entry: ListenerEntry): void {
    const priority = entry.listener.priority ?? 0;
    const at = this.#entries.findIndex((other) => (other.listener.priority ?? 0) > priority);
    const entries = [...this.#entries];
    entries.splice(at < 0 ? entries.length : at, 0, entry);
    this.#entries = entries;
  }

  remove(entry: ListenerEntry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  has(entry: ListenerEntry): boolean {
    return this.#entries.includes(entry);
  }

  first(): ListenerEntry | undefined {
    return this.#entries[0];
  }

  some(test: (listener: MemoryListener) => boolean): boolean {
    return this.#entries.some((entry) => test(entry.listener));
  }

  /** Calls in order; the list may change meanwhile. */
  forward(call: (listener: MemoryListener, entry: ListenerEntry) => void): void {
    for (const entry of this.#entries) this.#call(entry, call);
  }

  /** Calls in reverse order. */
  reverse(call: (listener: MemoryListener, entry: ListenerEntry) => void): void {
    const entries = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry) this.#call(entry, call);
    }
  }

  #call(
    entry: ListenerEntry,
    call: (listener: MemoryListener, entry: ListenerEntry) => void,
  ): void {
    try {
      call(entry.listener, entry);
    } catch (error) {
      this.#errors.note(error);
    }
  }
}
