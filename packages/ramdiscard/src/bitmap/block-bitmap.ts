/** One flag for each block of a region. */
export class BlockBitmap {
  readonly #flags: Uint8Array;
  #set = 0;

  constructor(blocks: number) {
    this.#flags = new Uint8Array(blocks);
  }

  /** Number of blocks. */
  get length(): number {
    return this.#flags.length;
  }

  /** Number of flags that are set. */
  get count(): number {
    return this.#set;
  }

  /** True if all flags of `[from, to)` are `on`, and exist. */
  all(from: number, to: number, on = true): boolean {
    return to <= this.length && !this.#flags.subarray(from, to).includes(on ? 0 : 1);
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

  /** The run of cleared flags around those of `[from, to)`, which are clear. */
  clearAround(from: number, to: number): { from: number; to: number } {
    const before = from === 0 ? -1 : this.#flags.lastIndexOf(1, from - 1);
    const after = this.#flags.indexOf(1, to);
    return { from: before + 1, to: after < 0 ? this.length : after };
  }

  /** Eight flags a byte, the first in the lowest bit. */
  pack(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.length / 8));
    for (let i = 0; i < this.length; i++) {
      if (this.#flags[i]) bytes[i >>> 3] = (bytes[i >>> 3] ?? 0) | (1 << (i & 7));
    }
    return bytes;
  }

  /** The flags that {@link pack} wrote down; bits beyond the last block are ignored. */
  static unpack(bytes: Uint8Array, blocks: number): BlockBitmap {
    const bitmap = new BlockBitmap(blocks);
    for (let i = 0; i < blocks; i++) {
      if (((bytes[i >>> 3] ?? 0) >>> (i & 7)) & 1) bitmap.fill(i, i + 1, true);
    }
    return bitmap;
  }
}
