/** Port ranges whose place the PC fixes: a region together with the port it answers at. */
import type { MemoryRegion } from "@mem/core";

/** One range of a device whose ports are part of its standard (VGA, IDE, the DMA page registers). */
export interface IoWindow {
  /** The first I/O port. */
  readonly port: number;
  /** The region to map there. */
  readonly region: MemoryRegion;
  /** Priority where others answer, too: any integer, default 0. */
  readonly priority?: number;
}

/** A range of memory that a device answers at, beneath the RAM. */
export interface MemoryWindow {
  /** The first address, from 0, in bytes. */
  readonly address: number;
  /** The region to map there. */
  readonly region: MemoryRegion;
  /** Priority where others answer, too: any integer, default 0. */
  readonly priority?: number;
}

/** The access rule of a byte-wide device: wider accesses arrive as single bytes. */
export const BYTE_WIDE = Object.freeze({
  /** The narrowest access, in bytes. */
  minAccessSize: 1,
  /** The widest access, in bytes. */
  maxAccessSize: 1,
});
