import type { Address } from "../address.js";
import { RegionOptionsError } from "../errors.js";
import type { DevicePort } from "./device-port.js";
import type { MemTxAttrs } from "../access/mem-tx.js";
import { beginCallback, endCallback, mayNest, refuseReentry } from "./guard.js";
import type { MmioOps, WideMmioOps } from "./callbacks.js";
import type { ResolvedMmioOps } from "./resolved-ops.js";

/** True if a region with narrow callbacks can be told this offset at all. */
function offsetFits(ops: ResolvedMmioOps, addr: Address): boolean {
  return ops.wide || typeof addr === "number" || addr <= BigInt(Number.MAX_SAFE_INTEGER);
}

/**
 * The callbacks to use, where the region has any and its rules allow the access. The guest-visible
 * rules come in the order in which a device applies them: its own `accepts`, then alignment, then size.
 */
export function validOps(
  region: DevicePort,
  addr: Address,
  size: number,
  isWrite: boolean,
  attrs: MemTxAttrs,
): ResolvedMmioOps | null {
  const { ops } = region;
  if (ops === null || !offsetFits(ops, addr)) return null;
  if (ops.hasAccepts && !accepts(region, addr, size, isWrite, attrs)) return null;
  if (!ops.validUnaligned && size > 1 && lowBits(addr, size) !== 0) return null;
  if (ops.validMax === 0) return ops;
  return size <= ops.validMax && size >= ops.validMin ? ops : null;
}

function accepts(
  region: DevicePort,
  addr: Address,
  size: number,
  isWrite: boolean,
  attrs: MemTxAttrs,
): boolean {
  if (!mayNest(region)) return refuseReentry(region);
  beginCallback(region);
  try {
    const { ops } = region;
    if (ops === null) return false;
    if (ops.wide) {
      const wide = (ops.callbacks as WideMmioOps).valid;
      return wide?.accepts?.(BigInt(addr), size, isWrite, attrs) ?? true;
    }
    const narrow = (ops.callbacks as MmioOps).valid;
    return narrow?.accepts?.(Number(addr), size, isWrite, attrs) ?? true;
  } catch (error) {
    region.logCallbackError(error);
    return false;
  } finally {
    endCallback(region);
  }
}

function lowBits(addr: Address, size: number): number {
  return typeof addr === "number" ? addr % size : Number(addr & BigInt(size - 1));
}

/** The constraints that set the size of accesses to a RAM device. */
const RAM_DEVICE_ACCESS = { validMax: 8, implUnaligned: true };

/**
 * Number of bytes, of `length`, that one device access takes (`memory_access_size`): at most the
 * device's largest valid access, naturally aligned unless the implementation takes unaligned
 * accesses, and a power of two. A region without callbacks takes up to 4 bytes, a RAM device up to
 * 8 at any alignment.
 * @param addr offset of its first byte: the lowest bits decide the alignment.
 */
export function accessChunk(region: DevicePort, length: Address, addr: Address): number {
  const ops = region.isRamDevice ? RAM_DEVICE_ACCESS : region.ops;
  let max = ops === null || ops.validMax === 0 ? 4 : ops.validMax;
  if (ops === null || !ops.implUnaligned) {
    const low = lowBits(addr, 8);
    if (low !== 0) max = Math.min(max, low & -low);
  }
  const limit = length < max ? Number(length) : max;
  return limit >= 8 ? 8 : limit >= 4 ? 4 : limit >= 2 ? 2 : 1;
}

/**
 * Checks the size of a device: narrow callbacks cannot be told offsets above 2^53.
 * @param isWide true if the callbacks take offsets as `bigint`s
 * @throws RegionOptionsError when the region would reach there
 */
export function checkOffsets(isWide: boolean, size: bigint, region: string): void {
  if (isWide || size <= BigInt(Number.MAX_SAFE_INTEGER)) return;
  throw new RegionOptionsError(`${region}: offsets above 2^53 need wideOffsets callbacks`, {
    rule: "wide-offsets",
    region,
    address: size,
  });
}
