/**
 * Lets listeners come and go between the callbacks that tell of one thing, never among them: each
 * is told all of a change of the map, or nothing.
 */
export class ListenerChanges {
  readonly #onError: (error: unknown) => void;
  #busy = false;
  #deferred: (() => void)[] = [];

  /** @param onError told what a deferred change threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Runs a change now, or after the callbacks that are under way. */
  runOrDefer(change: () => void): void {
    if (this.#busy) this.#deferred.push(change);
    else this.deferDuring(change);
  }

  /** Runs `work`, which calls listeners, then the changes that were deferred meanwhile. */
  deferDuring(work: () => void): void {
    if (this.#busy) {
      work();
      return;
    }
    this.#busy = true;
    try {
      work();
    } finally {
      try {
        for (let change = this.#deferred.shift(); change; change = this.#deferred.shift()) {
          try {
            change();
          } catch (error) {
            this.#onError(error);
          }
        }
      } finally {
        this.#busy = false;
      }
    }
  }
}
