import type { MemoryRegionSection } from "@mem/flat";
import type { DiscardStatus } from "./discard-status.js";

/**
 * Somebody who must know which parts of a RAM region exist (`RamDiscardListener`), e.g. because
 * he pins or maps memory for a physical device. Sections are cropped to the one registered for.
 *
 * @example
 * const manager = new BitmapRamDiscardManager(ram, 0x1000);
 * const listener: RamDiscardListener = {
 *   notifyPopulate: (part) => console.log(`map ${part}`),
 *   notifyDiscard: (part) => console.log(`unmap ${part}`),
 * };
 * const section = findSection(system, 0, 0x10000);
 * if (section) manager.registerListener(listener, section);
 * manager.populate(0x2000, 0x1000); // prints: map 0x2000+0x1000 ram@0x2000
 */
export interface RamDiscardListener {
  /** True if {@link notifyDiscard} may name parts that were not populated. */
  readonly doubleDiscardSupported?: boolean;
  /**
   * A part is about to be populated.
   * @returns a negative number to refuse it; those who agreed before are told of a discard.
   */
  notifyPopulate(section: MemoryRegionSection): DiscardStatus | void;
  /** A part was discarded: all references to it must be dropped. */
  notifyDiscard(section: MemoryRegionSection): void;
}
