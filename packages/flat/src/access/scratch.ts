/**
 * Reusable working storage of accesses: one of its kind for each depth at which device callbacks
 * have re-entered the bus, so that an access never disturbs the one that caused it.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class ScratchStack<T> {
  readonly #nesting: { readonly inFlight: number };
  readonly #make: () => T;
  readonly #slots: T[] = [];

  /**
   * @param nesting tells the number of accesses in flight: the machine's reclaimer
   * @param make makes what is used at one depth
   */
  constructor(nesting: { readonly inFlight: number }, make: () => T) {
    this.#nesting = nesting;
    this.#make = make;
  }

  /** The storage for the present depth. */
  get current(): T {
    const depth = this.#nesting.inFlight;
    return this.#slots[depth] ?? (this.#slots[depth] = this.#make());
  }
}
