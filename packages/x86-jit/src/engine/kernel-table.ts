/** The kernels that units call, in a table of WebAssembly. */

/** Enters kernels as they are asked for; the table grows by need, since each instance copies it. */
export class KernelTable {
  #table = new WebAssembly.Table({ element: "anyfunc", initial: 0 });
  readonly #find: (name: string) => unknown;
  readonly #numbers = new Map<string, number>();

  constructor(find: (name: string) => unknown) {
    this.#find = find;
  }

  /** The table that units import. */
  get table(): WebAssembly.Table {
    return this.#table;
  }
  /** Makes a table anew, with the same kernels. */
  renew(): void {
    const old = this.#table;
    this.#table = new WebAssembly.Table({ element: "anyfunc", initial: old.length });
    for (const number of this.#numbers.values()) this.#table.set(number, old.get(number));
  }

  /** The place of a kernel. */
  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      if (number === this.#table.length) this.#table.grow(Math.max(8, number));
      this.#table.set(number, this.#find(name));
      this.#numbers.set(name, number);
    }
    return number;
  }
}
