/**
 * Backing of memory that the caller mapped and supplied, or that is loaded from a `RamSource`: a
 * file, a device, a store of pages (`memory_region_init_ram_from_file`, `_from_fd`). The memory
 * model itself opens nothing.
 */
export interface RamBacking {
  /** The host's handle, for those who map the same memory elsewhere; default -1: none. */
  readonly fd?: number;
  /** Start of the RAM within the file, in bytes; default 0. */
  readonly offset?: number;
  /** Path of the file, for people. */
  readonly path?: string;
  /**
   * Brings `[offset, offset + length)` of the block to the medium: `msync`, or writing the
   * bytes out where there is no real mapping. Called by `syncRam`.
   */
  sync?(offset: number, length: number): void;
  /** The region has ended: lets the medium go. What it throws is logged. */
  end?(): void;
}
