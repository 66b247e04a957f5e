import type { MemorySystem } from "@mem/core";

/** One who waits, and his place in the machine's queue once there was room. */
interface MapClient {
  readonly call: () => void;
  scheduled: Disposable | null;
}

/**
 * Callbacks that wait for room in the bounce buffers of an address space. Each is called once, from
 * the machine's queue, never from within what made the room.
 */
export class MapClients {
  readonly #system: MemorySystem;
  readonly #name: string;
  readonly #clients = new Set<MapClient>();
  #isCalling = false;

  constructor(system: MemorySystem, space: string) {
    this.#system = system;
    this.#name = `a map client of ${space}`;
  }

  /** Number of those that wait to be called, for room or for their turn. */
  get size(): number {
    return this.#clients.size;
  }

  /** True if one is being called: who comes now has just seen what room there is. */
  get isCalling(): boolean {
    return this.#isCalling;
  }

  /** Adds a client; disposing the result takes it back if it has not been called. */
  add(call: () => void): Disposable {
    const client: MapClient = { call, scheduled: null };
    this.#clients.add(client);
    return { [Symbol.dispose]: () => this.#drop(client) };
  }

  /** There is room: all that wait are called soon, in the order of their registration. */
  notify(): void {
    for (const client of this.#clients) {
      client.scheduled ??= this.#system.schedule(() => this.#call(client), { name: this.#name });
    }
  }

  /** Takes all back. */
  clear(): void {
    for (const client of this.#clients) this.#drop(client);
  }

  #call(client: MapClient): void {
    this.#clients.delete(client);
    this.#isCalling = true;
    try {
      return client.call();
    } finally {
      this.#isCalling = false;
    }
  }

  #drop(client: MapClient): void {
    this.#clients.delete(client);
    client.scheduled?.[Symbol.dispose]();
  }
}
