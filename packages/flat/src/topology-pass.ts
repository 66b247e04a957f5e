import { notifyCoalesced } from "./coalesced-io.js";
import type { FlatRange } from "./flat-range.js";
import type { FlatView } from "./flat-view.js";
import type { ListenerList } from "./listener-list.js";
import type { MemoryListener } from "./memory-listener.js";
import { MemoryRegionSection } from "./memory-region-section.js";
import type { RangeChunk } from "./range-chunks.js";

/** Tells the listeners of an address space how its view changed: first what went, then the rest. */
export function notifyViewChange(listeners: ListenerList, before: FlatView, after: FlatView): void {
  if (!listeners.some(watchesRanges)) return;
  const everything = listeners.some((listener) => listener.regionNop !== undefined);
  for (const pair of comparedRanges(before, after, everything)) {
    if (pair.kind === "gone") announceRemoval(listeners, pair.before, before);
  }
  for (const pair of comparedRanges(before, after, everything)) {
    if (pair.kind === "kept") announceKept(listeners, pair.before, pair.after, after);
    else if (pair.kind === "new") announceAddition(listeners, pair.after, after);
  }
}

function watchesRanges(listener: MemoryListener): boolean {
  return Boolean(
    listener.regionAdd ??
    listener.regionDel ??
    listener.regionNop ??
    listener.logStart ??
    listener.logStop ??
    listener.coalescedIoAdd ??
    listener.coalescedIoDel,
  );
}

function announceRemoval(listeners: ListenerList, range: FlatRange, view: FlatView): void {
  for (const coalesced of range.region.coalesced) {
    notifyCoalesced(listeners, view, range, coalesced, false);
  }
  const section = MemoryRegionSection.ofRange(range, view);
  listeners.reverse((listener) => listener.regionDel?.(section));
}

function announceKept(
  listeners: ListenerList,
  before: FlatRange,
  after: FlatRange,
  view: FlatView,
): void {
  const section = MemoryRegionSection.ofRange(after, view);
  listeners.forward((listener) => listener.regionNop?.(section));
  const [oldMask, newMask] = [before.dirtyMask, after.dirtyMask];
  if (newMask & ~oldMask) {
    listeners.forward((listener) => listener.logStart?.(section, oldMask, newMask));
  }
  if (oldMask & ~newMask) {
    listeners.reverse((listener) => listener.logStop?.(section, oldMask, newMask));
  }
}

function announceAddition(listeners: ListenerList, range: FlatRange, view: FlatView): void {
  const section = MemoryRegionSection.ofRange(range, view);
  listeners.forward((listener) => listener.regionAdd?.(section));
  for (const coalesced of range.region.coalesced) {
    notifyCoalesced(listeners, view, range, coalesced, true);
  }
}

type Comparison =
  | { kind: "gone"; before: FlatRange }
  | { kind: "kept"; before: FlatRange; after: FlatRange }
  | { kind: "new"; after: FlatRange };

/**
 * Walks two views side by side in address order.
 * @param everything whether unchanged ranges are wanted too; otherwise shared chunks are skipped
 */
function* comparedRanges(
  before: FlatView,
  after: FlatView,
  everything: boolean,
): IterableIterator<Comparison> {
  const old = new ChunkCursor(before.chunks);
  const fresh = new ChunkCursor(after.chunks);
  for (;;) {
    if (!everything) {
      while (old.chunk && old.chunk === fresh.chunk && old.atStart && fresh.atStart) {
        old.skipChunk();
        fresh.skipChunk();
      }
    }
    const a = old.range;
    const b = fresh.range;
    if (!a && !b) return;
    if (a && b && a.equals(b)) {
      yield { kind: "kept", before: a, after: b };
      old.next();
      fresh.next();
    } else if (a && (!b || a.start <= b.start)) {
      yield { kind: "gone", before: a };
      old.next();
    } else if (b) {
      yield { kind: "new", after: b };
      fresh.next();
    }
  }
}

/** A position in the chunks of a view. */
class ChunkCursor {
  readonly #chunks: readonly RangeChunk[];
  #chunk = 0;
  #index = 0;

  constructor(chunks: readonly RangeChunk[]) {
    this.#chunks = chunks;
  }

  get chunk(): RangeChunk | undefined {
    return this.#chunks[this.#chunk];
  }

  get atStart(): boolean {
    return this.#index === 0;
  }

  get range(): FlatRange | undefined {
    return this.chunk?.ranges[this.#index];
  }

  next(): void {
    this.#index++;
    if (this.#index >= (this.chunk?.ranges.length ?? 0)) this.skipChunk();
  }

  skipChunk(): void {
    this.#chunk++;
    this.#index = 0;
  }
}
