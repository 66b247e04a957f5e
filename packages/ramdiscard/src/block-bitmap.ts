/** One flag for each block of a region. */
export class BlockBitmap {
  readonly #flags: Uint8Array;
  #set = 0;

  constructor(blocks: number) {
    this.#flags = new Uint8Array(blocks);
  }

  /** How many blocks there are. */
  get length(): number {
    return this.#flags.length;
  }

  /** Whether any flag is set. */
  get any(): boolean {
    return this.#set > 0;
  }

  /** Whether all flags of `[from, to)` are set, and exist. */
  all(from: number, to: number): boolean {
    return to <= this.length && !this.#flags.subarray(from, to).includes(0);
  }

  /** Sets or clears `[from, to)`. */
  fill(from: number, to: number, on: boolean): void {
    for (let i = from; i < to; i++) {
      this.#set += (on ? 1 : 0) - (this.#flags[i] ?? 0);
      this.#flags[i] = on ? 1 : 0;
    }
  }

  /** The first run of equal flags at or after `from`; `null` when none is left. */
  nextRun(from: number, on: boolean): { from: number; to: number } | null {
    const start = this.#flags.indexOf(on ? 1 : 0, from);
    if (start < 0) return null;
    const end = this.#flags.indexOf(on ? 0 : 1, start);
    return { from: start, to: end < 0 ? this.length : end };
  }
}
