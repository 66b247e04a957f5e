/** Bits of 32-bit words: bit `i` of a run is bit `i % 32` of word `i / 32`. */

/** Ones from bit `from` of a word on. */
function headMask(from: number): number {
  return -1 << (from & 31);
}

/** Ones up to, and without, bit `to`; all of them where `to` is the start of the next word. */
function tailMask(to: number): number {
  return -1 >>> (-to & 31);
}

/** Sets or clears bits `from` (inclusive) to `to` (exclusive); there must be at least one. */
export function fillBits(words: Uint32Array, from: number, to: number, on: boolean): void {
  const first = from >>> 5;
  const last = (to - 1) >>> 5;
  if (first === last) {
    fillWord(words, first, headMask(from) & tailMask(to), on);
    return;
  }
  fillWord(words, first, headMask(from), on);
  words.fill(on ? 0xffffffff : 0, first + 1, last);
  fillWord(words, last, tailMask(to), on);
}

function fillWord(words: Uint32Array, index: number, mask: number, on: boolean): void {
  const word = words[index] ?? 0;
  words[index] = on ? word | mask : word & ~mask;
}

/**
 * The first bit from `from` on, and below `to`, that is set (`flip` 0) or clear (`flip` -1);
 * `to` when there is none.
 */
export function findBit(words: Uint32Array, from: number, to: number, flip: 0 | -1): number {
  if (from >= to) return to;
  const last = (to - 1) >>> 5;
  let mask = headMask(from);
  for (let index = from >>> 5; index <= last; index++) {
    const word = ((words[index] ?? 0) ^ flip) & mask;
    if (word !== 0) return Math.min((index << 5) + trailingZeros(word), to);
    mask = -1;
  }
  return to;
}

/** Number of bits set in `from` (inclusive) to `to` (exclusive). */
export function countBits(words: Uint32Array, from: number, to: number): number {
  if (from >= to) return 0;
  const last = (to - 1) >>> 5;
  let mask = headMask(from);
  let sum = 0;
  for (let index = from >>> 5; index <= last; index++) {
    if (index === last) mask &= tailMask(to);
    sum += onesOf((words[index] ?? 0) & mask);
    mask = -1;
  }
  return sum;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function onesOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
