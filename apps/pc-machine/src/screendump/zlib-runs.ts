/** Compressed data (RFC 1950 and 1951) that is quick to make: bytes as they are, and runs of one byte. */

/** Deflate, a window of 32 KiB, the fastest of the levels; a multiple of 31. */
const HEADER = [0x78, 0x01];
const ADLER = 65521;
/** Bytes whose sums of Adler-32 stay below 2^53 without a remainder taken. */
const ADLER_STRIDE = 4096;
const LONGEST_RUN = 258;
/** A run that is shorter than this takes no less room than its bytes. */
const SHORTEST_RUN = 4;
const END_OF_BLOCK = 256;

/** Symbols of lengths from 257 on: the shortest length of each, and its extra bits. */
const LENGTHS: readonly { readonly first: number; readonly bits: number }[] = [
  ...[3, 4, 5, 6, 7, 8, 9, 10].map((first) => ({ first, bits: 0 })),
  ...[1, 2, 3, 4, 5].flatMap((bits) =>
    [0, 1, 2, 3].map((step) => ({ first: 3 + (4 << bits) + (step << bits), bits })),
  ),
];

/** `data`, as one block with the fixed codes of RFC 1951. */
export function zlibRuns(data: Uint8Array): Uint8Array {
  const bits = new BitWriter(data.length);
  for (const byte of HEADER) bits.write(byte, 8);
  // The last block, of fixed codes.
  bits.write(0b011, 3);
  let at = 0;
  while (at < data.length) {
    const byte = data[at] ?? 0;
    bits.code(byte);
    at++;
    let end = at;
    while (data[end] === byte) end++;
    for (; end - at >= SHORTEST_RUN; at += Math.min(LONGEST_RUN, end - at)) {
      writeRun(bits, Math.min(LONGEST_RUN, end - at));
    }
  }
  bits.code(END_OF_BLOCK);
  return bits.finish(adler32(data));
}

/** The byte before, `length` times more: a copy from a distance of one. */
function writeRun(bits: BitWriter, length: number): void {
  if (length === LONGEST_RUN) {
    bits.code(END_OF_BLOCK + 1 + LENGTHS.length);
  } else {
    const index = LENGTHS.findLastIndex(({ first }) => first <= length);
    const { first, bits: extra } = LENGTHS[index] ?? { first: 0, bits: 0 };
    bits.code(END_OF_BLOCK + 1 + index);
    bits.write(length - first, extra);
  }
  // Five bits for the first of the distances.
  bits.write(0, 5);
}

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let from = 0; from < data.length; from += ADLER_STRIDE) {
    for (const byte of data.subarray(from, from + ADLER_STRIDE)) {
      low += byte;
      high += low;
    }
    low %= ADLER;
    high %= ADLER;
  }
  return high * 0x1_0000 + low;
}

/** Bits, the lowest of a byte first. */
class BitWriter {
  #bytes: Uint8Array;
  #used = 0;
  #held = 0;
  #count = 0;

  /** @param size of what is to be compressed, in bytes */
  constructor(size: number) {
    this.#bytes = new Uint8Array(64 + (size >> 3));
  }

  /** The lowest `count` bits of a number, 16 at most. */
  write(value: number, count: number): void {
    this.#held |= value << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.#put(this.#held & 0xff);
      this.#held >>>= 8;
      this.#count -= 8;
    }
  }

  /** The fixed code of a byte or another symbol, whose highest bit comes first. */
  code(symbol: number): void {
    if (symbol < 144) this.#reversed(0x30 + symbol, 8);
    else if (symbol < 256) this.#reversed(0x190 + symbol - 144, 9);
    else if (symbol < 280) this.#reversed(symbol - 256, 7);
    else this.#reversed(0xc0 + symbol - 280, 8);
  }

  /** All bytes, with the checksum of what was compressed, its highest byte first. */
  finish(checksum: number): Uint8Array {
    this.write(0, (8 - this.#count) & 7);
    for (const shift of [24, 16, 8, 0]) this.#put((checksum >>> shift) & 0xff);
    return this.#bytes.slice(0, this.#used);
  }

  #reversed(code: number, count: number): void {
    let value = 0;
    for (let bit = 0; bit < count; bit++) value |= ((code >> bit) & 1) << (count - 1 - bit);
    this.write(value, count);
  }

  #put(byte: number): void {
    if (this.#used === this.#bytes.length) {
      const more = new Uint8Array(2 * this.#bytes.length);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes[this.#used++] = byte;
  }
}
