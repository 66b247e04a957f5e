import { hex, type MemoryRegion } from "@mem/core";
import type { Ink } from "@mem/qom";
import { kindLabel } from "../view/kind-label.js";

/** A piece of an address space that shows a piece of a region. Addresses are in bytes. */
interface Place {
  readonly region: MemoryRegion;
  readonly start: bigint;
  /** The last address, inclusive. */
  readonly last: bigint;
  /** Offset of `start` within the region. */
  readonly offset: bigint;
  readonly readonly: boolean;
  readonly nonvolatile?: boolean;
}

/**
 * A piece of an address space as data: texts in hexadecimal for what may exceed 2^53.
 * @see {@link FlatRange}
 */
export interface RangeData {
  /** First address, in bytes. */
  readonly start: string;
  /** Last address, inclusive. */
  readonly last: string;
  /** Name of the region that shows. */
  readonly region: string;
  /** Offset of the first address within the region, in bytes. */
  readonly offset: string;
  /** `ram`, `rom`, `romd`, `ramd` or `i/o`, as `info mtree` has it. */
  readonly kind: string;
  /** The piece is read-only, by the region or something above it. */
  readonly readonly: boolean;
}

/** E.g. `0x8000-0xbfff rom game @0x14000`. */
export function placeText(place: Place, ink: Ink): string {
  const { region, start, last, offset } = place;
  const from = offset === 0n ? "" : ` @${ink(hex(offset), "number")}`;
  const isMadeReadonly = place.readonly && !region.isRom;
  const flags = `${isMadeReadonly ? " ro" : ""}${place.nonvolatile ? " nv" : ""}`;
  const addresses = ink(`${hex(start)}-${hex(last)}`, "number");
  return `${addresses} ${ink(kindLabel(region), "kind")} ${ink(region.name, "name")}${from}${flags}`;
}

/** The data of a place. */
export function placeData({ region, start, last, offset, readonly }: Place): RangeData {
  return {
    start: hex(start),
    last: hex(last),
    region: region.name,
    offset: hex(offset),
    kind: kindLabel(region),
    readonly,
  };
}

/** A range of a view, as far as it is shown. */
interface ShownRange extends Omit<Place, "last"> {
  /** One past the last address. */
  readonly end: bigint;
}

/** The place of a range of a view. */
export function placeOfRange(range: ShownRange): Place {
  const { region, start, end, offset, readonly, nonvolatile = false } = range;
  return { region, start, last: end - 1n, offset, readonly, nonvolatile };
}

/** The place of a window's section. */
export function placeOfWindow(window: {
  readonly region: MemoryRegion;
  readonly exactStart: bigint;
  readonly exactLast: bigint;
  readonly exactOffset: bigint;
  readonly readonly: boolean;
}): Place {
  const { region, exactStart, exactLast, exactOffset, readonly } = window;
  return { region, start: exactStart, last: exactLast, offset: exactOffset, readonly };
}

/** The place of a section. */
export function placeOfSection(section: {
  readonly region: MemoryRegion;
  readonly offsetWithinAddressSpace: bigint;
  readonly offsetWithinRegion: bigint;
  readonly size: bigint;
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
}): Place {
  const { region, size, readonly, nonvolatile } = section;
  const start = section.offsetWithinAddressSpace;
  const offset = section.offsetWithinRegion;
  return { region, start, last: start + size - 1n, offset, readonly, nonvolatile };
}

/** A line for each range, made as they are asked for. */
export function* rangeLines(ranges: Iterable<ShownRange>, ink: Ink): Generator<string> {
  for (const range of ranges) yield placeText(placeOfRange(range), ink);
}
