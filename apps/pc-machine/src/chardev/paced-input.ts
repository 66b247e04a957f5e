/** Input of a connection whose answers may wait for a slow reader. */
import type { CharacterBackend } from "./character-backend.js";

/** Bytes of answers that may wait before no more input is taken. */
const MOST_PENDING = 2 ** 18;

/**
 * Hands over bytes while the reader of the answers keeps up; holds back what has come already, and
 * has the host hold back the rest. What is held is no more than the host hands over at once.
 */
export class PacedInput {
  readonly #backend: CharacterBackend;
  readonly #isBusy: () => boolean;
  readonly #take: (byte: number) => void;
  #held: number[] = [];
  #at = 0;

  /** @param isBusy whether what was taken has to be done first; see {@link goOn} */
  constructor(
    backend: CharacterBackend,
    take: (byte: number) => void,
    isBusy: () => boolean = () => false,
  ) {
    this.#backend = backend;
    this.#isBusy = isBusy;
    this.#take = take;
    backend.receive = (byte) => {
      if (this.#at < this.#held.length || this.#congested) this.#hold(byte);
      else this.#take(byte);
    };
    backend.onDrain = () => this.goOn();
  }

  /** Forget what is held: who sent it has gone. */
  clear(): void {
    this.#held = [];
    this.#at = 0;
    this.#backend.setPaused?.(false);
  }

  get #congested(): boolean {
    return this.#isBusy() || this.#backend.pending > MOST_PENDING;
  }

  #hold(byte: number): void {
    if (this.#held.length === 0) this.#backend.setPaused?.(true);
    this.#held.push(byte);
  }

  /** Hand over what is held, as far as it can be. */
  goOn(): void {
    if (this.#held.length === 0) return;
    while (this.#at < this.#held.length && !this.#congested) {
      const byte = this.#held[this.#at++];
      if (byte !== undefined) this.#take(byte);
    }
    if (this.#at === this.#held.length) this.clear();
  }
}
