import type { MemoryRegion } from "@mem/core";
import type { FlatView } from "@mem/flat";

/** Most bytes of a structure that are shown. */
export const MOST_BYTES = 4096;

/**
 * A copy of guest memory from `start` on, for texts about it: no device is asked, no memory is
 * loaded or allocated, nothing is traced or translated. `null` where that is not enough, or for
 * more than 4096 bytes.
 */
export function peekBytes(view: FlatView, start: bigint, size: number): Uint8Array | null {
  if (size > MOST_BYTES) return null;
  const end = start + BigInt(size);
  const into = new Uint8Array(size);
  let next = start;
  for (const range of view.rangesWithin(start, end)) {
    if (range.start > next) return null;
    const upTo = range.end < end ? range.end : end;
    const piece = into.subarray(Number(next - start), Number(upTo - start));
    const offset = Number(range.offset + (next - range.start));
    if (!peekRegion(range.region, offset, piece)) return null;
    next = upTo;
  }
  return next === end ? into : null;
}

/** Copies what a region has in the host's memory; true if that was all. */
function peekRegion(region: MemoryRegion, offset: number, into: Uint8Array): boolean {
  if (region.ramBlock === null || !region.directRead) return false;
  const end = offset + into.length;
  let missing = into.length;
  for (const { start, bytes } of region.ramBlock.allocated(offset, into.length)) {
    const from = Math.max(start, offset);
    const to = Math.min(start + bytes.byteLength, end);
    into.set(bytes.subarray(from - start, to - start), from - offset);
    missing -= to - from;
  }
  return missing === 0;
}
