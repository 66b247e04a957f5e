import type { MemoryRegion } from "@mem/core";
import type { MemoryRegionSection } from "@mem/flat";
import type { DiscardStatus } from "./discard-status.js";
import type { RamDiscardManager } from "./ram-discard-manager.js";

/**
 * Called for a part of a region; a negative number ends the replay and becomes its result.
 * @see {@link RamDiscardSource}
 */
export type ReplayRamSection = (section: MemoryRegionSection) => DiscardStatus | void;

/**
 * Who decides which parts of a RAM region are populated (`RamDiscardSource`): a device that plugs
 * memory, the encryption of a guest's pages. It only answers questions, and announces to the
 * manager of the region what it is about to change; see {@link RamDiscardManager}.
 * @see the README of `@mem/ramdiscard`, "Managers by hand"
 */
export interface RamDiscardSource {
  /** Bytes in the smallest part that it populates or discards, a power of two. */
  getMinGranularity(region: MemoryRegion): bigint;
  /** Whether all of a section is populated; it need not be aligned. */
  isPopulated(section: MemoryRegionSection): boolean;
  /** Calls back for each populated part of a section, ascending, each as large as it is. */
  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /** Calls back for each discarded part of a section, likewise. */
  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /**
   * The manager that it was added to, or `null` when it was removed. What it throws refuses the
   * manager, before anything has changed.
   */
  managedBy?(manager: RamDiscardManager | null): void;
}
