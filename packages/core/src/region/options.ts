import type { QomObject } from "@mem/qom";
import type { Address } from "../address.js";
import type { MemoryRegion } from "./memory-region.js";
import type { MmioOps, WideMmioOps } from "../mmio/callbacks.js";
import type { RamMemoryOptions } from "../ram/options.js";
import type { SuppliedMemory } from "../ram/supplied.js";

/**
 * What every region has.
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
 * @see {@link MemorySystem}, whose factories take it
 */
export interface AliasOptions extends RegionOptions {
  /** What the window shows. */
  readonly target: MemoryRegion;
  /** Where the window starts in the target, in bytes; default 0. */
  readonly offset?: Address;
}
