import { aFunction, anyObject, checkArgument } from "@mem/qom/plumbing";
import { PAGE_SIZE } from "../address.js";
import { checkSpan, refuseArgument } from "../arguments.js";
import { DirtyBitmap } from "./dirty-bitmap.js";

/**
 * Called when bytes of a marked page were stored to, after they were.
 * @param offset of the first byte, within the block
 * @param length bytes
 */
export type CodeStored = (offset: number, length: number) => void;

/** The block, as its watches use it. */
interface WatchedBlock {
  /** Length of the block at most, in bytes. */
  readonly maxLength: number;
  /** @throws RamBlockError for bytes that are not within the block */
  check(offset: number, length: number): void;
  /** Called when a watch ends. */
  ended(watch: CodeWatch): void;
}

/**
 * Pages of a RAM block that a translator holds code of (`tlb_protect_code`), and its callback for
 * stores to them (`tb_invalidate_phys_range`). `RamBlock.watchCode` makes one. While a block has
 * watches, stores to it take the slow path; a block without any pays nothing.
 *
 * @example
 * const block = ram.ramBlock;
 * const watch = block?.watchCode((offset, length) => console.log(hex(offset), length));
 * watch?.mark(0x1000); // the page holds translated code
 * space.store(0x1234, 4, 0); // prints: 0x1234 4
 * space.store(0x2000, 4, 0); // another page: nothing is told
 * watch?.[Symbol.dispose]();
 */
export class CodeWatch implements Disposable {
  readonly #pages: DirtyBitmap;
  readonly #stored: CodeStored;
  readonly #block: WatchedBlock;

  /**
   * Blocks make watches: see `RamBlock.watchCode`.
   * @throws ArgumentError when the callback is no function, or there is no block
   */
  constructor(block: WatchedBlock, stored: CodeStored) {
    checkArgument(block, anyObject, "block.watchCode", "the block", refuseArgument);
    checkArgument(stored, aFunction, "block.watchCode", "the callback", refuseArgument);
    this.#pages = new DirtyBitmap(Math.ceil(block.maxLength / PAGE_SIZE), false);
    this.#stored = stored;
    this.#block = block;
  }

  /**
   * Marks the pages that `length` bytes from `offset` on touch: stores to them are told.
   * @throws RamBlockError when they are not within the block
   */
  mark(offset: number, length = 1): void {
    this.#block.check(offset, length);
    this.#pages.set(Math.floor(offset / PAGE_SIZE), Math.ceil((offset + length) / PAGE_SIZE));
  }

  /**
   * Takes the marks of these pages back.
   * @throws RamBlockError when they are not within the block
   */
  unmark(offset: number, length = 1): void {
    this.#block.check(offset, length);
    this.#pages.clear(Math.floor(offset / PAGE_SIZE), Math.ceil((offset + length) / PAGE_SIZE));
  }

  /**
   * True if the page of a byte is marked.
   * @throws RamBlockError when the byte is not within the block
   */
  isMarked(offset: number): boolean {
    this.#block.check(offset, 1);
    return this.#pages.get(Math.floor(offset / PAGE_SIZE));
  }

  /**
   * Tells of a store, if it touches a marked page.
   * @throws ArgumentError unless both are numbers from 0 on
   */
  tell(offset: number, length: number): void {
    checkSpan(offset, length, "watch.tell");
    const from = Math.floor(offset / PAGE_SIZE);
    const to = Math.ceil((offset + length) / PAGE_SIZE);
    if (this.#pages.any(from, to)) this.#stored(offset, length);
  }

  /** Ends the watch; does nothing when it has ended. */
  [Symbol.dispose](): void {
    this.#block.ended(this);
  }
}
