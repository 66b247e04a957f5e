/** Bytes that wait, taken from the front once they have arrived. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are gone. */
  #gone = 0;
  #length = 0;

  /** Number of bytes. */
  get length(): number {
    return this.#length;
  }

  /** Put bytes at the end. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** Take `count` bytes from the front away. */
  drop(count: number): void {
    this.#length -= count;
    this.#gone += count;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (this.#gone < chunk.length) break;
      this.#gone -= chunk.length;
      whole++;
    }
    if (whole > 0) this.#chunks = this.#chunks.slice(whole);
  }

  /** A copy of `length` bytes from `offset` on; both must lie within. */
  copy(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let skip = offset + this.#gone;
    let at = 0;
    for (const chunk of this.#chunks) {
      if (at === length) break;
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      const part = chunk.subarray(skip, skip + length - at);
      bytes.set(part, at);
      at += part.length;
      skip = 0;
    }
    return bytes;
  }
}
