/** Bytes on their way in and out of a connection; numbers have their most significant byte first. */

const FIRST_BYTES = 256;

/** Bytes to send. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** Number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** The bytes so far; valid until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Room for `count` bytes that the caller fills in; valid until the next write. */
  room(count: number): Uint8Array {
    const end = this.#length + count;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.written);
      this.#bytes = larger;
    }
    const room = this.#bytes.subarray(this.#length, end);
    this.#length = end;
    return room;
  }

  /** One byte. */
  u8(value: number): this {
    this.room(1)[0] = value;
    return this;
  }

  /** A number of 16 bits. */
  u16(value: number): this {
    return this.u8(value >> 8).u8(value);
  }

  /** A number of 32 bits, with or without a sign. */
  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  /** All of `bytes`. */
  bytes(bytes: Uint8Array): this {
    this.room(bytes.length).set(bytes);
    return this;
  }

  /** The count of the bytes of `text` in 32 bits, and the bytes. */
  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u32(bytes.length).bytes(bytes);
  }
}

/** Bytes that came and were not yet understood. */
export class InputBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #start = 0;
  #end = 0;

  /** Number of bytes that are there. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Put `bytes` at the end. */
  append(bytes: Uint8Array): void {
    const { length } = this;
    if (this.#end + bytes.length > this.#bytes.length) {
      const size = length + bytes.length;
      const kept =
        size > this.#bytes.length ? new Uint8Array(Math.max(size, 2 * length)) : this.#bytes;
      kept.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = kept;
      this.#start = 0;
      this.#end = length;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The byte at `at` from the first, 0 beyond the last. */
  u8(at: number): number {
    return at < this.length ? (this.#bytes[this.#start + at] ?? 0) : 0;
  }

  /** The 16 bits at `at`. */
  u16(at: number): number {
    return (this.u8(at) << 8) | this.u8(at + 1);
  }

  /** The 32 bits at `at`, with a sign. */
  i32(at: number): number {
    return (this.u16(at) << 16) | this.u16(at + 2);
  }

  /** The 32 bits at `at`, without a sign. */
  u32(at: number): number {
    return this.i32(at) >>> 0;
  }

  /** A copy of the first `count` bytes. */
  first(count: number): Uint8Array {
    return this.#bytes.slice(this.#start, this.#start + Math.min(count, this.length));
  }

  /** Forget the first `count` bytes. */
  drop(count: number): void {
    this.#start += Math.min(count, this.length);
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }
}
