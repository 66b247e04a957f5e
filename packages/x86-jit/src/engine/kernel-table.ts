/** The kernels that units call, in a table of WebAssembly. */

/** Kernels that a processor may have at most. */
const MOST = 1024;

/** Enters kernels as they are asked for. */
export class KernelTable {
  readonly table = new WebAssembly.Table({ element: "anyfunc", initial: MOST });
  readonly #find: (name: string) => unknown;
  readonly #numbers = new Map<string, number>();

  constructor(find: (name: string) => unknown) {
    this.#find = find;
  }

  /** The place of a kernel. */
  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.table.set(number, this.#find(name));
      this.#numbers.set(name, number);
    }
    return number;
  }
}
