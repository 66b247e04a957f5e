import type { AddressSpace } from "./address-space.js";
import type { MemoryListener } from "./memory-listener.js";
import { throwAll } from "./throw-all.js";

/** One listener watching one address space. */
export interface ListenerEntry {
  readonly listener: MemoryListener;
  readonly addressSpace: AddressSpace;
  /** Whether it was unregistered, though it may still hear of what is under way. */
  isOver: boolean;
}

/**
 * What listeners threw. A listener that throws does not keep the others, or the commit, from
 * going on; the errors come out when all is done.
 */
export class ListenerErrors {
  #errors: unknown[] = [];

  /** Runs `work` and throws what was noted meanwhile, or what it threw itself. */
  collect(work: () => void): void {
    const outer = this.#errors;
    const own: unknown[] = [];
    this.#errors = own;
    try {
      work();
    } catch (error) {
      own.unshift(error);
    } finally {
      this.#errors = outer;
    }
    throwAll(own, "listeners threw");
  }

  /** Keeps an error for the end. */
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

  /** All of them, in order. */
  get entries(): readonly ListenerEntry[] {
    return this.#entries;
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

  some(test: (listener: MemoryListener) => boolean): boolean {
    return this.#entries.some((entry) => test(entry.listener));
  }

  /** Calls in order. */
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
