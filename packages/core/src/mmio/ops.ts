import { type Data64, swapNarrow } from "../access/data64.js";
import { RegionOptionsError } from "../errors.js";
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
  /** Whether accesses that are not naturally aligned are supported. */
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
  /** What the guest may do; default: naturally aligned accesses of any size. */
  readonly valid?: ValidAccess<Offset> | undefined;
  /** What the callbacks can do; other accesses are split or widened. `maxAccessSize` defaults to 4. */
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

/**
 * {@link MmioOps} checked and with its defaults filled in.
 * @see the README of `@mem/core`, "For packages above"
 */
export interface ResolvedMmioOps {
  /** The callbacks, which are called as methods of the object the device passed. */
  readonly callbacks: MmioOps | WideMmioOps;
  /** Whether offsets are `bigint`s. */
  readonly wide: boolean;
  /** Whether the registers are big endian. */
  readonly bigEndian: boolean;
  /** Smallest valid access, in bytes. */
  readonly validMin: number;
  /** 0: every size is valid, and `validMin` is ignored. */
  readonly validMax: number;
  /** Whether unaligned accesses are valid. */
  readonly validUnaligned: boolean;
  /** Whether there is a `valid.accepts` to ask. */
  readonly hasAccepts: boolean;
  /** Smallest access of the callbacks, in bytes. */
  readonly implMin: number;
  /** Largest access of the callbacks, in bytes. */
  readonly implMax: number;
  /** Whether the callbacks take unaligned accesses. */
  readonly implUnaligned: boolean;
  /** `read`, where sizes in {@link fastReadSizes} need nothing but a call to it and byte order. */
  readonly fastRead: FastRead | null;
  /** OR of the sizes for which that holds. */
  readonly fastReadSizes: number;
  /**
   * `write`, where sizes in {@link fastWriteSizes} need nothing but a call to it and byte order.
   */
  readonly fastWrite: FastWrite | null;
  /** OR of the sizes, in bytes, for which that holds. */
  readonly fastWriteSizes: number;
  /** Carriers that dispatch reuses for the pieces of accesses, by depth of nesting. */
  readonly parts: Data64[];
}

/** A plain narrow read callback. */
export type FastRead = (offset: number, size: number, attrs: MemTxAttrs) => number;
/** A plain narrow write callback. */
export type FastWrite = (offset: number, value: number, size: number, attrs: MemTxAttrs) => void;

/**
 * Checks callbacks and constraints and fills in the defaults.
 * @throws RegionOptionsError when a size is not a power of two up to 8, a minimum exceeds its
 *   maximum, or 8-byte accesses are declared without an 8-byte callback.
 */
export function resolveMmioOps(ops: MmioOps | WideMmioOps, region: string): ResolvedMmioOps {
  const { valid = {}, impl = {} } = ops;
  const validMin = checkSize(valid.minAccessSize, "valid.minAccessSize", region);
  const validMax = checkSize(valid.maxAccessSize, "valid.maxAccessSize", region);
  const implMin = checkSize(impl.minAccessSize, "impl.minAccessSize", region) || 1;
  const implMax = checkSize(impl.maxAccessSize, "impl.maxAccessSize", region) || 4;
  if (validMax !== 0 && validMin > validMax) {
    refuse(region, "access-sizes", `valid: minimum ${validMin} exceeds maximum ${validMax}`);
  }
  if (impl.maxAccessSize && implMin > implMax) {
    refuse(region, "access-sizes", `impl: minimum ${implMin} exceeds maximum ${implMax}`);
  }
  if (Math.max(implMin, implMax) === 8) {
    if (ops.read && !ops.read64 && !ops.readWithAttrs) {
      refuse(region, "read64-missing", "implements 8-byte accesses, so it needs read64");
    }
    if (ops.write && !ops.write64 && !ops.writeWithAttrs) {
      refuse(region, "write64-missing", "implements 8-byte accesses, so it needs write64");
    }
  }
  const plain = ops.wideOffsets !== true && valid.accepts === undefined;
  const bigEndian = ops.endianness === "big";
  const fastRead = plain && !ops.readWithAttrs ? plainRead(ops as MmioOps, bigEndian) : null;
  const fastWrite = plain && !ops.writeWithAttrs ? plainWrite(ops as MmioOps, bigEndian) : null;
  const sizes = [1, 2, 4]
    .filter((size) => validMax === 0 || (size >= validMin && size <= validMax))
    .filter((size) => size >= implMin && size <= implMax)
    .reduce((all, size) => all | size, 0);
  return {
    fastRead,
    fastReadSizes: fastRead ? sizes : 0,
    fastWrite,
    fastWriteSizes: fastWrite ? sizes : 0,
    parts: [],
    callbacks: ops,
    wide: ops.wideOffsets === true,
    bigEndian,
    validMin,
    validMax,
    validUnaligned: valid.unaligned ?? false,
    hasAccepts: valid.accepts !== undefined,
    implMin,
    implMax,
    implUnaligned: impl.unaligned ?? false,
  };
}

/** The callback itself, or one that turns its bytes round for a little-endian access. */
function plainRead(ops: MmioOps, bigEndian: boolean): FastRead | null {
  const { read } = ops;
  if (!read) return null;
  if (!bigEndian) return read;
  return (offset, size, attrs) => swapNarrow(read.call(ops, offset, size, attrs), size);
}

function plainWrite(ops: MmioOps, bigEndian: boolean): FastWrite | null {
  const { write } = ops;
  if (!write) return null;
  if (!bigEndian) return write;
  return (offset, value, size, attrs) =>
    write.call(ops, offset, swapNarrow(value, size), size, attrs);
}

function checkSize(size: number | undefined, what: string, region: string): number {
  if (size === undefined || size === 0) return 0;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) {
    refuse(region, "access-size", `${what} is ${size}, not 0, 1, 2, 4 or 8`);
  }
  return size;
}

function refuse(region: string, rule: string, message: string): never {
  throw new RegionOptionsError(`${region}: ${message}`, { rule, region });
}
