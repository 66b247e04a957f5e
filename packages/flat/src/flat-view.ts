import {
  type Address,
  ADDRESS_MAX,
  AddressError,
  LifecycleError,
  type MemoryRegion,
  type MemorySystem,
} from "@mem/core";
import { AccessWindow } from "./access-window.js";
import { type FlatRange } from "./flat-range.js";
import { firstEndingAfter } from "./range-builder.js";
import {
  chunkRanges,
  firstChunkEndingAfter,
  type RangeChunk,
  replaceRanges,
} from "./range-chunks.js";
import type { Interval } from "./render.js";
import { WindowCache } from "./window-cache.js";

/**
 * What an address space looks like, resolved: sorted ranges without overlap (`FlatView`). A
 * snapshot that never changes; whoever holds one may finish with it. While it lives, what it
 * shows is kept alive.
 */
export class FlatView {
  readonly memory: MemorySystem;
  /** The region that the view was built from; `null` when nothing can show. */
  readonly root: MemoryRegion | null;
  /** @internal */
  readonly chunks: readonly RangeChunk[];
  readonly #low: Float64Array;
  readonly #count: number;
  #last: AccessWindow;
  #cache: WindowCache | null = null;
  #references = 1;

  private constructor(
    memory: MemorySystem,
    root: MemoryRegion | null,
    chunks: readonly RangeChunk[],
  ) {
    this.memory = memory;
    this.root = root;
    this.chunks = chunks;
    this.#low = new Float64Array(chunks.length);
    let count = 0;
    for (let i = 0; i < chunks.length; i++) {
      const ranges = chunks[i]?.ranges ?? [];
      this.#low[i] = ranges[0]?.low ?? 0;
      count += ranges.length;
    }
    this.#count = count;
    this.#last = new AccessWindow(memory.unassigned, 1n, 0n, 0n);
    root?.refShown();
    for (const chunk of chunks) chunk.retain();
  }

  /** @internal A view of these ranges, with one reference, which belongs to the caller. */
  static of(
    memory: MemorySystem,
    root: MemoryRegion | null,
    ranges: readonly FlatRange[],
  ): FlatView {
    return new FlatView(memory, root, chunkRanges(ranges));
  }

  /** @internal This view with the ranges of some windows replaced. */
  withWindows(changes: readonly { window: Interval; ranges: readonly FlatRange[] }[]): FlatView {
    let chunks = this.chunks;
    for (const { window, ranges } of changes) {
      chunks = replaceRanges(chunks, window.from, window.to, ranges);
    }
    return new FlatView(this.memory, this.root, chunks);
  }

  /** Number of ranges. */
  get length(): number {
    return this.#count;
  }

  /** All ranges, ascending. */
  *ranges(): IterableIterator<FlatRange> {
    for (const chunk of this.chunks) yield* chunk.ranges;
  }

  /** The ranges that intersect `[from, to)`, ascending. */
  *rangesWithin(from: bigint, to: bigint): IterableIterator<FlatRange> {
    for (let c = firstChunkEndingAfter(this.chunks, from); c < this.chunks.length; c++) {
      const ranges = this.chunks[c]?.ranges ?? [];
      for (let i = firstEndingAfter(ranges, from); i < ranges.length; i++) {
        const range = ranges[i];
        if (!range || range.start >= to) return;
        yield range;
      }
    }
  }

  /** The range that holds `addr`, if any. */
  rangeAt(addr: bigint): FlatRange | null {
    for (const range of this.rangesWithin(addr, addr + 1n)) return range;
    return null;
  }

  /**
   * The window that holds `addr` (0 to 2^53 - 1); holes have windows on the unassigned region.
   * Allocates nothing for addresses that were looked up recently.
   */
  lookup(addr: number): AccessWindow {
    const last = this.#last;
    if (addr >= last.start && addr <= last.last) return last;
    const cached = this.#cache?.get(addr);
    if (cached && addr >= cached.start && addr <= cached.last) return (this.#last = cached);
    return this.#search(addr);
  }

  /** The window that holds an address of the whole 64-bit space. */
  find(addr: Address): AccessWindow {
    if (typeof addr === "number") return this.lookup(addr);
    if (addr <= BigInt(Number.MAX_SAFE_INTEGER)) return this.lookup(Number(addr));
    const range = this.rangeAt(addr);
    if (!range) return this.#hole(addr);
    return range.windows.find((window) => window.exactLast >= addr) ?? this.#hole(addr);
  }

  /**
   * Keeps the view.
   * @throws LifecycleError when its last holder has let it go: it cannot come back.
   */
  retain(): this {
    this.#assertHeld("keep");
    this.#references++;
    return this;
  }

  /**
   * Lets the view go; the last holder's going frees it once no access is in flight.
   * @throws LifecycleError when nobody holds it.
   */
  release(): void {
    this.#assertHeld("release");
    if (--this.#references > 0) return;
    const { objects, reclaimer } = this.memory;
    reclaimer.defer(() =>
      // One object's failing end must not keep the others from theirs.
      objects.deferFinalization(() => {
        for (const chunk of this.chunks) chunk.release();
        this.root?.unrefShown();
      }),
    );
  }

  #assertHeld(action: string): void {
    if (this.#references > 0) return;
    throw new LifecycleError(
      `cannot ${action} a view of ${this.root?.describe() ?? "nothing"}: nobody holds it any more`,
      {
        rule: "view-released",
        region: this.root?.describe(),
      },
    );
  }

  #search(addr: number): AccessWindow {
    if (!Number.isInteger(addr)) {
      throw new AddressError(`${addr} is no address`, { rule: "exact-number", address: addr });
    }
    let window = this.#windowAt(addr);
    if (!window.exact) return window;
    if (window.misses(addr)) window = window.around(addr);
    this.#cache ??= new WindowCache(this.#count, this.#span());
    this.#cache.put(addr, window);
    this.#last = window;
    return window;
  }

  #windowAt(addr: number): AccessWindow {
    const chunk = this.chunks[lastNotAbove(this.#low, addr)];
    const range = chunk && lastStartingAt(chunk.ranges, addr);
    if (!range || range.high < addr) return this.#hole(BigInt(addr));
    const { windows } = range;
    for (let i = 0; i < windows.length; i++) {
      const window = windows[i];
      if (window && (!window.exact || window.sectionLast >= addr)) return window;
    }
    return this.#hole(BigInt(addr));
  }

  #span(): number {
    return (this.chunks.at(-1)?.ranges.at(-1)?.high ?? 0) + 1;
  }

  #hole(addr: bigint): AccessWindow {
    let start = 0n;
    let last = ADDRESS_MAX;
    const next = firstChunkEndingAfter(this.chunks, addr);
    const ranges = this.chunks[next]?.ranges ?? [];
    const index = firstEndingAfter(ranges, addr);
    const after = ranges[index];
    if (after) last = after.start - 1n;
    const before = ranges[index - 1] ?? this.chunks[next - 1]?.ranges.at(-1);
    if (before) start = before.end;
    return new AccessWindow(this.memory.unassigned, start, last, start);
  }
}

/** Index of the last entry that is not above `value`; 0 when all are. */
function lastNotAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

function lastStartingAt(ranges: readonly FlatRange[], addr: number): FlatRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range && range.low <= addr) low = middle + 1;
    else high = middle;
  }
  return ranges[low - 1];
}
