/**
 * Lets listeners come and go between the callbacks that tell of one thing, never among them: each
 * is told all of a change of the map, or nothing.
 */
export class CallbackTurns {
  readonly #onError: (error: unknown) => void;
  #busy = false;
  #waiting: (() => void)[] = [];

  /** @param onError told of what a turn threw that had to wait. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Runs `turn` now, or when what is under way is over. */
  take(turn: () => void): void {
    if (this.#busy) this.#waiting.push(turn);
    else this.during(turn);
  }

  /** Runs `work`, then the turns that were asked for meanwhile. */
  during(work: () => void): void {
    if (this.#busy) {
      work();
      return;
    }
    this.#busy = true;
    try {
      work();
    } finally {
      try {
        for (let turn = this.#waiting.shift(); turn; turn = this.#waiting.shift()) {
          try {
            turn();
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
