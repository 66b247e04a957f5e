import type { TableWindow } from "./window.js";

/** Disjoint windows of one table by ascending input address. */
export class WindowList {
  readonly #windows: TableWindow[] = [];

  get windows(): readonly TableWindow[] {
    return this.#windows;
  }

  /** The window that holds an address, or `null`. */
  find(addr: bigint): TableWindow | null {
    const window = this.#windows[this.#position(addr)];
    return window !== undefined && window.iova <= addr ? window : null;
  }

  /** A window that shares an address with `first` to `last`, `null` when there is none. */
  overlapping(first: bigint, last: bigint, except: TableWindow | null): TableWindow | null {
    for (let i = this.#position(first); i < this.#windows.length; i++) {
      const window = this.#windows[i];
      if (window === undefined || window.iova > last) break;
      if (window !== except) return window;
    }
    return null;
  }

  /** Puts a window in, which overlaps no other. */
  add(window: TableWindow): void {
    this.#windows.splice(this.#position(window.iova), 0, window);
  }

  /** Takes a window out. */
  remove(window: TableWindow): void {
    const at = this.#position(window.iova);
    if (this.#windows[at] === window) this.#windows.splice(at, 1);
  }

  /** Position of the first window that ends at `addr` or behind it. */
  #position(addr: bigint): number {
    let low = 0;
    let high = this.#windows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const window = this.#windows[middle];
      if (window === undefined || window.last >= addr) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
