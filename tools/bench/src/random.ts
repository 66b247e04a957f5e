import { Random } from "@mem/common";

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
