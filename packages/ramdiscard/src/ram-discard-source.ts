import type { Address, MemoryRegion } from "@mem/core";
import type { MemoryRegionSection } from "@mem/flat";
import type { DiscardStatus } from "./discard-status.js";

/**
 * Called for a part of a region; a negative number ends the replay and becomes its result.
 * @see {@link RamDiscardSource}
 */
export type ReplayRamSection = (section: MemoryRegionSection) => DiscardStatus | void;

/**
 * Options of an announcement of a change.
 * @see {@link RamDiscardSource}
 */
export interface AnnounceOptions {
  /** Tell listeners of parts, too, whose state the source does not change. Default false. */
  readonly repeat?: boolean;
}

/**
 * The part of the manager that a source has, of the one that it was added to, a {@link RamDiscardManager}: it announces
 * what it is about to change.
 * @see {@link RamDiscardSource}
 */
export interface RamDiscardAnnouncer {
  /** The RAM that it is the manager of. */
  readonly region: MemoryRegion;
  /** True if a listener is being called: requests for changes answer `BUSY` meanwhile. */
  readonly notifying: boolean;
  /**
   * The source is about to populate `[offset, offset + size)` of the region, in bytes.
   * @returns `BUSY` when a listener refused, or while one is being called: nothing has changed.
   * @throws LifecycleError when it is none of the sources; AddressError when the range leaves
   *   the region.
   */
  announcePopulate(
    source: RamDiscardSource,
    offset: Address,
    size: Address,
    options?: AnnounceOptions,
  ): DiscardStatus;
  /**
   * The source discards `[offset, offset + size)` of the region, in bytes.
   * @throws LifecycleError when it is none of the sources, or while a listener is being called;
   *   AddressError when the range leaves the region.
   */
  announceDiscard(
    source: RamDiscardSource,
    offset: Address,
    size: Address,
    options?: AnnounceOptions,
  ): void;
}

/**
 * The one that decides which parts of a RAM region are populated (`RamDiscardSource`): a device that plugs
 * memory, the encryption of a guest's pages. It only answers questions, and announces to the
 * manager of the region what it is about to change; see {@link RamDiscardManager}.
 */
export interface RamDiscardSource {
  /** Bytes in the smallest part that it populates or discards, a power of two. */
  getMinGranularity(region: MemoryRegion): bigint;
  /** True if all of a section is populated; it need not be aligned. */
  isPopulated(section: MemoryRegionSection): boolean;
  /** Calls back for each populated part of a section, ascending, each as large as it is. */
  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /** Calls back for each discarded part of a section, likewise. */
  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /**
   * The manager that it was added to, or `null` when it was removed. What it throws refuses the
   * manager, before anything has changed.
   */
  managedBy?(manager: RamDiscardAnnouncer | null): void;
}
