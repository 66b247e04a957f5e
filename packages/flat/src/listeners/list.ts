import { CallbackList, joinErrors, type ListenerError } from "@mem/core";
import type { AddressSpace } from "../space/address-space.js";
import { guardedCallbacks, type ListenerCallback } from "./callbacks.js";
import type { MemoryListener } from "./memory-listener.js";

/** One listener watching one address space. */
export class ListenerEntry {
  readonly listener: MemoryListener;
  readonly addressSpace: AddressSpace;
  /** Whether the listener watches all address spaces, of which this is one. */
  readonly isSystemWide: boolean;
  /** Whether it was unregistered, though it may still hear of what is under way. */
  isOver = false;
  readonly #errors: ListenerErrors;
  #callbacks: MemoryListener;

  constructor(
    listener: MemoryListener,
    addressSpace: AddressSpace,
    errors: ListenerErrors,
    isSystemWide = false,
  ) {
    this.listener = listener;
    this.addressSpace = addressSpace;
    this.isSystemWide = isSystemWide;
    this.#errors = errors;
    this.#callbacks = this.#guard(isSystemWide ? "local" : "all");
  }

  /** The callbacks that the listener had when it was registered; what they throw is noted. */
  get callbacks(): MemoryListener {
    return this.#callbacks;
  }

  /** This entry is the one through which the listener hears what is about the whole machine. */
  lead(): void {
    this.#callbacks = this.#guard("all");
  }

  /** All callbacks, which throw what the listener throws, as a `ListenerError`. */
  throwing(): MemoryListener {
    const fail = (error: ListenerError): never => {
      throw error;
    };
    return guardedCallbacks(this.listener, this.addressSpace.name, "all", fail, this.#log);
  }

  /** All callbacks; what they throw is noted. */
  noting(): MemoryListener {
    return this.#guard("all");
  }

  #guard(scope: "all" | "local"): MemoryListener {
    const note = (error: ListenerError): void => this.#errors.note(error);
    return guardedCallbacks(this.listener, this.addressSpace.name, scope, note, this.#log);
  }

  readonly #log = (message: string): void => this.addressSpace.system.log("callback", message);
}

/**
 * What listeners threw. A listener that throws does not keep the others, or the commit, from
 * going on; the errors come out as one when all is done.
 */
export class ListenerErrors {
  #errors: unknown[] | null = null;

  /**
   * Runs `work` and throws what was noted meanwhile, or what it threw itself. Within other such
   * work it leaves what is noted to that.
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

  /** Keeps an error for the end. */
  note(error: unknown): void {
    if (!this.#errors) throw error;
    this.#errors.push(error);
  }
}

/** Listeners in their order: ascending priority, equals as they were registered. */
export class ListenerList {
  readonly #errors: ListenerErrors;
  readonly #entries = new CallbackList<ListenerEntry>();

  constructor(errors: ListenerErrors) {
    this.#errors = errors;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All of them, in order. */
  get entries(): readonly ListenerEntry[] {
    return this.#entries.entries.map(({ callback }) => callback);
  }

  /** Those that watch one address space only. */
  get own(): readonly ListenerEntry[] {
    return this.entries.filter((entry) => !entry.isSystemWide);
  }

  /** Adds behind all of the same priority. */
  add(entry: ListenerEntry): void {
    const priority = entry.listener.priority ?? 0;
    this.#entries.add(entry, (other) => (other.listener.priority ?? 0) > priority);
  }

  remove(entry: ListenerEntry): void {
    this.#entries.find(entry)?.[Symbol.dispose]();
  }

  has(entry: ListenerEntry): boolean {
    return this.#entries.find(entry) !== undefined;
  }

  /** Whether a listener has one of these callbacks. */
  hears(...callbacks: readonly ListenerCallback[]): boolean {
    for (const { callback: entry } of this.#entries.entries) {
      for (const callback of callbacks) if (entry.callbacks[callback] !== undefined) return true;
    }
    return false;
  }

  /** Calls in order. */
  forward(call: (listener: MemoryListener, entry: ListenerEntry) => void): void {
    this.#entries.each((entry) => this.#call(entry, call));
  }

  /** Calls in reverse order. */
  reverse(call: (listener: MemoryListener, entry: ListenerEntry) => void): void {
    const { entries } = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry?.active) this.#call(entry.callback, call);
    }
  }

  #call(
    entry: ListenerEntry,
    call: (listener: MemoryListener, entry: ListenerEntry) => void,
  ): void {
    try {
      call(entry.callbacks, entry);
    } catch (error) {
      this.#errors.note(error);
    }
  }
}
