/** Number of times that code was begun to be interpreted at an address, roughly. */

const ENTRIES_SHIFT = 18;
const ENTRIES = 1 << ENTRIES_SHIFT;
/** Interpreting 2 to the power of so many instructions counts as once more that code was begun at the address. */
const LONG_SHIFT = 4;

/**
 * Counts by address. Addresses may share a counter, but few should: a system that boots begins at some 60,000, and
 * what shares is translated long before it is hot.
 */
export class Heat {
  readonly #counts = new Uint16Array(ENTRIES);
  readonly #threshold: number;
  /** The counter that came last, and how many instructions were left in the run. */
  #last = 0;
  #lastLeft = 0;

  /** @param threshold times until an address is hot, 1 to 65535 */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }
  #index(linear: number): number {
    return (linear ^ (linear >>> ENTRIES_SHIFT)) & (ENTRIES - 1);
  }
  /**
   * Counts; has the address become hot? The one that came before is counted too: where much was interpreted
   * from it on, as of loops that were unrolled, it becomes hot sooner.
   * @param left instructions left in the run
   */
  isHot(linear: number, left: number): boolean {
    const counts = this.#counts;
    const interpreted = this.#lastLeft - left;
    if (interpreted >= 1 << LONG_SHIFT) this.#add(this.#last, interpreted >> LONG_SHIFT);
    const i = this.#index(linear);
    const isHot = counts[i] >= this.#threshold;
    if (!isHot) counts[i]++;
    this.#last = i;
    this.#lastLeft = left;
    return isHot;
  }
  /** Leaves out the instructions until the next question: they are not interpreted. */
  pass(): void {
    this.#lastLeft = 0;
  }
  #add(i: number, times: number): void {
    this.#counts[i] = Math.min(this.#threshold, this.#counts[i] + times);
  }
  /** Has the address come at least half of the way to being hot? */
  isWarm(linear: number): boolean {
    return this.#counts[this.#index(linear)] >= this.#threshold / 2;
  }
  /** Was code ever begun to be interpreted at the address? */
  isSeen(linear: number): boolean {
    return this.#counts[this.#index(linear)] > 0;
  }
  /** Begins to count from zero. */
  cool(linear: number): void {
    this.#counts[this.#index(linear)] = 0;
  }
}
