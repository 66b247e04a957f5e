/** Watches of the memory that code was translated from: they tell of stores by others than the processors. */
import type { CodeBlock, CodeMarks, CodePage } from "@mem/x86";

/** Called behind a store to a watched page. @param at index in `bytes` of the first byte stored */
export type StoredElsewhere = (bytes: Uint8Array, at: number, size: number) => void;

interface Watch {
  readonly marks: CodeMarks;
  /** Pages that are marked, by number in the block. */
  readonly pages: Map<number, CodePage>;
}

const PAGE = 4096;

/** One watch for each block that has code. */
export class CodeWatches implements Disposable {
  readonly #stored: StoredElsewhere;
  readonly #watches = new Map<CodeBlock, Watch>();

  constructor(stored: StoredElsewhere) {
    this.#stored = stored;
  }

  /** Watches a page. */
  mark(page: CodePage): void {
    const { block, offset } = page;
    if (block === null) return;
    const watch = this.#watches.get(block) ?? this.#begin(block);
    const number = Math.floor(offset / PAGE);
    if (watch.pages.has(number)) return;
    watch.pages.set(number, page);
    watch.marks.mark(offset);
  }
  /** Watches a page no more. */
  unmark({ block, offset }: CodePage): void {
    const watch = block === null ? undefined : this.#watches.get(block);
    if (watch?.pages.delete(Math.floor(offset / PAGE)) === true) watch.marks.unmark(offset);
  }
  /** Watches nothing any more. */
  [Symbol.dispose](): void {
    for (const { marks } of this.#watches.values()) marks[Symbol.dispose]();
    this.#watches.clear();
  }

  #begin(block: CodeBlock): Watch {
    const pages = new Map<number, CodePage>();
    const marks = block.watchCode((offset, length) => this.#told(pages, offset, length));
    const watch = { marks, pages };
    this.#watches.set(block, watch);
    return watch;
  }
  #told(pages: Map<number, CodePage>, offset: number, length: number): void {
    const end = offset + length;
    for (let from = offset; from < end;) {
      const within = from % PAGE;
      const size = Math.min(end - from, PAGE - within);
      const page = pages.get(Math.floor(from / PAGE));
      if (page !== undefined) this.#stored(page.bytes, page.at + within, size);
      from += size;
    }
  }
}
