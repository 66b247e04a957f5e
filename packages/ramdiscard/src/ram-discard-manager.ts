import {
  type Address,
  ADDRESS_SPACE_END,
  AddressError,
  hex,
  LifecycleError,
  type MemoryRegion,
  PAGE_SIZE,
  RegionOptionsError,
  toAddress,
  toSize,
} from "@mem/core";
import { errorText, internalsOf } from "@mem/core/plumbing";
import type { MemoryRegionSection } from "@mem/flat";
import { dataOf, Inspectable, type Summary } from "@mem/flat/plumbing";
import {
  checkDiscardListener,
  checkManagerCall,
  checkReplay,
  checkSection,
  checkSource,
} from "./arguments.js";
import { discardedRuns, populatedRuns } from "./aggregate.js";
import { checkStatus, DiscardStatus } from "./discard-status.js";
import { ListenerList, partsOf } from "./listener-list.js";
import type { RamDiscardListener } from "./ram-discard-listener.js";
import type {
  AnnounceOptions,
  RamDiscardAnnouncer,
  RamDiscardSource,
  ReplayRamSection,
} from "./ram-discard-source.js";
import { intersect, type Run, subtract } from "./run-set.js";

/** A region may shrink while parts beyond its end count as populated. */
const EVERYWHERE: Run = { from: 0n, to: ADDRESS_SPACE_END };

/**
 * Options of a {@link RamDiscardManager}.
 * @see {@link RamDiscardManager}
 */
export interface RamDiscardManagerOptions {
  /**
   * True if a listener that refuses what is there when it is registered stays registered, with the
   * parts it accepted before, as with QEMU's virtio-mem. Default false: it is told that these are
   * discarded, and is not registered.
   */
  readonly keepRefusing?: boolean;
}

/**
 * Knows for a RAM region which parts are populated at present, and tells its listeners before a
 * part is populated and after one was discarded (`RamDiscardManager`).
 *
 * It decides nothing itself. Any number of {@link RamDiscardSource}s do, and a part is populated
 * if every one of them says so; without a source, all is. Listeners hear only of what changes
 * for them all together. What listeners throw is logged, and counts as a refusal.
 *
 * While a listener is being called, the manager cannot be changed: requests answer `BUSY`, and
 * what cannot be refused throws a `LifecycleError`.
 */
export class RamDiscardManager extends Inspectable implements RamDiscardAnnouncer {
  /** The RAM that it is the manager of. */
  readonly region: MemoryRegion;
  readonly #keepRefusing: boolean;
  readonly #listeners: ListenerList;
  #sources: readonly RamDiscardSource[] = [];

  /** @throws RegionOptionsError when the region is not RAM. */
  constructor(region: MemoryRegion, options: RamDiscardManagerOptions = {}) {
    super();
    checkManagerCall(region, options);
    if (!region.isRam) {
      throw new RegionOptionsError(`${region.describe()} is not RAM: nothing can be discarded`, {
        rule: "discard-not-ram",
        region: region.describe(),
      });
    }
    this.region = region;
    this.#keepRefusing = options.keepRefusing ?? false;
    this.#listeners = new ListenerList(region);
  }

  // ---- questions ------------------------------------------------------------------------

  /** Sources that decide, in the order of addition. */
  get sources(): readonly RamDiscardSource[] {
    return this.#sources;
  }

  /** Number of registered listeners. */
  get listenerCount(): number {
    return this.#listeners.length;
  }

  /** True if a listener is being called: requests for changes answer `BUSY` meanwhile. */
  get notifying(): boolean {
    return this.#listeners.notifying;
  }

  /** Bytes in the smallest part that is populated or discarded; a page where there is no source. */
  getMinGranularity(region: MemoryRegion): bigint {
    const sizes = this.#sources.map((source) => source.getMinGranularity(region));
    if (sizes.length === 0) return BigInt(PAGE_SIZE);
    return sizes.reduce((least, size) => (size < least ? size : least));
  }

  /**
   * True if all of a section is populated; it need not be aligned.
   * @throws RegionOptionsError when it is one of another region.
   */
  isPopulated(section: MemoryRegionSection): boolean {
    this.#checkSection(section);
    return this.#sources.every((source) => says(source, section));
  }

  /**
   * Calls back for each populated part of a section, ascending.
   * @throws RegionOptionsError as {@link isPopulated}, and when `replay` answers no status; ArgumentError
   *   when it is no function.
   */
  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    this.#checkSection(section);
    checkReplay(replay);
    return visit(section, populatedRuns(this.region, this.#sources, rangeOf(section)), replay);
  }

  /**
   * Calls back for each discarded part of a section, ascending.
   * @throws RegionOptionsError as {@link isPopulated}, and when `replay` answers no status; ArgumentError
   *   when it is no function.
   */
  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus {
    this.#checkSection(section);
    checkReplay(replay);
    return visit(section, discardedRuns(this.region, this.#sources, rangeOf(section)), replay);
  }

  // ---- listeners ------------------------------------------------------------------------

  /**
   * Adds a listener for a section, and tells it what is populated there until it refuses.
   * @returns the answer of the last of these notifications; negative: it is not registered,
   *   unless the manager keeps those who refuse.
   * @throws LifecycleError when it is registered already, when a listener is being called, or
   *   when the region is gone; RegionOptionsError as {@link isPopulated}.
   */
  registerListener(listener: RamDiscardListener, section: MemoryRegionSection): DiscardStatus {
    checkDiscardListener(listener);
    this.#checkSection(section);
    this.#checkIdle("register a listener");
    if (this.#listeners.find(listener)) {
      throw this.#lifecycle("discard-listener-twice", "the listener is registered already");
    }
    const registration = this.#listeners.add(listener, section);
    const agreed: MemoryRegionSection[] = [];
    const status = this.replayPopulated(section, (part) => {
      const answer = this.#listeners.ask(listener, part);
      if (!answer) agreed.push(part);
      return answer;
    });
    if (status && !this.#keepRefusing) {
      for (const part of agreed) this.#listeners.tell(listener, part);
      this.#listeners.remove(registration);
    }
    return status;
  }

  /**
   * Tells a listener that everything populated in its section is discarded, and removes it.
   * @throws LifecycleError when it is not registered, or when a listener is being called.
   */
  unregisterListener(listener: RamDiscardListener): void {
    this.#checkIdle("remove a listener");
    const registration = this.#listeners.find(listener);
    if (!registration) {
      throw this.#lifecycle("discard-listener-unknown", "the listener is not registered");
    }
    const { section } = registration.copy;
    const populated = populatedRuns(this.region, this.#sources, EVERYWHERE);
    if (listener.doubleDiscardSupported) {
      if (populated.length > 0) this.#listeners.tell(listener, section);
    } else {
      for (const part of partsOf(section, populated)) this.#listeners.tell(listener, part);
    }
    this.#listeners.remove(registration);
  }

  // ---- sources --------------------------------------------------------------------------

  /**
   * Adds a source; what it has discarded is discarded for listeners, too.
   * @returns `BUSY` when it is there already, or while a listener is being called.
   * @throws RegionOptionsError when its granularity is no power of two, and what the source throws
   *   when it is told of its manager.
   */
  addSource(source: RamDiscardSource): DiscardStatus {
    checkSource(source, "addSource");
    if (this.notifying || this.#sources.includes(source)) return DiscardStatus.BUSY;
    const grain = source.getMinGranularity(this.region);
    if (typeof grain !== "bigint" || grain <= 0n || (grain & (grain - 1n)) !== 0n) {
      throw new RegionOptionsError(
        `${this.region.describe()} cannot be managed in blocks of ${errorText(grain)} bytes: that is no power of two, as a bigint`,
        { rule: "discard-granularity", region: this.region.describe(), address: grain },
      );
    }
    source.managedBy?.(this);
    const before = populatedRuns(this.region, this.#sources, EVERYWHERE);
    this.#sources = [...this.#sources, source];
    const after = populatedRuns(this.region, this.#sources, EVERYWHERE);
    this.#listeners.discard(subtract(before, after));
    return DiscardStatus.OK;
  }

  /**
   * Removes a source; what only it had discarded is populated for listeners.
   * @returns `BUSY` when a listener refused, or while one is being called; nothing has changed.
   * @throws LifecycleError when it is none of the sources.
   */
  removeSource(source: RamDiscardSource): DiscardStatus {
    this.#checkSource(source);
    if (this.notifying) return DiscardStatus.BUSY;
    const others = this.#othersThan(source);
    const before = populatedRuns(this.region, this.#sources, EVERYWHERE);
    const after = populatedRuns(this.region, others, EVERYWHERE);
    if (!this.#listeners.populate(subtract(after, before))) return DiscardStatus.BUSY;
    this.#sources = others;
    source.managedBy?.(null);
    return DiscardStatus.OK;
  }

  /**
   * A source is about to populate bytes of the region (`ram_discard_manager_notify_populate`), and
   * still answers as before: it does so after the call, unless that was refused. Listeners are
   * asked about what every other source has populated, newest first.
   * @returns `BUSY` when one refused, or while one is being called: those who agreed are told of a
   *   discard, and nothing has changed.
   * @throws LifecycleError when it is none of the sources; AddressError when the range leaves
   *   the region.
   */
  announcePopulate(
    source: RamDiscardSource,
    offset: Address,
    size: Address,
    options: AnnounceOptions = {},
  ): DiscardStatus {
    this.#checkSource(source);
    const range = this.#checkRange(offset, size);
    if (this.notifying) return DiscardStatus.BUSY;
    let runs = populatedRuns(this.region, this.#othersThan(source), range);
    if (!options.repeat) runs = subtract(runs, populatedRuns(this.region, [source], range));
    return this.#listeners.populate(runs) ? DiscardStatus.OK : DiscardStatus.BUSY;
  }

  /**
   * A source discards bytes of the region (`ram_discard_manager_notify_discard`): their memory is
   * gone, but it still answers as before, and changes that after the call.
   * @throws LifecycleError when it is none of the sources, or while a listener is being called;
   *   AddressError when the range leaves the region.
   */
  announceDiscard(
    source: RamDiscardSource,
    offset: Address,
    size: Address,
    options: AnnounceOptions = {},
  ): void {
    this.#checkSource(source);
    const range = this.#checkRange(offset, size);
    this.#checkIdle("discard memory");
    let runs = populatedRuns(this.region, this.#othersThan(source), range);
    if (!options.repeat) runs = intersect(runs, populatedRuns(this.region, [source], range));
    this.#listeners.discard(runs);
  }

  // ---- texts ----------------------------------------------------------------------------

  protected override summarize(): Summary {
    const [sources, listeners] = [this.#sources, this.listenerCount];
    const counts = [`${sources.length} source(s)`, `${listeners} listener(s)`];
    return {
      kind: this.constructor.name,
      name: this.region.name,
      facts: [...counts, this.notifying && "calling a listener"],
      // Sources are somebody's own: of those only the class is told.
      lines: () => sources.map(nameOfSource),
      total: sources.length,
    };
  }

  /** Region, classes of the first 256 sources, and the number of listeners. */
  toJSON(): object {
    const { listenerCount, notifying, region } = this;
    const sources = dataOf(this.#sources, (source) => source.constructor.name);
    return { region: region.name, sources, listenerCount, notifying };
  }

  // ---- internals ------------------------------------------------------------------------

  #othersThan(source: RamDiscardSource): readonly RamDiscardSource[] {
    return this.#sources.filter((known) => known !== source);
  }

  #checkRange(offset: Address, size: Address): Run {
    const from = toAddress(offset, "offset", this.region.describe());
    const to = from + toSize(size, "size", this.region.describe());
    const end = this.region.ramBlock?.maxLength ?? this.region.size;
    if (to <= end) return { from, to };
    throw new AddressError(
      `${hex(from)}+${hex(to - from)} leaves the memory of ${this.region.describe()}, ${hex(end)}`,
      { rule: "discard-range", region: this.region.describe(), address: from },
    );
  }

  #checkSource(source: RamDiscardSource): void {
    if (this.#sources.includes(source)) return;
    throw this.#lifecycle("discard-source-unknown", "the source was not added to its manager");
  }

  #checkIdle(action: string): void {
    if (!this.notifying) return;
    throw this.#lifecycle(
      "discard-notifying",
      `cannot ${action} while a discard listener is being called`,
    );
  }

  #checkSection(section: MemoryRegionSection): void {
    checkSection(section);
    if (section.region === this.region) return;
    throw new RegionOptionsError(
      `a section of ${section.region.describe()} was given to the manager of ${this.region.describe()}`,
      {
        rule: "discard-region",
        region: this.region.describe(),
        other: section.region.describe(),
      },
    );
  }

  #lifecycle(rule: string, message: string): LifecycleError {
    const region = this.region.describe();
    return new LifecycleError(`${region}: ${message}`, { rule, region });
  }
}

function nameOfSource(source: RamDiscardSource): string {
  return source instanceof Inspectable ? String(source) : source.constructor.name;
}

/** As in replays, a source that throws counts as one that has everything discarded. */
function says(source: RamDiscardSource, section: MemoryRegionSection): boolean {
  try {
    const answer: unknown = source.isPopulated(section);
    if (typeof answer === "boolean") return answer;
    throw new RegionOptionsError(`isPopulated answered ${errorText(answer)}, which is no boolean`, {
      rule: "discard-answer",
    });
  } catch (error) {
    internalsOf(section.region).logCallbackError(error);
    return false;
  }
}

function rangeOf(section: MemoryRegionSection): Run {
  const from = section.offsetWithinRegion;
  return { from, to: from + section.size };
}

function visit(
  section: MemoryRegionSection,
  runs: readonly Run[],
  replay: ReplayRamSection,
): DiscardStatus {
  for (const part of partsOf(section, runs)) {
    const status = checkStatus(replay(part), "a replay's callback");
    if (status) return status;
  }
  return DiscardStatus.OK;
}
