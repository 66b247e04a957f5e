/** Accesses in words. */
import { type AccessEvent, hex, type MemoryRegion, MemTxResult } from "@mem/flat";

import type { AddressRange } from "./range-set.js";

/** Counts of the accesses to a region. */
export interface AccessCount {
  reads: number;
  writes: number;
  fetches: number;
  failed: number;
}

/** E.g. `I/O write 0x80 size 1 value 0x55 ioport80+0x0`. */
export function accessText(event: AccessEvent): string {
  const { type, space, address, size, value, region, offset, via } = event;
  return [
    `${space.name} ${type} ${hex(address)} size ${size}`,
    ...(value === null ? [] : [`value ${hex(value)}`]),
    `${region.name}+${hex(offset)}`,
    ...(via === null ? [] : [`through ${via.name}`]),
    ...failures(event),
  ].join(" ");
}

function failures({ result }: AccessEvent): string[] {
  const names: string[] = [];
  if (result & MemTxResult.ERROR) {
    names.push("error");
  }
  if (result & MemTxResult.DECODE_ERROR) {
    names.push("decode error");
  }
  if (result & MemTxResult.ACCESS_ERROR) {
    names.push("access refused");
  }
  return names;
}

/** E.g. ` [3 reads, 1 write]`; nothing where there was no access. */
export function countText(count: AccessCount | undefined): string {
  if (count === undefined) {
    return "";
  }
  const parts = [
    plural(count.reads, "read", "reads"),
    plural(count.writes, "write", "writes"),
    plural(count.fetches, "fetch", "fetches"),
    plural(count.failed, "failed", "failed"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` [${parts.join(", ")}]`;
}

function plural(count: number, one: string, many: string): string {
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

/** E.g. `0x400-0x4ff`. */
export function rangeText({ first, last }: AddressRange): string {
  return first === last ? hex(first) : `${hex(first)}-${hex(last)}`;
}

/** Counts by region. */
export type RegionCounts = ReadonlyMap<MemoryRegion, AccessCount>;
