import { swapNarrow } from "../access/data64.js";
import { RegionOptionsError } from "../errors.js";
import { checkAccessOptions } from "../region/option-tables.js";
import type { MmioOps, ValidAccess, WideMmioOps } from "./callbacks.js";
import { type FastRead, type FastWrite, ResolvedMmioOps } from "./resolved-ops.js";

/** Limits of a device that states none. */
const NO_LIMITS: ValidAccess<never> = {};

/**
 * Checks callbacks and constraints and fills in the defaults.
 * @throws RegionOptionsError when a size is not a power of two up to 8, a minimum exceeds its
 *   maximum, or 8-byte accesses are declared without an 8-byte callback.
 */
export function resolveMmioOps(ops: MmioOps | WideMmioOps, region: string): ResolvedMmioOps {
  const { valid = NO_LIMITS, impl = NO_LIMITS } = ops;
  checkAccessOptions(ops.valid, ops.impl);
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
  if (impl.maxAccessSize === undefined && implMin < 8) {
    const unused = ops.read64 ? "read64" : ops.write64 ? "write64" : null;
    if (unused !== null) {
      const instead = "write impl: { maxAccessSize: 8 }";
      refuse(region, `${unused}-unreachable`, `${unused} would never be called: ${instead}`);
    }
  }
  checkCallbacks(ops, region);
  const plain = ops.wideOffsets !== true && valid.accepts === undefined;
  const bigEndian = ops.endianness === "big";
  const fastRead = plain && !ops.readWithAttrs ? plainRead(ops as MmioOps, bigEndian) : null;
  const fastWrite = plain && !ops.writeWithAttrs ? plainWrite(ops as MmioOps, bigEndian) : null;
  const sizes = fastSizes(validMin, validMax, implMin, implMax);
  return new ResolvedMmioOps(ops, fastRead, fastWrite, {
    fastReadSizes: fastRead ? sizes : 0,
    fastWriteSizes: fastWrite ? sizes : 0,
    wide: ops.wideOffsets === true,
    bigEndian,
    validMin,
    validMax,
    validUnaligned: valid.unaligned ?? false,
    hasAccepts: valid.accepts !== undefined,
    implMin,
    implMax,
    implUnaligned: impl.unaligned ?? false,
  });
}

/** OR of the sizes up to 4 that are valid and within what the callbacks do. */
function fastSizes(validMin: number, validMax: number, implMin: number, implMax: number): number {
  let sizes = 0;
  for (let size = 1; size <= 4; size *= 2) {
    const isValid = validMax === 0 || (size >= validMin && size <= validMax);
    if (isValid && size >= implMin && size <= implMax) sizes |= size;
  }
  return sizes;
}

/** A device has a callback in one direction at least. */
function checkCallbacks(ops: MmioOps | WideMmioOps, region: string): void {
  const reads = ops.read !== undefined || ops.read64 !== undefined;
  const writes = ops.write !== undefined || ops.write64 !== undefined;
  if (!reads && !writes && !ops.readWithAttrs && !ops.writeWithAttrs) {
    refuse(
      region,
      "no-callbacks",
      "a device needs read or write; addresses that are taken, with nothing behind, are " +
        "machine.reservation()",
    );
  }
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
