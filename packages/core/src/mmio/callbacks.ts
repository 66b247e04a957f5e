import type { Data64 } from "../access/data64.js";
import type { Endianness } from "../access/mem-op.js";
import type { MemTxAttrs, MemTxResult } from "../access/mem-tx.js";

/**
 * Access sizes in bytes, 0 or absent = no limit stated.
 * @see {@link MemorySystem}, whose example has a device with them
 */
export interface AccessSizes {
  /** Smallest access, in bytes: 1, 2, 4 or 8; 0 or absent: no limit. */
  readonly minAccessSize?: number | undefined;
  /** Largest access, in bytes: 1, 2, 4 or 8; 0 or absent: no limit. */
  readonly maxAccessSize?: number | undefined;
  /** True if accesses that are not naturally aligned are supported. */
  readonly unaligned?: boolean | undefined;
}

/**
 * The guest-visible constraints of a device; an access that breaks them is a decode error.
 * @see {@link MemorySystem}, whose example has a device with them
 */
export interface ValidAccess<Offset> extends AccessSizes {
  /** Asked first, for every access; `false` refuses it. `offset` is in bytes within the region. */
  accepts?(offset: Offset, size: number, isWrite: boolean, attrs: MemTxAttrs): boolean;
}

/**
 * Callbacks of a device region, `MemoryRegionOps` of the C API. Either `read`/`write` (with
 * `read64`/`write64` for 8-byte accesses) or the `WithAttrs` pair, per direction.
 * `offset` is in bytes from the start of the region, `size` is 1, 2, 4 or 8.
 * @see {@link MemorySystem}, whose example has a device
 */
export interface MmioCallbacks<Offset> {
  /** Byte order in which the device's registers are read; default `"native"`. */
  readonly endianness?: Endianness | undefined;
  /** Accesses that the guest may do; default: naturally aligned accesses of any size. */
  readonly valid?: ValidAccess<Offset> | undefined;
  /**
   * Sizes that the callbacks take; other accesses are split or widened. `maxAccessSize` defaults to
   * 4.
   */
  readonly impl?: AccessSizes | undefined;
  /** Reads 1, 2 or 4 bytes; the result is reduced to `size` bytes. */
  read?(offset: Offset, size: number, attrs: MemTxAttrs): number;
  /** Writes 1, 2 or 4 bytes; `value` is unsigned. */
  write?(offset: Offset, value: number, size: number, attrs: MemTxAttrs): void;
  /** Reads 8 bytes; needed where `impl.maxAccessSize` is 8. */
  read64?(offset: Offset, attrs: MemTxAttrs): bigint;
  /** Writes 8 bytes; needed where `impl.maxAccessSize` is 8. */
  write64?(offset: Offset, value: bigint, attrs: MemTxAttrs): void;
  /** Reads into `data` (already 0) and says how it went. */
  readWithAttrs?(offset: Offset, size: number, attrs: MemTxAttrs, data: Data64): MemTxResult;
  /** Writes `data` and says how it went. */
  writeWithAttrs?(offset: Offset, data: Data64, size: number, attrs: MemTxAttrs): MemTxResult;
}

/**
 * Device callbacks with `number` offsets: regions of up to 2^53 bytes.
 *
 * @example
 * let control = 0;
 * const ops: MmioOps = {
 *   read: () => control,
 *   write: (_offset, value) => void (control = value),
 * };
 * system.addSubregion(0x9000_0000, machine.mmio({ name: "control", size: 4, ...ops }));
 * space.store(0x9000_0000, 4, 7);
 * console.log(space.load(0x9000_0000, 4)); // prints: 7
 * @see {@link MemorySystem}, whose example has a device
 */
export interface MmioOps extends MmioCallbacks<number> {
  /** Callbacks are told offsets as numbers. */
  readonly wideOffsets?: false | undefined;
}

/**
 * Device callbacks with `bigint` offsets, for regions that reach above 2^53.
 * @see {@link MemorySystem}
 */
export interface WideMmioOps extends MmioCallbacks<bigint> {
  /** Callbacks are told offsets as `bigint`s. */
  readonly wideOffsets: true;
}
