/** Number of times that code was begun to be interpreted at an address, roughly. */

const ENTRIES = 1 << 14;

/** Counts by address; addresses share counters, which does no harm. */
export class Heat {
  readonly #counts = new Uint16Array(ENTRIES);
  readonly #threshold: number;

  /** @param threshold times until an address is hot, 1 to 65535 */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }
  #index(linear: number): number {
    return (linear ^ (linear >>> 14)) & (ENTRIES - 1);
  }
  /** Counts; has the address become hot? */
  isHot(linear: number): boolean {
    const i = this.#index(linear);
    if (this.#counts[i] >= this.#threshold) return true;
    this.#counts[i]++;
    return false;
  }
  /** Has the address come at least half of the way to being hot? */
  isWarm(linear: number): boolean {
    return this.#counts[this.#index(linear)] >= this.#threshold / 2;
  }
  /** Begins to count from zero. */
  cool(linear: number): void {
    this.#counts[this.#index(linear)] = 0;
  }
}
