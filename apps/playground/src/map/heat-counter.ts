/** Counts the accesses of an address space by region, without holding a busy machine up for long. */
import { AccessTrace, type AddressSpace, type MemoryRegion } from "@mem/flat";

/** While a machine is not busy it is looked at all the time, and its counts are told so often. */
const EVERY_MS = 250;
/** A machine that accesses so much in a millisecond is busy: it is looked at in turns. */
const BUSY = 400;
/** One look at a busy machine. */
const GLANCE_MS = 30;
/** For each time that it is looked at, it is left alone so many times as long. */
const REST = 15;

/** Counts of one region. */
export interface HeatCount {
  reads: number;
  writes: number;
  fetches: number;
  /** Of these, in a quarter of a second of the last look. */
  recent: number;
}

/** Counts from its construction to its disposal. */
export class HeatCounter implements Disposable {
  readonly #space: AddressSpace;
  readonly #tell: (counts: ReadonlyMap<MemoryRegion, HeatCount>, isSampled: boolean) => void;
  readonly #counts = new Map<MemoryRegion, HeatCount>();
  #trace: AccessTrace | null;
  #timer: ReturnType<typeof setTimeout>;
  #sinceMs = performance.now();
  #isSampled = false;
  #wasNews = false;

  /** @param tell is handed all counts when there are new ones, and once when there are none any more */
  constructor(
    space: AddressSpace,
    tell: (counts: ReadonlyMap<MemoryRegion, HeatCount>, isSampled: boolean) => void,
  ) {
    this.#space = space;
    this.#tell = tell;
    this.#trace = new AccessTrace(space);
    // What is just switched on is busy: it need not be slowed for long to tell.
    this.#timer = setTimeout(() => this.#look(), GLANCE_MS);
  }

  /** Counts so far. */
  get counts(): ReadonlyMap<MemoryRegion, HeatCount> {
    return this.#counts;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#trace?.[Symbol.dispose]();
    this.#trace = null;
  }

  #look(): void {
    const tookMs = Math.max(1, performance.now() - this.#sinceMs);
    let seen = 0;
    for (const { accesses } of this.#trace?.counters.values() ?? []) seen += accesses;
    const isNews = seen > 0;
    const isBusy = seen > BUSY * tookMs;
    this.#take(isBusy ? EVERY_MS / tookMs : 1);
    this.#isSampled ||= isBusy;
    if (isNews || this.#wasNews) this.#tell(this.#counts, this.#isSampled);
    this.#wasNews = isNews;
    if (!isBusy) {
      this.#begin(EVERY_MS);
      return;
    }
    this.#trace?.[Symbol.dispose]();
    this.#trace = null;
    this.#timer = setTimeout(
      () => {
        this.#trace = new AccessTrace(this.#space);
        this.#begin(GLANCE_MS);
      },
      REST * Math.min(tookMs, 2 * GLANCE_MS),
    );
  }

  #begin(forMs: number): void {
    this.#sinceMs = performance.now();
    this.#timer = setTimeout(() => this.#look(), forMs);
  }

  /**
   * Adds what the trace has counted.
   *
   * @param scale looks of this length in a quarter of a second
   */
  #take(scale: number): void {
    for (const count of this.#counts.values()) count.recent = 0;
    for (const [region, { reads, writes, fetches, accesses }] of this.#trace?.counters ?? []) {
      let count = this.#counts.get(region);
      if (count === undefined) {
        count = { reads: 0, writes: 0, fetches: 0, recent: 0 };
        this.#counts.set(region, count);
      }
      count.reads += reads;
      count.writes += writes;
      count.fetches += fetches;
      count.recent = Math.round(accesses * scale);
    }
    this.#trace?.resetCounters();
  }
}
