import { throwAll } from "../throw-all.js";

/** Callbacks that wait for room in the bounce buffers of an address space. */
export class MapClients {
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Adds a client; disposing the result takes it back if it has not fired. */
  add(client: () => void): Disposable {
    const entry = (): void => client();
    this.#waiting.push(entry);
    return {
      [Symbol.dispose]: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  /**
   * Calls all that wait, in the order of their registration; they wait no longer.
   * @throws what they threw, when all were called.
   */
  notify(): void {
    const clients = this.#waiting;
    this.#waiting = [];
    const errors: unknown[] = [];
    for (const client of clients) {
      try {
        client();
      } catch (error) {
        errors.push(error);
      }
    }
    throwAll(errors, "map clients threw");
  }
}
