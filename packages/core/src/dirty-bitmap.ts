const CHUNK_PAGES_SHIFT = 15;
const CHUNK_PAGES = 1 << CHUNK_PAGES_SHIFT;
const CHUNK_WORDS = CHUNK_PAGES / 32;

/**
 * One bit a page of a RAM block. Chunks that were never cleared are not stored, so the bitmap
 * of fresh RAM, which is dirty all over, costs next to nothing.
 */
export class DirtyBitmap {
  /** `null`: every bit of the chunk is set. */
  readonly #chunks: (Uint32Array | null)[];
  /** Number of pages covered. */
  readonly pages: number;

  /** @param pages number of pages covered; all start dirty. */
  constructor(pages: number) {
    this.pages = pages;
    this.#chunks = new Array<Uint32Array | null>(Math.ceil(pages / CHUNK_PAGES)).fill(null);
  }

  /** Whether `page` is dirty. */
  get(page: number): boolean {
    const chunk = this.#chunks[page >>> CHUNK_PAGES_SHIFT];
    if (!chunk) return chunk === null;
    const bit = page & (CHUNK_PAGES - 1);
    return (((chunk[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /** Marks pages `from` (inclusive) to `to` (exclusive) dirty. */
  set(from: number, to: number): void {
    for (let page = from; page < Math.min(to, this.pages); page++) {
      const chunk = this.#chunks[page >>> CHUNK_PAGES_SHIFT];
      if (!chunk) {
        page |= CHUNK_PAGES - 1;
        continue;
      }
      const bit = page & (CHUNK_PAGES - 1);
      chunk[bit >>> 5] = (chunk[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  /** Marks pages `from` (inclusive) to `to` (exclusive) clean; says whether any was dirty. */
  clear(from: number, to: number): boolean {
    let any = false;
    for (let page = from; page < Math.min(to, this.pages); page++) {
      const index = page >>> CHUNK_PAGES_SHIFT;
      const chunk = (this.#chunks[index] ??= new Uint32Array(CHUNK_WORDS).fill(0xffffffff));
      const bit = page & (CHUNK_PAGES - 1);
      const word = chunk[bit >>> 5] ?? 0;
      if ((word >>> (bit & 31)) & 1) any = true;
      chunk[bit >>> 5] = word & ~(1 << (bit & 31));
    }
    return any;
  }

  /** Whether any page in `from` (inclusive) to `to` (exclusive) is dirty. */
  any(from: number, to: number): boolean {
    for (let page = from; page < Math.min(to, this.pages); page++) {
      if (this.get(page)) return true;
    }
    return false;
  }
}
