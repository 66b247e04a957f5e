import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { aFlag, aFunction, aNumber, checkArgument, type OptionKind } from "@mem/qom/plumbing";
import { toSize } from "../address.js";
import { refuseArgument } from "../arguments.js";
import { countBits, fillBits, findBit } from "./dirty-words.js";

/** Pages that a chunk covers, as a power of two, unless the bitmap is very large. */
const CHUNK_SHIFT = 15;
/** Most chunks that a bitmap has, as a power of two: beyond that the chunks grow. */
const MAX_CHUNKS_SHIFT = 16;

/** The number of a page, or what a range of pages ends with: beyond the end there are none. */
const A_PAGE: OptionKind = {
  expects: "a number from 0 on",
  accepts: (value) =>
    typeof value === "number" && value >= 0 && (Number.isInteger(value) || value === Infinity),
};

/** A piece of the bitmap: its words, or `true` or `false` where all its bits are that. */
type Chunk = Uint32Array | boolean;

/**
 * One bit a page of a RAM block (`DirtyMemoryBlocks`). It works on 32-bit words, and chunks that
 * are dirty or clean all over take no memory: a terabyte of fresh RAM costs next to nothing, and
 * so does marking all of it clean.
 * @see {@link RamSource}, whose example looks into one
 */
export class DirtyBitmap {
  /** Number of pages covered. */
  readonly pages: number;
  readonly #chunks: Chunk[];
  /** Pages of a chunk, as a power of two, and as they are. */
  readonly #shift: number;
  readonly #chunkPages: number;
  readonly #catchUp: () => void;

  /**
   * @param pages number of pages covered, up to 2^41.
   * @param dirty true if all of them are dirty at first.
   * @param catchUp called before anything is read or marked clean: marks what was left to do.
   * @throws ArgumentError for what is none of these; AddressError for no such number
   */
  constructor(pages: number, dirty = true, catchUp: () => void = () => {}) {
    checkArgument(pages, aNumber, "new DirtyBitmap", "the number of pages", refuseArgument);
    checkArgument(catchUp, aFunction, "new DirtyBitmap", "catchUp", refuseArgument);
    toSize(pages, "the number of pages");
    checkArgument(dirty, aFlag, "new DirtyBitmap", "dirty", refuseArgument);
    this.pages = pages;
    this.#catchUp = catchUp;
    this.#shift = Math.max(CHUNK_SHIFT, Math.ceil(Math.log2(pages + 1)) - MAX_CHUNKS_SHIFT);
    this.#chunkPages = 2 ** this.#shift;
    this.#chunks = new Array<Chunk>(Math.ceil(pages / this.#chunkPages)).fill(dirty);
  }

  /** `N pages`. */
  toString(): string {
    return `${this.pages} pages`;
  }

  /** Number of pages that it covers. */
  toJSON(): object {
    return { pages: this.pages };
  }

  /** The text that `console.log` shows: the number of pages covered. Which are dirty is not asked. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `DirtyBitmap of ${ink(String(this.pages), "number")} pages`,
    });
  }

  /**
   * True if `page` is dirty; pages beyond the end never are.
   * @throws ArgumentError for what is no page's number
   */
  get(page: number): boolean {
    checkPages(page, page);
    this.#catchUp();
    if (page >= this.pages) return false;
    const chunk = this.#chunkAt(page);
    if (typeof chunk === "boolean") return chunk;
    const bit = this.#bitOf(page);
    return (((chunk[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /**
   * Marks pages `from` (inclusive) to `to` (exclusive) dirty; those beyond the end are left out.
   * @throws ArgumentError for what is no page's number
   */
  set(from: number, to: number): void {
    if (typeof from === "number" && to === from + 1) {
      this.mark(from);
      return;
    }
    checkPages(from, to);
    const end = Math.min(to, this.pages);
    for (let page = from; page < end;) {
      const stop = Math.min(this.#chunkEnd(page), end);
      this.#fill(page, stop, true);
      page = stop;
    }
  }

  /**
   * Marks one page dirty, as nearly every store does; one beyond the end is left out.
   * @throws ArgumentError for what is no page's number
   */
  mark(page: number): void {
    if (typeof page !== "number") checkPages(page, page);
    const chunk = this.#chunks[this.#indexOf(page)];
    if (chunk === true || page >= this.pages) return;
    if (typeof chunk === "object") {
      const bit = this.#bitOf(page);
      chunk[bit >>> 5] = (chunk[bit >>> 5] ?? 0) | (1 << (bit & 31));
    } else {
      checkPages(page, page);
      this.#fill(page, page + 1, true);
    }
  }

  /**
   * Marks pages `from` (inclusive) to `to` (exclusive) clean; true if any was dirty.
   * @throws ArgumentError for what is no page's number
   */
  clear(from: number, to: number): boolean {
    checkPages(from, to);
    this.#catchUp();
    const end = Math.min(to, this.pages);
    let any = false;
    for (let page = from; page < end;) {
      const stop = Math.min(this.#chunkEnd(page), end);
      any ||= this.#findWithin(page, stop, true) < stop;
      this.#fill(page, stop, false);
      page = stop;
    }
    return any;
  }

  /**
   * True if any page in `from` (inclusive) to `to` (exclusive) is dirty.
   * @throws ArgumentError for what is no page's number
   */
  any(from: number, to: number): boolean {
    return this.nextDirty(from, to) < Math.min(to, this.pages);
  }

  /**
   * Number of dirty pages in `from` (inclusive) to `to` (exclusive); default: all.
   * @throws ArgumentError for what is no page's number
   */
  count(from = 0, to = this.pages): number {
    checkPages(from, to);
    this.#catchUp();
    const end = Math.min(to, this.pages);
    let sum = 0;
    for (let page = from; page < end;) {
      const stop = Math.min(this.#chunkEnd(page), end);
      const chunk = this.#chunkAt(page);
      if (chunk === true) sum += stop - page;
      else if (chunk) sum += countBits(chunk, this.#bitOf(page), this.#bitOf(stop - 1) + 1);
      page = stop;
    }
    return sum;
  }

  /**
   * The first dirty page from `from` on and below `to`; where there is none, `to` or the end.
   * @throws ArgumentError for what is no page's number
   */
  nextDirty(from: number, to: number): number {
    checkPages(from, to);
    this.#catchUp();
    return this.#find(from, to, true);
  }

  /**
   * The first clean page from `from` on and below `to`; where there is none, `to` or the end.
   * @throws ArgumentError for what is no page's number
   */
  nextClean(from: number, to: number): number {
    checkPages(from, to);
    this.#catchUp();
    return this.#find(from, to, false);
  }

  /**
   * Marks pages `from` (inclusive) to `to` (exclusive) clean and returns a bitmap, numbered
   * alike, of those that were dirty. Whole chunks change hands, of others the words are copied.
   * @throws ArgumentError for what is no page's number
   */
  takeAndClear(from: number, to: number): DirtyBitmap {
    checkPages(from, to);
    this.#catchUp();
    const taken = new DirtyBitmap(this.pages, false);
    const end = Math.min(to, this.pages);
    for (let page = from; page < end;) {
      const stop = Math.min(this.#chunkEnd(page), end);
      const chunk = this.#chunkAt(page);
      if (typeof chunk === "boolean" || this.#isWhole(page, stop)) {
        if (this.#isWhole(page, stop)) taken.#chunks[this.#indexOf(page)] = chunk;
        else if (chunk) taken.#fill(page, stop, true);
      } else {
        taken.#copyWords(chunk, page, stop);
      }
      this.#fill(page, stop, false);
      page = stop;
    }
    return taken;
  }

  // ---- chunks: ranges below this line lie within one ---------------------------------------

  #indexOf(page: number): number {
    return page < 0x8000_0000 ? page >> this.#shift : Math.floor(page / this.#chunkPages);
  }

  #chunkAt(page: number): Chunk {
    return this.#chunks[this.#indexOf(page)] ?? false;
  }

  /** Page behind the chunk that holds `page`. */
  #chunkEnd(page: number): number {
    return (this.#indexOf(page) + 1) * this.#chunkPages;
  }

  /** Number of the page within its chunk: the low bits, also of numbers above 2^32. */
  #bitOf(page: number): number {
    return page & (this.#chunkPages - 1);
  }

  #isWhole(from: number, to: number): boolean {
    return this.#bitOf(from) === 0 && (to === this.pages || this.#bitOf(to) === 0);
  }

  #find(from: number, to: number, dirty: boolean): number {
    const end = Math.min(to, this.pages);
    for (let page = from; page < end;) {
      const stop = Math.min(this.#chunkEnd(page), end);
      const found = this.#findWithin(page, stop, dirty);
      if (found < stop) return found;
      page = stop;
    }
    return end;
  }

  #findWithin(from: number, to: number, dirty: boolean): number {
    const chunk = this.#chunkAt(from);
    if (typeof chunk === "boolean") return chunk === dirty ? from : to;
    const bit = this.#bitOf(from);
    return from - bit + findBit(chunk, bit, this.#bitOf(to - 1) + 1, dirty ? 0 : -1);
  }

  #fill(from: number, to: number, dirty: boolean): void {
    const index = this.#indexOf(from);
    const chunk = this.#chunks[index];
    if (chunk === dirty) return;
    if (this.#isWhole(from, to)) this.#chunks[index] = dirty;
    else fillBits(this.#words(index), this.#bitOf(from), this.#bitOf(to - 1) + 1, dirty);
  }

  /** The words of a chunk, made when they are first needed. */
  #words(index: number): Uint32Array {
    const chunk = this.#chunks[index];
    if (typeof chunk === "object") return chunk;
    const covered = Math.min(this.#chunkPages, this.pages - index * this.#chunkPages);
    const words = new Uint32Array(Math.ceil(covered / 32));
    if (chunk) words.fill(0xffffffff);
    this.#chunks[index] = words;
    return words;
  }

  /** Takes the bits of a range over from a chunk of another bitmap; all of it was clean here. */
  #copyWords(source: Uint32Array, from: number, to: number): void {
    const first = this.#bitOf(from);
    const end = this.#bitOf(to - 1) + 1;
    const words = this.#words(this.#indexOf(from));
    const [low, high] = [first >>> 5, ((end - 1) >>> 5) + 1];
    words.set(source.subarray(low, high), low);
    if (first > low * 32) fillBits(words, low * 32, first, false);
    if (end < high * 32) fillBits(words, end, high * 32, false);
  }
}

function checkPages(from: unknown, to: unknown): void {
  checkArgument(from, A_PAGE, "bitmap", "the page", refuseArgument);
  checkArgument(to, A_PAGE, "bitmap", "the end", refuseArgument);
}
