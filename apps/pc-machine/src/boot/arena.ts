/** Memory behind a kernel that is filled from its beginning: what the kernel is handed. */
import { KernelError } from "./kernel-error.js";
import type { Placed } from "./layout.js";

const PAGE = 4096;

/** Pieces, one behind the other, in memory from a page boundary on. */
export class Arena {
  readonly #start: number;
  readonly #pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #length = 0;

  /** @param from the first address that is free */
  constructor(from: number) {
    this.#start = Math.ceil(from / PAGE) * PAGE;
  }

  /** Put `bytes` in, which may change until {@link finish}. @returns their address */
  add(bytes: Uint8Array, align = 8): number {
    const at = Math.ceil(this.#length / align) * align;
    this.#pieces.push({ at, bytes });
    this.#length = at + bytes.length;
    return this.#start + at;
  }

  /** A text with its zero. @returns its address */
  text(text: string): number {
    return this.add(new TextEncoder().encode(`${text}\0`), 1);
  }

  /** A module, on a page of its own. @returns its address */
  page(bytes: Uint8Array): number {
    return this.add(bytes, PAGE);
  }

  /** All of it. @throws KernelError when it ends behind `end` */
  finish(end: number): Placed {
    if (this.#start + this.#length > end) {
      const needed = Math.ceil((this.#start + this.#length) / 2 ** 20);
      throw new KernelError(
        `kernel and modules end at ${needed} MiB: more RAM is needed, or smaller modules`,
      );
    }
    const bytes = new Uint8Array(this.#length);
    for (const piece of this.#pieces) bytes.set(piece.bytes, piece.at);
    return { address: this.#start, bytes };
  }
}

/** Little-endian double words, in one piece. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true);
  return bytes;
}
