/** A set of interrupt vectors: one of the registers IRR, ISR and TMR of 256 bits. */

/** Vectors 0 to 255. */
export class VectorSet {
  /** As the registers show them: 32 vectors a word. */
  readonly words = new Int32Array(8);

  has(vector: number): boolean {
    return ((this.words[vector >> 5] >>> (vector & 31)) & 1) !== 0;
  }
  add(vector: number): void {
    this.words[vector >> 5] |= 1 << (vector & 31);
  }
  delete(vector: number): void {
    this.words[vector >> 5] &= ~(1 << (vector & 31));
  }
  clear(): void {
    this.words.fill(0);
  }
  /** The highest vector, or -1. */
  get highest(): number {
    for (let word = 7; word >= 0; word--) {
      const bits = this.words[word];
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits);
    }
    return -1;
  }
}
