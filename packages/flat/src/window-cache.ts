import type { AccessWindow } from "./access-window.js";

const MIN_SLOTS = 64;
const MAX_SLOTS = 16384;

/**
 * Remembers the windows of recent look-ups, by page. A slot is a hint: whoever reads it checks
 * the window's bounds.
 */
export class WindowCache {
  readonly #slots: (AccessWindow | undefined)[];
  readonly #mask: number;
  readonly #pageSize: number;

  /**
   * @param ranges how many ranges the view has
   * @param span one past the last address of the view; small spans (port spaces) get small pages
   */
  constructor(ranges: number, span: number) {
    let slots = MIN_SLOTS;
    while (slots < MAX_SLOTS && slots < ranges * 2) slots *= 2;
    this.#pageSize = span <= 65536 ? 4 : 4096;
    if (span <= 65536) slots = 1024;
    this.#mask = slots - 1;
    this.#slots = new Array<AccessWindow | undefined>(slots).fill(undefined);
  }

  /** A window that may hold `addr`. */
  get(addr: number): AccessWindow | undefined {
    return this.#slots[this.#slot(addr)];
  }

  /** Remembers the window of `addr`. */
  put(addr: number, window: AccessWindow): void {
    this.#slots[this.#slot(addr)] = window;
  }

  #slot(addr: number): number {
    const page = (addr / this.#pageSize) | 0;
    return (page ^ (page >>> 12)) & this.#mask;
  }
}
