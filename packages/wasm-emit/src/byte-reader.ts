/** Reads the integers of WebAssembly's binary format. */

/** Reads bytes one after the other; beyond the end there are zeros. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;
  /** Offset at which reading ends. */
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** True at the end. */
  get done(): boolean {
    return this.at >= this.end;
  }
  /** One byte. */
  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }
  /** View of the next `count` bytes, not copied. */
  raw(count: number): Uint8Array {
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }
  /** An unsigned number of up to 64 bits. */
  unsigned(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80 || shift > 63n) return value;
    }
  }
  /** A signed number of up to 64 bits. */
  signed(): bigint {
    const from = this.at;
    const value = this.unsigned();
    return BigInt.asIntN(7 * (this.at - from), value);
  }
  /** An unsigned number of 32 bits. */
  u32(): number {
    return Number(this.unsigned());
  }
  /** A name. */
  name(): string {
    return new TextDecoder().decode(this.raw(this.u32()));
  }
}
