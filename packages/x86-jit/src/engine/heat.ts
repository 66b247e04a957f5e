/** Number of times that code was begun to be interpreted at an address, roughly. */

const ENTRIES_SHIFT = 18;
const ENTRIES = 1 << ENTRIES_SHIFT;

/**
 * Counts by address. Addresses may share a counter, but few should: a system that boots begins at some 60,000, and
 * what shares is translated long before it is hot.
 */
export class Heat {
  readonly #counts = new Uint16Array(ENTRIES);
  readonly #threshold: number;

  /** @param threshold times until an address is hot, 1 to 65535 */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }
  #index(linear: number): number {
    return (linear ^ (linear >>> ENTRIES_SHIFT)) & (ENTRIES - 1);
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
  /** Was code ever begun to be interpreted at the address? */
  isSeen(linear: number): boolean {
    return this.#counts[this.#index(linear)] > 0;
  }
  /** Begins to count from zero. */
  cool(linear: number): void {
    this.#counts[this.#index(linear)] = 0;
  }
}
