import {
  type Address,
  ADDRESS_MAX,
  LifecycleError,
  type MemoryRegion,
  type MemorySystem,
} from "@mem/core";
import { checkAddress, internalsOf, systemInternals } from "@mem/core/plumbing";
import { inspectCustom, type InspectOptions } from "@mem/qom";
import { dataOf, inspectSummary } from "../inspect/summary.js";
import { AccessWindow } from "./access-window.js";
import { type FlatRange, rangeLines } from "./flat-range.js";
import { positionOf, rangesByRegion } from "./range-search.js";
import { type RangeNode, rangeTree, replaceRanges } from "./range-tree.js";
import type { Interval } from "./render.js";
import { WindowCache } from "./window-cache.js";

const NONE: readonly FlatRange[] = Object.freeze([]);

/** A window of a view that was rendered anew. */
export interface RenderedWindow {
  readonly window: Interval;
  readonly ranges: readonly FlatRange[];
}

/** Makes a view of these ranges, with one reference, which belongs to the caller. */
export let viewOf: (
  system: MemorySystem,
  root: MemoryRegion | null,
  ranges: readonly FlatRange[],
) => FlatView;

/** The ranges of a view, as the tree that views share. */
export let treeOf: (view: FlatView) => RangeNode;

/**
 * The ranges of a view that show a region, ascending. The first question has all ranges looked at;
 * every later one is answered from an index, since a view never changes.
 */
export let rangesOf: (view: FlatView, region: MemoryRegion) => readonly FlatRange[];

/** A view with the ranges of some windows replaced; it has one reference, the caller's. */
export let withWindows: (view: FlatView, changes: readonly RenderedWindow[]) => FlatView;

/** A view in which nothing shows, with one reference, which belongs to the caller. */
export function emptyView(system: MemorySystem): FlatView {
  return viewOf(system, null, []);
}

/**
 * Resolved map of an address space: sorted ranges without overlap (`FlatView`). A snapshot that
 * never changes; whoever holds one may finish with it. While it lives, what it shows is kept alive.
 *
 * @example
 * const { flatView } = space; // immutable: what comes later is in another one
 * ram.addr = 0x4000;
 * for (const { start, end, region } of space.flatView.ranges()) {
 *   console.log(hex(start), hex(end), region.name); // prints: 0x4000 0x14000 ram
 * }
 * console.log(flatView.rangeAt(0n)?.region.name, space.flatView.rangeAt(0n)); // prints: ram null
 */
export class FlatView {
  static {
    viewOf = (system, root, ranges) => new FlatView(system, root, rangeTree(ranges));
    treeOf = (view) => view.#tree;
    rangesOf = (view, region) => {
      view.#byRegion ??= rangesByRegion(view.ranges());
      return view.#byRegion.get(region) ?? NONE;
    };
    withWindows = (view, changes) => view.#withWindows(changes);
  }

  /** The system whose regions it shows. */
  readonly system: MemorySystem;
  /** The region that the view was built from; `null` when nothing can show. */
  readonly root: MemoryRegion | null;
  readonly #tree: RangeNode;
  #last: AccessWindow;
  #cache: WindowCache | null = null;
  #byRegion: ReadonlyMap<object, readonly FlatRange[]> | null = null;
  #references = 1;

  private constructor(system: MemorySystem, root: MemoryRegion | null, tree: RangeNode) {
    this.system = system;
    this.root = root;
    this.#tree = tree;
    this.#last = new AccessWindow(system.unassigned, 1n, 0n, 0n);
    if (root) internalsOf(root).refShown();
    tree.retain();
  }

  #withWindows(changes: readonly RenderedWindow[]): FlatView {
    let tree = this.#tree;
    for (const { window, ranges } of changes) {
      tree = replaceRanges(tree, positionOf(window.from), positionOf(window.to), ranges);
    }
    return new FlatView(this.system, this.root, tree);
  }

  /** Number of ranges. */
  get length(): number {
    return this.#tree.count;
  }

  /** E.g. `system, 12 ranges`: the root, and the number of ranges. */
  toString(): string {
    return `${this.root?.name ?? "nothing"}, ${this.length} range(s)`;
  }

  /** The root and the first 256 ranges as data; `length` is the number of all. */
  toJSON(): object {
    const ranges = dataOf(this.ranges(), (range) => range.toJSON());
    return { root: this.root?.name ?? null, length: this.length, ranges };
  }

  /** Text for `console.log`: a line for each of the first ranges. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return inspectSummary(depth, options, {
      kind: "FlatView",
      name: this.root?.name ?? "of nothing",
      facts: [`${this.length} range(s)`],
      lines: (ink) => rangeLines(this.ranges(), ink),
      total: this.length,
    });
  }

  /** All ranges, ascending. */
  *ranges(): IterableIterator<FlatRange> {
    for (const leaf of this.#tree.leaves()) yield* leaf.ranges;
  }

  /** The ranges that intersect `[from, to)`, ascending. */
  rangesWithin(from: bigint, to: bigint): IterableIterator<FlatRange> {
    return this.#tree.within(positionOf(from), positionOf(to));
  }

  /** The range that holds `addr`, in bytes, if any. */
  rangeAt(addr: bigint): FlatRange | null {
    const { after } = this.#tree.around(positionOf(addr));
    return after && after.start <= addr ? after : null;
  }

  /**
   * The window that holds `addr` (0 to 2^53 - 1); holes have windows on the unassigned region.
   * Allocates nothing for addresses that were looked up recently.
   * @throws AddressError for what is no address.
   */
  lookup(addr: number): AccessWindow {
    if (!Number.isSafeInteger(addr)) return this.#lookupOther(addr);
    const last = this.#last;
    if (addr >= last.start && addr <= last.last) return last;
    const cached = this.#cache?.get(addr);
    if (cached && addr >= cached.start && addr <= cached.last) return (this.#last = cached);
    return this.#search(addr);
  }

  /**
   * The window that holds an address of the whole 64-bit space.
   * @throws AddressError for what is no address.
   */
  find(addr: Address): AccessWindow {
    if (typeof addr === "number") return this.lookup(addr);
    if (typeof addr !== "bigint" || addr < 0n) checkAddress(addr);
    if (addr <= BigInt(Number.MAX_SAFE_INTEGER)) return this.lookup(Number(addr));
    if (addr > ADDRESS_MAX) checkAddress(addr);
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
    const { objects, reclaimer } = systemInternals(this.system);
    reclaimer.defer(() =>
      // One object's failing end must not keep the others from theirs.
      objects.deferFinalization(() => {
        this.#tree.release();
        if (this.root) internalsOf(this.root).unrefShown();
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

  /** For what is no number, or none that is exact. */
  #lookupOther(addr: Address): AccessWindow {
    checkAddress(addr);
    return this.find(addr);
  }

  #search(addr: number): AccessWindow {
    if (addr < 0) checkAddress(addr);
    let window = this.#windowAt(addr);
    if (!window.exact) return window;
    if (window.misses(addr)) window = window.around(addr);
    if (this.#cache?.isCrowded) this.#cache = this.#cache.larger(this.#span());
    this.#cache ??= new WindowCache(this.#span());
    this.#cache.put(addr, window);
    this.#last = window;
    return window;
  }

  #windowAt(addr: number): AccessWindow {
    const range = this.#tree.lastStartingAt(addr);
    if (!range || range.high < addr) return this.#hole(BigInt(addr));
    const { windows } = range;
    for (let i = 0; i < windows.length; i++) {
      const window = windows[i];
      if (window && (!window.exact || window.sectionLast >= addr)) return window;
    }
    return this.#hole(BigInt(addr));
  }

  #span(): number {
    return (this.#tree.final?.high ?? 0) + 1;
  }

  #hole(addr: bigint): AccessWindow {
    const { before, after } = this.#tree.around(positionOf(addr));
    const start = before?.end ?? 0n;
    const last = after ? after.start - 1n : ADDRESS_MAX;
    return new AccessWindow(this.system.unassigned, start, last, start);
  }
}
