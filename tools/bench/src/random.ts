/** A sequence of unsigned 32-bit numbers that looks random and is the same in every run. */
export class Random {
  #state: number;

  constructor(seed = 0x2545f491) {
    this.#state = seed >>> 0 || 1;
  }

  /** The next number. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
}

/** `count` random multiples of `step`, from 0 to below `size`. */
export function randomOffsets(count: number, size: number, step: number): Int32Array {
  const random = new Random();
  return Int32Array.from({ length: count }, () => random.below(size / step) * step);
}

/** Fills memory with random bytes: loads of zeros alone would never make a large number. */
export function fillRandomly(bytes: Uint8Array): void {
  const random = new Random(0x9e3779b9);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
  for (let i = 0; i < words.length; i++) words[i] = random.next();
}
