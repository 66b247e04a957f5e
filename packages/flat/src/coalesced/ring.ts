/** Writes that wait for delivery, oldest first, in a ring of fixed size. Allocates nothing. */
export class CoalescedRing {
  readonly capacity: number;
  readonly #addrs: Float64Array;
  readonly #sizes: Uint8Array;
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#addrs = new Float64Array(capacity);
    this.#sizes = new Uint8Array(capacity);
    this.#data = new Uint8Array(capacity * 8);
    this.#view = new DataView(this.#data.buffer);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.capacity;
  }

  /** Adds a write of `size` bytes; there must be room. */
  push(addr: number, size: number, value: number | bigint): void {
    const slot = (this.#first + this.#length) % this.capacity;
    this.#length++;
    this.#addrs[slot] = addr;
    this.#sizes[slot] = size;
    if (typeof value === "bigint") this.#view.setBigUint64(slot * 8, value, true);
    else if (size === 8) this.#view.setBigUint64(slot * 8, BigInt(value), true);
    else this.#view.setUint32(slot * 8, value, true);
  }

  /** Bus address of the oldest. */
  get addr(): number {
    return this.#addrs[this.#first] ?? 0;
  }

  /** Its bytes, in a buffer of its size that it picks out of `buffers`. */
  bytes(buffers: readonly Uint8Array[]): Uint8Array {
    const size = this.#sizes[this.#first] ?? 0;
    const into = buffers.find((buffer) => buffer.length === size) ?? new Uint8Array(size);
    const from = this.#first * 8;
    for (let i = 0; i < size; i++) into[i] = this.#data[from + i] ?? 0;
    return into;
  }

  /** Forgets the oldest. */
  shift(): void {
    this.#first = (this.#first + 1) % this.capacity;
    this.#length--;
  }
}
