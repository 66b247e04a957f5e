/** Bytes that grow, and the integers of WebAssembly's binary format. */
import { aBigint, check, refuseNumber } from "./arguments.js";

/**
 * A buffer that doubles when it is full. Writing allocates nothing otherwise, so one writer serves
 * for many functions, one after the other.
 *
 * @example
 * const out = new ByteWriter();
 * out.u32(624485); // unsigned LEB128
 * const bytes = out.take();
 * console.log([...bytes].map((byte) => hex(byte)).join(" ")); // prints: 0xe5 0x8e 0x26
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  /** @param capacity bytes to have at hand from the start, at least 16 */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }
  /** Forgets what was written; the memory stays. */
  clear(): void {
    this.#length = 0;
  }
  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length) as Uint8Array<ArrayBuffer>;
  }
  /** View of the bytes that were written, without copying: valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  /** One byte, the low eight bits of `value`. */
  byte(value: number): void {
    if (typeof value !== "number") refuseNumber(value);
    if (this.#length === this.#bytes.length) this.#room(1);
    this.#bytes[this.#length++] = value;
  }
  /** Bytes as they are. */
  raw(bytes: ArrayLike<number>): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
  /** An unsigned LEB128 number, 0 to 2^32 - 1. */
  u32(value: number): void {
    if (typeof value !== "number") refuseNumber(value);
    if (this.#length + 5 > this.#bytes.length) this.#room(5);
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }
  /** A signed LEB128 number of 32 bits. */
  s32(value: number): void {
    if (typeof value !== "number") refuseNumber(value);
    if (this.#length + 5 > this.#bytes.length) this.#room(5);
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#bytes[this.#length++] = rest & 0x7f;
  }
  /** An unsigned LEB128 number of 64 bits, as offsets in a 64-bit memory are. */
  u64(value: bigint): void {
    check(value, aBigint, "u64", "the value");
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }
  /** A signed LEB128 number of 64 bits. */
  s64(value: bigint): void {
    check(value, aBigint, "s64", "the value");
    let rest = BigInt.asIntN(64, value);
    // Most constants are small, and integers of this kind are slow.
    if (rest >= -0x8000_0000n && rest < 0x8000_0000n) return this.s32(Number(rest));
    while (rest < -0x40n || rest > 0x3fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }
  /** Four bytes of an IEEE single. */
  f32(value: number): void {
    this.#float(value, 4);
  }
  /** Eight bytes of an IEEE double. */
  f64(value: number): void {
    this.#float(value, 8);
  }
  #float(value: number, size: number): void {
    if (typeof value !== "number") refuseNumber(value);
    const scratch = this.#scratch;
    if (size === 4) scratch.setFloat32(0, value, true);
    else scratch.setFloat64(0, value, true);
    for (let k = 0; k < size; k++) this.byte(scratch.getUint8(k));
  }
  /** A name: its length in bytes, then UTF-8. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.raw(bytes);
  }
}
