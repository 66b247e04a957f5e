import { type Ink, inspectCustom, type InspectOptions } from "@mem/qom";
import { type MemoryRegion, MemorySystem } from "@mem/core";
import { machineSummary } from "./inspect/space-text.js";
import { dataOf, inspectSummary, summaryLine } from "./inspect/summary.js";
import { AddressSpace } from "./space/address-space.js";
import { type AddressSpaceOptions, checkAddressSpaceCall } from "./space/options.js";
import { AddressSpaces } from "./space/address-spaces.js";
import { DirtyLog } from "./dirty/log.js";
import type { MemoryListener } from "./listeners/memory-listener.js";
import type { SystemListening } from "./listeners/system-listening.js";
import type { RenderStatistics } from "./view/view-cache.js";

/**
 * A memory system with its address spaces: the usual starting point. Whoever has more than one in
 * the life of a process disposes those that are over (`using machine = new Machine()`).
 *
 * @example
 * const machine = new Machine();
 * const system = machine.container({ name: "system", size: 2n ** 64n });
 * system.addSubregion(0x0000, machine.ram({ name: "ram", size: 65536 }));
 * const space = machine.addressSpace(system, "cpu");
 * space.store(0x10, 4, 0xcafe);
 * console.log(space.load(0x11, 1)); // prints: 202
 */
export class Machine extends MemorySystem {
  /** A new address space below `root`. */
  addressSpace(
    root: MemoryRegion,
    name: string,
    options: Omit<AddressSpaceOptions, "root" | "name"> = {},
  ): AddressSpace {
    checkAddressSpaceCall(root, name, options);
    return new AddressSpace(this, { root, name, ...options });
  }

  /** All address spaces, in the order of their creation. */
  get addressSpaces(): readonly AddressSpace[] {
    return AddressSpaces.of(this).all;
  }

  /** Watches every present and future address space; see `AddressSpaces.listen`. */
  listen(listener: MemoryListener): SystemListening {
    return AddressSpaces.of(this).listen(listener);
  }

  /** E.g. `machine with address spaces cpu, dma`. */
  override toString(): string {
    return summaryLine(machineSummary(this.addressSpaces));
  }

  /** The maps of its first 256 address spaces, as data. */
  override toJSON(): object {
    return { addressSpaces: dataOf(this.addressSpaces, (space) => space.toJSON()) };
  }

  /** The text that `console.log` shows: each address space, and the first ranges of its view. */
  override [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return inspectSummary(depth, options, machineSummary(this.addressSpaces));
  }

  /** Dirty logging of all RAM. */
  get dirtyLog(): DirtyLog {
    return DirtyLog.of(this);
  }

  /** Address spaces and where they start, then regions with memory. */
  protected override *outlineLines(ink: Ink): Generator<string> {
    for (const { name, root } of this.addressSpaces) {
      yield `AddressSpace ${ink(name, "name")} of ${ink(root.name, "name")}`;
    }
    yield* super.outlineLines(ink);
  }

  /** Number of times that views were rendered. */
  get renderStatistics(): Readonly<RenderStatistics> {
    return AddressSpaces.of(this).statistics;
  }
}
