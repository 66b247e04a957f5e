/**
 * Traces and breaks that `trace` and `break` have going: traces of what the processor does on its
 * two buses.
 */
import {
  type AccessEvent,
  AccessTrace,
  type AccessType,
  type AddressSpace,
  type MemoryRegion,
  type TraceRange,
} from "@mem/flat";

import type { DeviceRange } from "../device/windows/range.js";
import { type AccessCount, accessText, rangeText, type RegionCounts } from "./text/access-text.js";
import { type AddressRange, RangeSet } from "./text/range-set.js";
import type { MonitorTarget } from "./target.js";

/** Request to stop the machine at an access. */
export interface BreakRequest {
  readonly space: AddressSpace;
  readonly range: AddressRange;
  readonly types: readonly AccessType[];
  readonly value: bigint | null;
}

interface Break extends BreakRequest {
  readonly number: number;
  readonly trace: AccessTrace;
}

/** Trace of one address space. */
interface SpaceTrace {
  readonly counted: RangeSet;
  readonly printed: RangeSet;
  trace: AccessTrace | null;
}

/** Ranges of a device that are traced. */
interface RangeTrace {
  readonly ranges: readonly DeviceRange[];
  readonly printing: readonly Disposable[];
}

/** A break condition on ranges of a device. */
interface RangeBreak extends Pick<BreakRequest, "types" | "value"> {
  readonly name: string;
  readonly watches: readonly Disposable[];
}

/** The traces and break conditions of a monitor. */
export class MonitorTracing {
  readonly #target: MonitorTarget;
  readonly #print: (text: string) => void;
  readonly #spaces = new Map<AddressSpace, SpaceTrace>();
  readonly #counts = new Map<MemoryRegion, AccessCount>();
  /** Ranges of devices by the name they were asked for. */
  readonly #ranges = new Map<string, RangeTrace>();
  #breaks: readonly Break[] = [];
  readonly #rangeBreaks = new Map<number, RangeBreak>();
  #lastNumber = 0;

  constructor(target: MonitorTarget, print: (text: string) => void) {
    this.#target = target;
    this.#print = print;
  }

  /** Counts accesses to a range, and prints them unless `quiet`. */
  start(space: AddressSpace, range: AddressRange, quiet: boolean): void {
    const traced = this.#tracedOf(space);
    traced.counted.add(range);
    if (!quiet) {
      traced.printed.add(range);
    }
    this.#renew(space, traced);
  }

  /** Takes that back for a range. */
  stop(space: AddressSpace, range: AddressRange): void {
    const traced = this.#tracedOf(space);
    traced.counted.remove(range);
    traced.printed.remove(range);
    this.#renew(space, traced);
  }

  /** Counts accesses to ranges of devices, wherever they are mapped; prints them unless `quiet`. */
  startRanges(name: string, ranges: readonly DeviceRange[], quiet: boolean): void {
    this.stopRanges(name, ranges);
    const printing = ranges.flatMap((range) => {
      range.startCounting();
      return quiet ? [] : [range.trace((event) => this.#print(`${accessText(event)}\n`))];
    });
    this.#ranges.set(name, { ranges, printing });
  }

  /** Takes that back. */
  stopRanges(name: string, ranges: readonly DeviceRange[]): void {
    for (const range of ranges) range.stopCounting();
    for (const printing of this.#ranges.get(name)?.printing ?? []) printing[Symbol.dispose]();
    this.#ranges.delete(name);
  }

  /** Traces, a line for each range. */
  list(): string[] {
    const named = [...this.#ranges].map(
      ([name, { printing }]) => `${name}${printing.length === 0 ? " (counted only)" : ""}`,
    );
    return [...this.#listSpaces(), ...named];
  }

  #listSpaces(): string[] {
    return [...this.#spaces].flatMap(([space, { counted, printed }]) => {
      const quiet = new RangeSet();
      counted.ranges.forEach((range) => quiet.add(range));
      printed.ranges.forEach((range) => quiet.remove(range));
      return [
        ...printed.ranges.map((range) => `${space.name} ${rangeText(range)}`),
        ...quiet.ranges.map((range) => `${space.name} ${rangeText(range)} (counted only)`),
      ];
    });
  }

  /** Number of times that regions were accessed while their addresses were traced. */
  get counts(): RegionCounts {
    this.#collect();
    return this.#counts;
  }

  /** Stops the machine after accesses that meet a condition. @returns its number */
  addBreak(request: BreakRequest): number {
    const number = ++this.#lastNumber;
    const { space, range, types, value } = request;
    const trace = new AccessTrace(space, { ranges: [traceRange(range)], types });
    trace.breakOn(value === null ? {} : { value }, (event) => this.#stop(number, event));
    this.#breaks = [...this.#breaks, { ...request, number, trace }];
    return number;
  }

  /** The numbers of the break conditions. */
  get breakNumbers(): readonly number[] {
    return [...this.#breaks.map(({ number }) => number), ...this.#rangeBreaks.keys()];
  }

  /** As {@link addBreak}, for ranges of a device wherever they are mapped. @returns its number */
  addRangeBreak(
    name: string,
    ranges: readonly DeviceRange[],
    { types, value }: Pick<BreakRequest, "types" | "value">,
  ): number {
    const number = ++this.#lastNumber;
    const condition = { types, ...(value === null ? {} : { value }) };
    const watches = ranges.map((range) =>
      range.breakOn(condition, (event) => this.#stop(number, event)),
    );
    this.#rangeBreaks.set(number, { name, types, value, watches });
    return number;
  }

  #stop(number: number, event: AccessEvent): void {
    // An instruction may access it often; one stop is enough.
    if (this.#target.status === "running") {
      this.#print(`break ${number}: ${accessText(event)}\n`);
      this.#target.stop();
    }
  }

  /** Forgets a break condition. @returns whether there was one of this number */
  deleteBreak(number: number): boolean {
    const ranges = this.#rangeBreaks.get(number);
    if (ranges !== undefined) {
      for (const watch of ranges.watches) watch[Symbol.dispose]();
      return this.#rangeBreaks.delete(number);
    }
    const found = this.#breaks.find((other) => other.number === number);
    found?.trace[Symbol.dispose]();
    this.#breaks = this.#breaks.filter((other) => other !== found);
    return found !== undefined;
  }

  /** The break conditions, a line for each. */
  listBreaks(): string[] {
    const named = [...this.#rangeBreaks].map(([number, { name, types, value }]) => {
      return `${number}: ${name} ${types.join(", ")}${valueText(value)}`;
    });
    return [...this.#listAddressBreaks(), ...named];
  }

  #listAddressBreaks(): string[] {
    return this.#breaks.map(({ number, space, range, types, value }) => {
      return `${number}: ${space.name} ${rangeText(range)} ${types.join(", ")}${valueText(value)}`;
    });
  }

  #tracedOf(space: AddressSpace): SpaceTrace {
    let traced = this.#spaces.get(space);
    if (traced === undefined) {
      traced = { counted: new RangeSet(), printed: new RangeSet(), trace: null };
      this.#spaces.set(space, traced);
    }
    return traced;
  }

  /** A trace's ranges stay what they are: other ranges are another trace. */
  #renew(space: AddressSpace, traced: SpaceTrace): void {
    this.#collect();
    traced.trace?.[Symbol.dispose]();
    traced.trace = null;
    if (traced.counted.isEmpty) {
      return;
    }
    traced.trace = new AccessTrace(space, { ranges: traced.counted.ranges.map(traceRange) });
    if (!traced.printed.isEmpty) {
      traced.trace.on((event) => this.#print(`${accessText(event)}\n`), {
        ranges: traced.printed.ranges.map(traceRange),
      });
    }
  }

  /** Adds what traces have counted since to what was counted before. */
  #collect(): void {
    for (const { trace } of this.#spaces.values()) {
      for (const [region, counters] of trace?.counters ?? []) {
        const count = this.#countOf(region);
        count.reads += counters.reads;
        count.writes += counters.writes;
        count.fetches += counters.fetches;
        count.failed += counters.failed;
      }
      trace?.resetCounters();
    }
  }

  #countOf(region: MemoryRegion): AccessCount {
    let count = this.#counts.get(region);
    if (count === undefined) {
      count = { reads: 0, writes: 0, fetches: 0, failed: 0 };
      this.#counts.set(region, count);
    }
    return count;
  }
}

function valueText(value: bigint | null): string {
  return value === null ? "" : ` value 0x${value.toString(16)}`;
}

function traceRange({ first, last }: AddressRange): TraceRange {
  return { addr: first, size: last - first + 1n };
}
