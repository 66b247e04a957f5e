import {
  type Address,
  AddressError,
  hex,
  LifecycleError,
  type MemoryRegion,
  MEMTXATTRS_UNSPECIFIED,
  type RamBlock,
  toSize,
} from "@mem/core";
import type { FlatRange, FlatView } from "@mem/flat";
import { contiguousLength, Translation } from "@mem/flat/plumbing";

/**
 * Number of bytes that a cache is to hold, exactly.
 * @throws AddressError when there are none, or more than 2^53.
 */
export function cachedLength(start: bigint, length: Address): number {
  const wanted = Number(toSize(length, "length of a cache"));
  if (wanted > 0 && Number.isSafeInteger(wanted)) return wanted;
  throw new AddressError(`a cache at ${hex(start)} of ${hex(length)} bytes`, {
    rule: "cache-length",
    address: start,
  });
}

/** Says that an access does not stay within a cache. */
export function leavesCache(
  cache: object,
  region: MemoryRegion,
  offset: number,
  size: number,
): AddressError {
  return new AddressError(`${size} bytes at ${offset} leave the cache ${String(cache)}`, {
    rule: "cache-range",
    region: region.describe(),
    address: offset,
  });
}

/** Says that a cache has nothing to access, or nothing any more. */
export function holdsNothing(action: string): LifecycleError {
  return new LifecycleError(`cannot ${action} a cache that holds nothing`, {
    rule: "cache-invalid",
  });
}

/** Says that a cache is not to be written through. */
export function readOnlyCache(cache: object, region: MemoryRegion): LifecycleError {
  return new LifecycleError(`the cache ${String(cache)} is for reading only`, {
    rule: "cache-direction",
    region: region.describe(),
  });
}

/** A piece of a view, as far as it was looked up. */
interface Piece {
  readonly flatView: FlatView;
  readonly addr: Address;
  readonly region: MemoryRegion;
  readonly xlat: Address;
}

/**
 * The bytes of memory from the start of a piece on.
 * @param wanted number of bytes at most
 * @param length number of bytes in the first section of the piece
 */
export function bytesInPlace(
  { flatView, addr, region, xlat }: Piece,
  block: RamBlock,
  wanted: number,
  length: number,
  isWrite: boolean,
): Uint8Array {
  const first = { region, xlat, length };
  const translation = new Translation(flatView).inDirection(isWrite, MEMTXATTRS_UNSPECIFIED);
  const run = contiguousLength(translation, addr, wanted, first);
  const { start, bytes } = block.span(Number(xlat));
  const from = Number(xlat) - start;
  return bytes.subarray(from, from + Math.min(run, bytes.byteLength - from));
}

/** True if memory that is held in place lies elsewhere in the host by now. */
export function isMoved(
  { region, xlat }: { readonly region: MemoryRegion; readonly xlat: Address },
  bytes: Uint8Array | null,
): boolean {
  if (bytes === null || region.ramBlock === null) return false;
  return region.ramBlock.span(Number(xlat)).bytes.buffer !== bytes.buffer;
}

/** True if two views show the same in `[start, start + length)`, as far as they show anything. */
export function showsAlike(a: FlatView, b: FlatView, start: bigint, length: number): boolean {
  if (a === b) return true;
  const end = start + BigInt(length);
  const others = b.rangesWithin(start, end);
  for (const one of a.rangesWithin(start, end)) {
    const other = others.next().value;
    if (!other || !isSamePiece(one, other, start, end)) return false;
  }
  return others.next().done === true;
}

function isSamePiece(a: FlatRange, b: FlatRange, start: bigint, end: bigint): boolean {
  const isSameRegion = a.region === b.region && a.offset - a.start === b.offset - b.start;
  const isSameStart = a.start === b.start || (a.start <= start && b.start <= start);
  const isSameEnd = a.end === b.end || (a.end >= end && b.end >= end);
  return isSameRegion && isSameStart && isSameEnd && a.readonly === b.readonly && a.romd === b.romd;
}
