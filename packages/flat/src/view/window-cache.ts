import type { AccessWindow } from "./access-window.js";

const MIN_SLOTS = 64;
const MAX_SLOTS = 16384;
/** Factor by which the next cache is larger when one is crowded. */
const GROWTH = 8;

/**
 * Remembers the windows of recent look-ups, by page. A slot is a hint: whoever reads it checks
 * the window's bounds.
 */
export class WindowCache {
  readonly #slots: (AccessWindow | undefined)[];
  readonly #mask: number;
  readonly #pageSize: number;
  readonly #mostPuts: number;
  #puts = 0;

  /**
   * @param span one past the last address of the view; small spans (port spaces) get small pages
   * @param slots number of windows that it remembers, a power of two: few at first, because a view may
   *   be replaced before it is asked much
   */
  constructor(span: number, slots = MIN_SLOTS) {
    this.#pageSize = span <= 65536 ? 4 : 4096;
    this.#mostPuts = slots < MAX_SLOTS ? slots * 2 : Infinity;
    this.#mask = slots - 1;
    this.#slots = new Array<AccessWindow | undefined>(slots).fill(undefined);
  }

  /** A window that may hold `addr`. */
  get(addr: number): AccessWindow | undefined {
    return this.#slots[this.#slot(addr)];
  }

  /** True if so much was put in that more slots might serve better. */
  get isCrowded(): boolean {
    return this.#puts > this.#mostPuts;
  }

  /** An empty cache with more slots. */
  larger(span: number): WindowCache {
    return new WindowCache(span, Math.min((this.#mask + 1) * GROWTH, MAX_SLOTS));
  }

  /** Remembers the window of `addr`. */
  put(addr: number, window: AccessWindow): void {
    this.#puts++;
    this.#slots[this.#slot(addr)] = window;
  }

  #slot(addr: number): number {
    const page = (addr / this.#pageSize) | 0;
    return (page ^ (page >>> 12)) & this.#mask;
  }
}
