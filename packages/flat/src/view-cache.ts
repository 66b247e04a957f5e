import type { DamageSink, MemoryRegion, MemorySystem } from "@mem/core";
import { FlatView } from "./flat-view.js";
import { EVERYWHERE, type Interval, render } from "./render.js";

/** With more damaged windows than this, a view is rendered as a whole. */
const MAX_WINDOWS = 256;

/** How often views were rendered, as a whole or in windows, and how many regions that visited. */
export interface RenderStatistics {
  /** Views rendered from nothing. */
  full: number;
  /** Windows of views rendered anew. */
  windows: number;
  /** Regions visited in all renderings. */
  visits: number;
  /** Commits in which a view was found unchanged. */
  unchanged: number;
}

/**
 * The rendered views of one system, one per effective root, and what changes have damaged
 * since. Address spaces with the same effective root share a view.
 */
export class ViewCache {
  readonly statistics: RenderStatistics = { full: 0, windows: 0, visits: 0, unchanged: 0 };
  readonly #memory: MemorySystem;
  #entries = new Map<MemoryRegion | null, CachedView>();

  constructor(memory: MemorySystem) {
    this.#memory = memory;
  }

  /** The view of `root` as it is cached, rendered now if it never was. */
  get(root: MemoryRegion | null): FlatView {
    return this.#entry(root).view;
  }

  /** Brings the views of these roots up to date and forgets all others. */
  refresh(roots: Iterable<MemoryRegion | null>): void {
    const before = this.#entries;
    const after = new Map<MemoryRegion | null, CachedView>();
    for (const root of roots) {
      if (after.has(root)) continue;
      const entry = before.get(root);
      if (entry) entry.refresh(this.statistics);
      after.set(root, entry ?? this.#render(root));
      before.delete(root);
    }
    this.#entries = after;
    for (const entry of before.values()) entry.dispose();
  }

  /** Everything must be rendered anew. */
  damageEverything(): void {
    for (const entry of this.#entries.values()) entry.damageAll();
  }

  #entry(root: MemoryRegion | null): CachedView {
    const known = this.#entries.get(root);
    if (known) return known;
    const entry = this.#render(root);
    this.#entries.set(root, entry);
    return entry;
  }

  #render(root: MemoryRegion | null): CachedView {
    return new CachedView(this.#memory, root, this.statistics);
  }
}

/** A cached view and the windows of it that changes have damaged. */
class CachedView implements DamageSink {
  view: FlatView;
  readonly #root: MemoryRegion | null;
  #damage: Interval[] = [];
  #all = false;

  constructor(memory: MemorySystem, root: MemoryRegion | null, statistics: RenderStatistics) {
    this.#root = root;
    this.view = FlatView.of(memory, root, root ? this.#renderAll(root, statistics) : []);
    if (root) root.damageSink = this;
  }

  damage(from: bigint, to: bigint): void {
    if (this.#all || from >= to) return;
    const last = this.#damage.at(-1);
    if (last && from >= last.from && to <= last.to) return;
    this.#damage.push({ from, to });
    if (this.#damage.length > MAX_WINDOWS) {
      this.#damage = mergeIntervals(this.#damage);
      if (this.#damage.length > MAX_WINDOWS / 2) this.damageAll();
    }
  }

  damageAll(): void {
    this.#all = true;
    this.#damage = [];
  }

  refresh(statistics: RenderStatistics): void {
    const root = this.#root;
    if (!root || (!this.#all && this.#damage.length === 0)) {
      statistics.unchanged++;
      return;
    }
    const old = this.view;
    if (this.#all) {
      this.view = FlatView.of(old.memory, root, this.#renderAll(root, statistics));
    } else {
      const windows = mergeIntervals(this.#damage.map((window) => widen(old, window)));
      const changes = windows.map((window) => {
        const { ranges, visits } = render(root, window);
        statistics.windows++;
        statistics.visits += visits;
        return { window, ranges };
      });
      this.view = old.withWindows(changes);
    }
    this.#all = false;
    this.#damage = [];
    old.release();
  }

  dispose(): void {
    if (this.#root) this.#root.damageSink = null;
    this.view.release();
  }

  #renderAll(
    root: MemoryRegion,
    statistics: RenderStatistics,
  ): ReturnType<typeof render>["ranges"] {
    const { ranges, visits } = render(root, EVERYWHERE);
    statistics.full++;
    statistics.visits += visits;
    return ranges;
  }
}

/**
 * Extends a window to whole ranges of the old view, and over the neighbours that the new
 * ranges might join.
 */
function widen(view: FlatView, window: Interval): Interval {
  let { from, to } = window;
  const touching = from > 0n ? from - 1n : 0n;
  for (const range of view.rangesWithin(touching, to + 1n)) {
    if (range.start < from) from = range.start;
    if (range.end > to) to = range.end;
  }
  return { from, to };
}

/** Sorted, with those that touch joined. */
function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last && interval.from <= last.to) {
      if (interval.to > last.to) merged[merged.length - 1] = { from: last.from, to: interval.to };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}
