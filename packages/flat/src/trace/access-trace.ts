import { AddressError, LifecycleError, type MemoryRegion } from "@mem/core";
import {
  type CallbackEntry,
  CallbackList,
  errorText,
  isThenable,
  whenRejected,
} from "@mem/core/plumbing";
import type { Ink } from "@mem/qom";
import { checkCallback, checkSpace } from "../arguments.js";
import { dataOf, Inspectable, type Summary } from "../inspect/summary.js";
import type { AddressSpace } from "../space/address-space.js";
import { type AccessCounters, RegionCounters } from "./access-counters.js";
import type { AccessEvent } from "./access-event.js";
import { AccessFilter, type TraceFilter } from "./access-filter.js";
import type { AccessRecord } from "./access-record.js";
import { AccessEventStream } from "./event-stream.js";
import { checkFilter, FILTER_TABLES } from "./filter-table.js";
import { TraceObserver, type TraceSink } from "./trace-observer.js";

/**
 * Condition of a break.
 * @see {@link AccessTrace}
 */
export interface BreakCondition extends TraceFilter {
  /** The value that was moved, as {@link AccessEvent.value} has it; default: any. */
  readonly value?: number | bigint;
}

interface Listener {
  readonly filter: AccessFilter;
  readonly value: number | bigint | undefined;
  readonly what: string;
  /** Accesses that pass before it is told of one, and no more; `null`: it is told of each. */
  ahead: number | null;
  readonly call: (event: AccessEvent) => void;
}

/**
 * Watches the accesses of an address space, from its construction to its disposal: counts them, and
 * tells of them. Accesses that the filter leaves out keep their speed, as far as they are to other
 * pages than those of its ranges; an address space without a trace pays nothing.
 *
 * Every access that the address space carries out is seen: loads, stores, transfers, those of a
 * processor and of whoever else asks `lookup` for windows. What is done with memory that was handed
 * out is not: `Mapping.bytes` (but `map` and `unmap` are events), `MemoryRegion.ramBytes`, caches
 * (`MemoryRegionCache`), windows that somebody kept longer than to the next `commit`. Accesses
 * through an IOMMU are events of the address space that was asked, not of the one behind. An access
 * that the callback of a device makes is told of before the one that it is part of.
 *
 * Callbacks may access memory, which is not traced then, change the map, and end the trace. One
 * that throws is logged and not called again. What an access answers never depends on its being
 * traced.
 *
 * @example
 * using trace = new AccessTrace(space);
 * trace.on(({ type, address, size, value }) => console.log(type, hex(address), size, value));
 * space.store(0x400, 1, 7); // prints: write 0x400 1 7
 * space.load(0x400, 1); // prints: read 0x400 1 7
 * console.log(trace.counters.get(ram)?.reads); // prints: 1
 */
export class AccessTrace extends Inspectable implements Disposable {
  /** The address space whose accesses are traced. */
  readonly space: AddressSpace;
  readonly #counters = new RegionCounters();
  readonly #streams = new Set<AccessEventStream>();
  readonly #sink: TraceSink;
  readonly #listeners = new CallbackList<Listener>();
  #wanted = 0;
  #ended = false;

  /**
   * Begins the trace. The listeners of the address space get a `begin` and a `commit`, so that who
   * remembers windows looks them up anew; likewise when the trace ends.
   * @throws ArgumentError for what is no address space, and a filter that the compiler would refuse;
   *   AddressError for a range that is none; LifecycleError when the address space was
   *   destroyed; ListenerError when one of its listeners throws.
   */
  constructor(space: AddressSpace, filter: TraceFilter = {}) {
    super();
    checkSpace(space, FILTER_TABLES.trace.call);
    checkFilter(filter, FILTER_TABLES.trace);
    this.space = space;
    if (space.isDestroyed) {
      throw new LifecycleError(`cannot trace address space ${space.name}: it was destroyed`, {
        rule: "use-after-destroy",
      });
    }
    this.#sink = { filter: new AccessFilter(filter), take: (record) => this.#take(record) };
    try {
      TraceObserver.add(space, this.#sink);
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** True if it still watches. */
  get active(): boolean {
    return !this.#ended;
  }

  /** Counts by region, in the order of their first access. */
  get counters(): ReadonlyMap<MemoryRegion, Readonly<AccessCounters>> {
    return this.#counters.all;
  }

  /** Counts from 0 again. */
  resetCounters(): void {
    this.#counters.reset();
  }

  /** Has `callback` told of the trace's accesses, or those that `filter` matches too. */
  on(callback: (event: AccessEvent) => void, filter: TraceFilter = {}): Disposable {
    checkCallback(callback, FILTER_TABLES.on.call, "the callback");
    checkFilter(filter, FILTER_TABLES.on);
    return this.#listen("listener", new AccessFilter(filter), undefined, callback);
  }

  /**
   * Has `callback` told once: within the access that is number `count` from now on, of those that
   * `filter` matches. It may end the trace, which so is one of no more accesses than that.
   * @param count number of accesses, from 1 on
   * @throws AddressError for a count that is no positive integer, or a range that is none.
   */
  after(
    count: number,
    callback: (event: AccessEvent) => void,
    filter: TraceFilter = {},
  ): Disposable {
    checkCallback(callback, FILTER_TABLES.after.call, "the callback");
    checkFilter(filter, FILTER_TABLES.after);
    if (!Number.isSafeInteger(count) || count <= 0) {
      throw new AddressError(`a trace tells nobody after ${count} accesses`, { rule: "count" });
    }
    return this.#listen("listener", new AccessFilter(filter), undefined, callback, count - 1);
  }

  /**
   * Has `onBreak` told within each access that meets a condition. To stop a processor there is to
   * ask it to: it finishes the instruction.
   * @throws AddressError for a range that is none.
   */
  breakOn(condition: BreakCondition, onBreak: (event: AccessEvent) => void): Disposable {
    checkFilter(condition, FILTER_TABLES.breakOn);
    checkCallback(onBreak, FILTER_TABLES.breakOn.call, "onBreak");
    const { value } = condition;
    return this.#listen("break condition", new AccessFilter(condition), value, onBreak);
  }

  /**
   * The trace's accesses, or those that `filter` matches too, for a `for await` loop.
   * @param options.capacity number of events that may wait, 1024 unless given; more are dropped.
   * @throws AddressError for a capacity that is no positive integer, or a range that is none.
   */
  events(options: TraceFilter & { readonly capacity?: number } = {}): AccessEventStream {
    checkFilter(options, FILTER_TABLES.events);
    const { capacity = 1024 } = options;
    if (!Number.isSafeInteger(capacity) || capacity <= 0) {
      throw new AddressError(`a stream with room for ${capacity} events`, { rule: "capacity" });
    }
    const filter = new AccessFilter(options);
    const stream = new AccessEventStream(capacity, (push) => {
      const listening = this.#listen("stream", filter, undefined, push);
      return {
        [Symbol.dispose]: () => {
          listening[Symbol.dispose]();
          this.#streams.delete(stream);
        },
      };
    });
    if (this.#ended) stream[Symbol.dispose]();
    else this.#streams.add(stream);
    return stream;
  }

  protected override summarize(): Summary {
    const { counters, space } = this;
    return {
      kind: "AccessTrace",
      name: space.name,
      facts: [`${counters.size} region(s) accessed`, this.#ended && "ended"],
      lines: (ink) => counterLines(counters, ink),
      total: counters.size,
    };
  }

  /** The address space, and what was counted of the first 256 regions. */
  toJSON(): object {
    const regions = dataOf(this.counters, ([region, counts]) => {
      return { region: region.name, ...counts };
    });
    return { space: this.space.name, active: this.active, regions };
  }

  /** Ends the trace, and its streams. What was counted stays. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listeners.clear();
    this.#wanted = 0;
    for (const stream of this.#streams) stream[Symbol.dispose]();
    TraceObserver.remove(this.space, this.#sink);
  }

  /** Ends a trace that did not begin; what the listeners make of that is known already. */
  #abandon(): void {
    this.#ended = true;
    try {
      TraceObserver.remove(this.space, this.#sink);
    } catch {
      // They threw already when it was to begin.
    }
  }

  #listen(
    what: string,
    filter: AccessFilter,
    value: number | bigint | undefined,
    call: (event: AccessEvent) => void,
    ahead: number | null = null,
  ): Disposable {
    if (this.#ended) return { [Symbol.dispose]: () => undefined };
    const entry = this.#listeners.add({ filter, value, what, call, ahead });
    this.#weigh();
    return {
      [Symbol.dispose]: () => {
        entry[Symbol.dispose]();
        this.#weigh();
      },
    };
  }

  /** Notes which kinds of accesses somebody wants to be told of. */
  #weigh(): void {
    const { entries } = this.#listeners;
    this.#wanted = entries.reduce((mask, { callback }) => mask | callback.filter.typeMask, 0);
  }

  #take(record: AccessRecord): void {
    if (this.#ended) return;
    this.#counters.count(record);
    if ((this.#wanted & record.typeBit) === 0) return;
    for (const entry of this.#listeners.entries) {
      const { callback: listener, active } = entry;
      if (!active || !listener.filter.matches(record) || !isValue(record, listener.value)) continue;
      if (listener.ahead === null) this.#call(entry, record.event);
      else if (listener.ahead > 0) listener.ahead--;
      else {
        entry[Symbol.dispose]();
        this.#weigh();
        this.#call(entry, record.event);
      }
    }
  }

  #call(entry: CallbackEntry<Listener>, event: AccessEvent): void {
    const failed = (error: unknown): void => {
      entry[Symbol.dispose]();
      this.#weigh();
      const { name, system } = this.space;
      system.log(
        "callback",
        `${entry.callback.what} of a trace of ${name} threw and was removed: ${errorText(error)}`,
      );
    };
    try {
      const answer: unknown = entry.callback.call(event);
      const isOnce = entry.callback.ahead !== null;
      if (isThenable(answer)) {
        whenRejected(answer, (error) => (entry.active || isOnce) && failed(error));
      }
    } catch (error) {
      failed(error);
    }
  }
}

function* counterLines(
  counters: ReadonlyMap<MemoryRegion, Readonly<AccessCounters>>,
  ink: Ink,
): Generator<string> {
  for (const [region, counts] of counters) yield `${ink(region.name, "name")}: ${String(counts)}`;
}

function isValue(record: AccessRecord, wanted: number | bigint | undefined): boolean {
  if (wanted === undefined) return true;
  const { value } = record;
  return value !== null && BigInt(value) === BigInt(wanted);
}
