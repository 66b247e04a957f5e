/** Counts the accesses of an address space by region, without holding a busy machine up. */
import { AccessTrace, type AddressSpace, type MemoryRegion, type TraceRange } from "@mem/flat";

/** Counts are told so often. */
const EVERY_MS = 250;
/** Accesses of memory that are looked at in that time: each is as slow as one of a device. */
const MOST_DIRECT = 2000;
/** Accesses of devices and of nothing, which cost something by themselves. */
const MOST_ANSWERED = 10_000;
const END = 2n ** 64n;

/** Counts of one region. Where a machine accesses more than can be looked at they are estimates. */
export interface HeatCount {
  reads: number;
  writes: number;
  fetches: number;
  /** Of these, in a quarter of a second of the last look. */
  recent: number;
}

/** Instructions that the machine has executed so far; never goes back. */
export type Progress = () => number;

/** Trace of everything, then of what memory leaves over, then of nothing; and how far the machine was. */
class Spell {
  readonly #space: AddressSpace;
  readonly #progress: Progress | null;
  readonly #began: number;
  /** Progress when memory, and the rest, were looked at no more; `null` while they are. */
  #memoryUntil: number | null = null;
  #restUntil: number | null = null;
  readonly #traces: AccessTrace[] = [];

  constructor(space: AddressSpace, progress: Progress | null) {
    this.#space = space;
    this.#progress = progress;
    this.#began = this.#now();
    const all = new AccessTrace(space);
    this.#traces.push(all);
    if (progress === null) return;
    const targets = ["ram", "rom", "romd"] as const;
    all.after(MOST_DIRECT, () => this.#leaveMemory(all), { targets });
    all.after(MOST_ANSWERED, () => this.#leaveAll(all), { targets: ["mmio", "unassigned"] });
  }

  /** Ends it; hands over what was counted, and what that is to be multiplied by. */
  end(take: (region: MemoryRegion, counts: CountsOf, scale: number) => void): void {
    const now = this.#now();
    for (const trace of this.#traces) {
      trace[Symbol.dispose]();
      for (const [region, counts] of trace.counters) {
        const until = isMemory(region) ? this.#memoryUntil : this.#restUntil;
        take(region, counts, until === null ? 1 : this.#scale(now, until));
      }
    }
    this.#traces.length = 0;
  }

  #now(): number {
    return this.#progress?.() ?? 0;
  }

  #scale(now: number, until: number): number {
    const seen = until - this.#began;
    return seen <= 0 ? 1 : (now - this.#began) / seen;
  }

  #leaveMemory(all: AccessTrace): void {
    this.#memoryUntil = this.#now();
    const ranges = besideMemory(this.#space);
    all[Symbol.dispose]();
    if (ranges.length === 0) return;
    const rest = new AccessTrace(this.#space, { ranges });
    this.#traces.push(rest);
    rest.after(MOST_ANSWERED, () => this.#leaveAll(rest));
  }

  #leaveAll(trace: AccessTrace): void {
    this.#restUntil = this.#now();
    this.#memoryUntil ??= this.#restUntil;
    trace[Symbol.dispose]();
  }
}

type CountsOf = Readonly<Record<"reads" | "writes" | "fetches", number>>;

/** Counts from its construction to its disposal. */
export class HeatCounter {
  readonly #space: AddressSpace;
  readonly #tell: (counts: ReadonlyMap<MemoryRegion, HeatCount>) => void;
  readonly #progress: Progress | null;
  readonly #counts = new Map<MemoryRegion, HeatCount>();
  readonly #timer: ReturnType<typeof setInterval>;
  #spell: Spell;
  #sinceMs = performance.now();
  #wasNews = false;

  /**
   * @param tell is handed all counts when there are new ones, and once when there are none any more
   * @param progress says, of a busy machine, how much it does while it is not looked at; `null` has all
   *   accesses counted, whatever that costs
   */
  constructor(
    space: AddressSpace,
    tell: (counts: ReadonlyMap<MemoryRegion, HeatCount>) => void,
    progress: Progress | null,
  ) {
    this.#space = space;
    this.#tell = tell;
    this.#progress = progress;
    this.#spell = new Spell(space, progress);
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Counts so far. */
  get counts(): ReadonlyMap<MemoryRegion, HeatCount> {
    return this.#counts;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#spell.end(() => undefined);
  }

  #look(): void {
    const now = performance.now();
    const perQuarter = EVERY_MS / Math.max(1, now - this.#sinceMs);
    this.#sinceMs = now;
    const isNews = this.#take(perQuarter);
    if (isNews || this.#wasNews) this.#tell(this.#counts);
    this.#wasNews = isNews;
    this.#spell = new Spell(this.#space, this.#progress);
  }

  /** Adds what the spell has counted; true if that is anything. */
  #take(perQuarter: number): boolean {
    let isNews = false;
    for (const count of this.#counts.values()) count.recent = 0;
    this.#spell.end((region, { reads, writes, fetches }, scale) => {
      isNews = true;
      let count = this.#counts.get(region);
      if (count === undefined) {
        count = { reads: 0, writes: 0, fetches: 0, recent: 0 };
        this.#counts.set(region, count);
      }
      count.reads += Math.round(reads * scale);
      count.writes += Math.round(writes * scale);
      count.fetches += Math.round(fetches * scale);
      count.recent += Math.round((reads + writes + fetches) * scale * perQuarter);
    });
    return isNews;
  }
}

/** True for what the processor reaches by itself at full speed. */
function isMemory(region: MemoryRegion): boolean {
  return region.directRead;
}

/** Addresses that no memory answers at. */
function besideMemory(space: AddressSpace): TraceRange[] {
  const ranges: TraceRange[] = [];
  let from = 0n;
  const leaveOut = (until: bigint): void => {
    if (until > from) ranges.push({ addr: from, size: until - from });
  };
  for (const { region, start, end } of space.flatView.ranges()) {
    if (!isMemory(region)) continue;
    leaveOut(start);
    from = end;
  }
  leaveOut(END);
  return ranges;
}
