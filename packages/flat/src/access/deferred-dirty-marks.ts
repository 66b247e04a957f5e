import { DirtyClient, type MemoryRegion, PAGE_SIZE, type RamBlock } from "@mem/core";
import { type DeferredMarks, blockInternals, internalsOf } from "@mem/core/plumbing";

/** Runs that are larger have each store marked. */
const MAX_RUN = 2 ** 30;

/**
 * Remembers which pages of a run of RAM were stored to, for those who log its stores. A mark is one
 * byte that is written; the dirty bitmaps learn of it when somebody wants to know.
 */
export class DeferredDirtyMarks implements DeferredMarks {
  /** Not 0 for each page of the run that was stored to since the last {@link mark}. */
  readonly pages: Uint8Array;
  readonly #words: Uint32Array;
  readonly #block: RamBlock;
  readonly #offset: number;
  readonly #loggers: number;

  private constructor(block: RamBlock, offset: number, loggers: number, pages: number) {
    this.#block = block;
    this.#offset = offset;
    this.#loggers = loggers;
    this.#words = new Uint32Array(Math.ceil(pages / 4));
    this.pages = new Uint8Array(this.#words.buffer);
    blockInternals(block).deferredMarks.add(this);
  }

  /**
   * For the run that begins at `offset` of a region's block, those in `known` if there are some;
   * `null` if nobody logs stores into it, or they cannot be put off.
   */
  static of(
    known: Map<DataView, DeferredDirtyMarks>,
    region: MemoryRegion,
    offset: number,
    run: DataView,
  ): DeferredDirtyMarks | null {
    const { ramBlock, writeLoggers } = internalsOf(region);
    const { byteLength } = run;
    if (writeLoggers === 0 || (writeLoggers & (1 << DirtyClient.CODE)) !== 0) return null;
    const before = known.get(run);
    if (before) return before;
    if (ramBlock === null || byteLength > MAX_RUN || offset % PAGE_SIZE !== 0) return null;
    const marks = new DeferredDirtyMarks(
      ramBlock,
      offset,
      writeLoggers,
      Math.ceil(byteLength / PAGE_SIZE),
    );
    known.set(run, marks);
    return marks;
  }

  /** Marks the pages dirty that were stored to since the last time. */
  mark(): void {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) {
      if (words[i] === 0) continue;
      for (let page = i * 4; page < i * 4 + 4; page++) {
        const at = this.#offset + page * PAGE_SIZE;
        if (this.pages[page] !== 0) blockInternals(this.#block).markStored(at, 1, this.#loggers);
      }
      words[i] = 0;
    }
  }

  /** Marks them for the last time: nothing is deferred here any more. */
  end(): void {
    this.mark();
    blockInternals(this.#block).deferredMarks.delete(this);
  }
}
