import type { MemoryRegion, MemorySystem } from "@mem/core";
import { type DamageSink, internalsOf } from "@mem/core/plumbing";
import { type FlatView, treeOf, viewOf, withWindows } from "./flat-view.js";
import { positionOf } from "./range-search.js";
import { EVERYWHERE, type Interval, render } from "./render.js";

/** Up to this many damaged windows are rendered one by one, however small the view. */
const MIN_WINDOWS = 16;
/** In a large view a window costs about as much as this many regions of a whole rendering. */
const VISITS_PER_WINDOW = 4;

/**
 * Number of renderings of views, as a whole or in windows, and of regions that those visited.
 * @see the guide "Performance", "Change the map in one go"
 */
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
  readonly #system: MemorySystem;
  #entries = new Map<MemoryRegion | null, CachedView>();
  /** Entries that changes have damaged since they were rendered. */
  readonly #damaged = new Set<CachedView>();
  /** The roots of the last refresh, as long as they are those of the entries. */
  #roots: readonly (MemoryRegion | null)[] | null = null;

  constructor(system: MemorySystem) {
    this.#system = system;
  }

  /** The view of `root` as it is cached, rendered now if it never was. */
  get(root: MemoryRegion | null): FlatView {
    return this.#entry(root).view;
  }

  /** The view of `root` for an address space that begins: it stays while one shows it. */
  acquire(root: MemoryRegion | null): FlatView {
    const entry = this.#entry(root);
    entry.users++;
    return entry.view.retain();
  }

  /** An address space that shows a view has ended; forgets the view with the last of them. */
  forget(view: FlatView): void {
    const entry = this.#entries.get(view.root);
    if (!entry || entry.view !== view || --entry.users > 0) return;
    this.#entries.delete(view.root);
    this.#roots = null;
    this.#damaged.delete(entry);
    entry.dispose();
  }

  /** Brings the views of these roots up to date and forgets all others. */
  refresh(roots: readonly (MemoryRegion | null)[]): void {
    if (!this.#roots || !sameItems(this.#roots, roots)) this.#keepOnly(roots);
    this.statistics.unchanged += this.#entries.size - this.#damaged.size;
    for (const entry of this.#damaged) entry.refresh(this.statistics);
    this.#damaged.clear();
  }

  #keepOnly(roots: readonly (MemoryRegion | null)[]): void {
    const before = this.#entries;
    const after = new Map<MemoryRegion | null, CachedView>();
    for (const root of roots) {
      let entry = after.get(root);
      if (!entry) {
        entry = before.get(root) ?? this.#render(root);
        entry.users = 0;
        after.set(root, entry);
        before.delete(root);
      }
      entry.users++;
    }
    this.#entries = after;
    this.#roots = roots;
    for (const entry of before.values()) {
      this.#damaged.delete(entry);
      entry.dispose();
    }
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
    this.#roots = null;
    return entry;
  }

  #render(root: MemoryRegion | null): CachedView {
    return new CachedView(this.#system, root, this.statistics, this.#damaged);
  }
}

/** A cached view and the windows of it that changes have damaged. */
class CachedView implements DamageSink {
  view: FlatView;
  /** Number of address spaces that show it. */
  users = 0;
  readonly #root: MemoryRegion | null;
  readonly #damaged: Set<CachedView>;
  #damage: Interval[] = [];
  #all = false;
  /** Regions visited in the last rendering of everything. */
  #visits = 0;

  /** @param damaged list that the view enters itself in when a change damages it */
  constructor(
    system: MemorySystem,
    root: MemoryRegion | null,
    statistics: RenderStatistics,
    damaged: Set<CachedView>,
  ) {
    this.#root = root;
    this.#damaged = damaged;
    this.view = viewOf(system, root, root ? this.#renderAll(root, statistics) : []);
    if (root) internalsOf(root).ownWatchers.damageSink = this;
  }

  damage(from: bigint, to: bigint): void {
    if (this.#all || from >= to) return;
    const last = this.#damage.at(-1);
    if (last && from >= last.from && to <= last.to) return;
    if (this.#damage.push({ from, to }) === 1) this.#damaged.add(this);
    if (this.#damage.length <= MIN_WINDOWS) return;
    const most = Math.max(this.#visits, this.view.length) / VISITS_PER_WINDOW;
    if (this.#damage.length <= most) return;
    this.#damage = mergeIntervals(this.#damage);
    if (this.#damage.length > Math.max(MIN_WINDOWS, most) / 2) this.damageAll();
  }

  damageAll(): void {
    if (!this.#root) return;
    this.#all = true;
    this.#damage = [];
    this.#damaged.add(this);
  }

  refresh(statistics: RenderStatistics): void {
    const root = this.#root;
    if (!root) return;
    const old = this.view;
    if (this.#all) {
      this.view = viewOf(old.system, root, this.#renderAll(root, statistics));
    } else {
      const windows = mergeIntervals(this.#damage.map((window) => widen(old, window)));
      const changes = windows.map((window) => {
        const { ranges, visits } = render(root, window);
        statistics.windows++;
        statistics.visits += visits;
        return { window, ranges };
      });
      this.view = withWindows(old, changes);
    }
    this.#all = false;
    this.#damage = [];
    old.release();
  }

  dispose(): void {
    if (this.#root) internalsOf(this.#root).ownWatchers.damageSink = null;
    this.view.release();
  }

  #renderAll(
    root: MemoryRegion,
    statistics: RenderStatistics,
  ): ReturnType<typeof render>["ranges"] {
    const { ranges, visits } = render(root, EVERYWHERE);
    statistics.full++;
    statistics.visits += visits;
    this.#visits = visits;
    return ranges;
  }
}

/**
 * Extends a window to whole ranges of the old view, and over the neighbours that the new
 * ranges might join.
 */
function widen(view: FlatView, window: Interval): Interval {
  const tree = treeOf(view);
  let { from, to } = window;
  const { after: first } = tree.around(positionOf(from > 0n ? from - 1n : 0n));
  if (first && first.start < from) from = first.start;
  const { before, after } = tree.around(positionOf(to));
  if (after && after.start <= to) to = after.end;
  else if (before && before.end > to) to = before.end;
  return { from, to };
}

/** Sorted, with those that touch joined. */
function mergeIntervals(intervals: Interval[]): Interval[] {
  if (intervals.length === 1) return intervals;
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

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
