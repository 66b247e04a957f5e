import type { AddressSpace } from "./address-space.js";
import type { MemoryListener } from "./memory-listener.js";

/** One listener watching one address space. */
export interface ListenerEntry {
  readonly listener: MemoryListener;
  readonly addressSpace: AddressSpace;
}

/** Listeners in their order: ascending priority, equals as they were registered. */
export class ListenerList {
  #entries: readonly ListenerEntry[] = [];

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
    for (const entry of this.#entries) call(entry.listener, entry);
  }

  /** Calls in reverse order. */
  reverse(call: (listener: MemoryListener, entry: ListenerEntry) => void): void {
    const entries = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry) call(entry.listener, entry);
    }
  }
}
