import type { MemoryRegion } from "@mem/core";
import type { MemoryRegionSection } from "@mem/flat";
import type { DiscardStatus } from "./discard-status.js";

/** Called for a part of a region; a negative number ends the replay and becomes its result. */
export type ReplayRamSection = (section: MemoryRegionSection) => DiscardStatus | void;

/**
 * Somebody who must know which parts of a RAM region exist (`RamDiscardListener`), e.g. because
 * he pins or maps memory for a physical device. Sections are cropped to the one registered for.
 */
export interface RamDiscardListener {
  /** Whether {@link notifyDiscard} may name parts that were not populated. */
  readonly doubleDiscardSupported?: boolean;
  /**
   * A part is about to be populated.
   * @returns a negative number to refuse it; those who agreed before are told of a discard.
   */
  notifyPopulate(section: MemoryRegionSection): DiscardStatus | void;
  /** A part was discarded: all references to it must be dropped. */
  notifyDiscard(section: MemoryRegionSection): void;
}

/**
 * Decides which parts of a RAM region are populated at present (`RamDiscardManager`), and tells
 * its listeners before a part is populated and after one was discarded.
 */
export interface RamDiscardManager {
  /** Bytes in the smallest part that is populated or discarded. */
  getMinGranularity(region: MemoryRegion): bigint;
  /** Whether all of a section is populated; it need not be aligned. */
  isPopulated(section: MemoryRegionSection): boolean;
  /** Calls back for each populated part of a section, ascending. */
  replayPopulated(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /** Calls back for each discarded part of a section, ascending. */
  replayDiscarded(section: MemoryRegionSection, replay: ReplayRamSection): DiscardStatus;
  /**
   * Adds a listener for a section, and tells it what is populated there until it refuses.
   * @returns what the last of these notifications answered; it is registered anyway.
   */
  registerListener(listener: RamDiscardListener, section: MemoryRegionSection): DiscardStatus;
  /** Tells a listener that everything populated in its section is discarded, and removes it. */
  unregisterListener(listener: RamDiscardListener): void;
}
