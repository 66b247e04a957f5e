/** A range of addresses that a device answers at, and what can be watched about it. */
import type { MemoryRegion } from "@mem/core";
import { AccessTrace, type AccessEvent, type AddressSpace, type BreakCondition } from "@mem/flat";

/** The place where a range is. */
export interface RangePlace {
  /** The address space. */
  readonly space: AddressSpace;
  /** The first address or port, from 0. */
  readonly first: bigint;
  /** The last address or port, from 0. */
  readonly last: bigint;
}

/** Number of times that a range was accessed while it was counted. */
export interface RangeCounts {
  /** Number of reads. */
  readonly reads: number;
  /** Number of writes. */
  readonly writes: number;
  /** Number of those that ended in an error. */
  readonly failed: number;
}

const NOTHING: RangeCounts = { reads: 0, writes: 0, failed: 0 };

/**
 * One range of a device: a region that the board, or the guest by a base address register, maps.
 * Counters, trace and break belong to it and follow it wherever it is mapped. The accesses of the
 * processor are meant; the device's own are not seen.
 */
export class DeviceRange implements Disposable {
  /** The region's name. */
  readonly name: string;
  /** The region that answers. */
  readonly region: MemoryRegion;
  /** I/O ports, or memory. */
  readonly space: AddressSpace;
  readonly #place: () => number | null;
  #counter: AccessTrace | null = null;
  readonly #traces = new Set<AccessTrace>();

  /** @param place where it is mapped now, `null` while it is not */
  constructor(region: MemoryRegion, space: AddressSpace, place: () => number | null) {
    this.name = region.name;
    this.region = region;
    this.space = space;
    this.#place = place;
  }

  /** The place where it is mapped, `null` while it is not. */
  get place(): RangePlace | null {
    const first = this.#place();
    if (first === null) return null;
    const start = BigInt(first);
    return { space: this.space, first: start, last: start + this.region.size - 1n };
  }

  /** Accesses since {@link startCounting}. */
  get counts(): RangeCounts {
    const all = [...(this.#counter?.counters.values() ?? [])];
    return all.reduce<RangeCounts>(
      (sum, { reads, writes, failed }) => ({
        reads: sum.reads + reads,
        writes: sum.writes + writes,
        failed: sum.failed + failed,
      }),
      NOTHING,
    );
  }

  /** True if accesses are counted. */
  get isCounting(): boolean {
    return this.#counter !== null;
  }

  /** Count accesses from now on, from 0. */
  startCounting(): void {
    this.#counter?.[Symbol.dispose]();
    this.#counter = new AccessTrace(this.space, { regions: regionsOf(this.region) });
  }

  /** Count no longer, and forget what was counted. */
  stopCounting(): void {
    this.#counter?.[Symbol.dispose]();
    this.#counter = null;
  }

  /** Have `callback` told of each access, until the result is disposed. */
  trace(callback: (event: AccessEvent) => void): Disposable {
    return this.#watch((trace) => trace.on(callback));
  }

  /** Have `onBreak` told of each access that meets `condition`, until the result is disposed. */
  breakOn(condition: BreakCondition, onBreak: (event: AccessEvent) => void): Disposable {
    return this.#watch((trace) => trace.breakOn(condition, onBreak));
  }

  /** End everything that watches it. */
  [Symbol.dispose](): void {
    this.stopCounting();
    for (const trace of this.#traces) trace[Symbol.dispose]();
    this.#traces.clear();
  }

  #watch(listen: (trace: AccessTrace) => Disposable): Disposable {
    const trace = new AccessTrace(this.space, { regions: regionsOf(this.region) });
    this.#traces.add(trace);
    listen(trace);
    return {
      [Symbol.dispose]: () => {
        trace[Symbol.dispose]();
        this.#traces.delete(trace);
      },
    };
  }
}

/** A region and what is mapped into it: an access reaches one of these. */
function regionsOf(region: MemoryRegion): readonly MemoryRegion[] {
  return [region, ...[...region.subregions].flatMap(regionsOf)];
}
