import type { QomObject } from "@mem/qom";
import type { Address } from "../address.js";
import type { MemoryRegion } from "./memory-region.js";
import type { MmioOps, WideMmioOps } from "../mmio/callbacks.js";
import type { RamMemoryOptions } from "../ram/options.js";
import type { SuppliedMemory } from "../ram/supplied.js";

/**
 * Options of every region.
 * @see {@link MemorySystem}, whose factories take it
 */
export interface RegionOptions {
  /** For people; `null` leaves the region out of the object tree, with its creator as holder. */
  readonly name: string | null;
  /** Bytes, 0 to 2^64. */
  readonly size: Address;
  /** The object that must live while the region is in use; default none: a static region. */
  readonly owner?: QomObject | null;
}

/**
 * RAM and ROM.
 *
 * @example
 * const huge = machine.ram({ name: "huge", size: 2n ** 40n, sparse: true });
 * system.addSubregion(0x1000_0000, huge);
 * space.store(0x1000_0000, 4, 7); // memory of the host is taken where it is touched
 * console.log(huge.ramBlock?.allocatedBytes); // prints: 2097152
 * @see {@link MemorySystem}, whose factories take it
 */
export interface RamOptions extends RegionOptions, RamMemoryOptions {
  /** Takes part in migration; the name must then be unique in the system. Default false. */
  readonly migratable?: boolean;
}

/**
 * Memory of a physical device.
 * @see {@link MemorySystem}, whose factories take it
 */
export interface RamDeviceOptions extends RamOptions {
  readonly memory: SuppliedMemory;
}

/**
 * RAM that can grow and shrink.
 * @see {@link MemorySystem}, whose factories take it
 */
export interface ResizeableRamOptions extends RamOptions {
  /** Most bytes it can have. */
  readonly maxSize: Address;
  /** Called after a resize with the block's name and the new size in bytes. */
  readonly resized?: (name: string, newSize: bigint) => void;
}

/**
 * A device's registers.
 *
 * @example
 * const timer = machine.mmio({
 *   name: "timer",
 *   size: 0x10,
 *   valid: { minAccessSize: 4, maxAccessSize: 4 },
 *   read: (offset) => offset + 1,
 * });
 * system.addSubregion(0x9000_0000, timer);
 * console.log(space.load(0x9000_0004, 4), space.load(0x9000_0004, 1)); // prints: 5 0
 * @see {@link MemorySystem}, whose factories take it
 */
export type MmioOptions = RegionOptions & (MmioOps | WideMmioOps);

/**
 * Memory whose writes go to a device.
 * @see {@link MemorySystem}, whose factories take it
 */
export type RomDeviceOptions = RamOptions & (MmioOps | WideMmioOps);

/**
 * A window on another region.
 *
 * @example
 * const low = machine.alias({ name: "low", size: 0x1000, target: ram, offset: 0x4000 });
 * system.addSubregion(0x2000_0000, low);
 * space.store(0x2000_0000, 4, 7);
 * console.log(space.load(0x4000, 4)); // prints: 7
 * @see {@link MemorySystem}, whose factories take it
 */
export interface AliasOptions extends RegionOptions {
  /** Region that the window shows. */
  readonly target: MemoryRegion;
  /** Start of the window in the target, in bytes; default 0. */
  readonly offset?: Address;
}
