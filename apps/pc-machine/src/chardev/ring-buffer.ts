/** `-chardev ringbuf`: the last bytes that were written, to be read by the monitor. */
import { LocalBackend } from "./character-backend.js";

/** The size unless one is given, in bytes. */
export const DEFAULT_RING_SIZE = 65_536;

/** A ring of bytes. */
export class RingBuffer extends LocalBackend {
  readonly filename = "ringbuf";
  readonly #bytes: Uint8Array;
  #head = 0;
  #count = 0;

  /** @param size a power of two, in bytes */
  constructor(size: number = DEFAULT_RING_SIZE) {
    super();
    this.#bytes = new Uint8Array(size);
  }

  /** Bytes that can be read. */
  get count(): number {
    return this.#count;
  }

  write(byte: number): void {
    const { length } = this.#bytes;
    this.#bytes[(this.#head + this.#count) % length] = byte;
    if (this.#count < length) this.#count++;
    else this.#head = (this.#head + 1) % length;
  }

  /** Take up to `size` of the oldest bytes out. */
  read(size: number): Uint8Array {
    const taken = new Uint8Array(Math.min(size, this.#count));
    for (let at = 0; at < taken.length; at++) {
      taken[at] = this.#bytes[(this.#head + at) % this.#bytes.length] ?? 0;
    }
    this.#head = (this.#head + taken.length) % this.#bytes.length;
    this.#count -= taken.length;
    return taken;
  }
}
