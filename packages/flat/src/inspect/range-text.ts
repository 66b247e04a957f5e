import { hex, type MemoryRegion } from "@mem/core";
import {
  attributeRows,
  attributeWords,
  REGION_ATTRIBUTES,
  SHOWN_ATTRIBUTES,
} from "@mem/core/plumbing";
import type { Ink } from "@mem/qom";
import { kindLabel } from "../view/kind-label.js";

/** A piece of an address space that shows a piece of a region. Addresses are in bytes. */
export interface Place {
  readonly region: MemoryRegion;
  readonly start: bigint;
  /** The last address, inclusive. */
  readonly last: bigint;
  /** Offset of `start` within the region. */
  readonly offset: bigint;
  /** Bits of the attributes of the region, or of something above it. */
  readonly flags: number;
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
  /** The attributes that are not as they are by default, in words, by the region or something above it. */
  readonly attributes: readonly string[];
}

/** E.g. `0x8000-0xbfff rom game @0x14000`. */
export function placeText(place: Place, ink: Ink): string {
  const { region, start, last, offset } = place;
  const from = offset === 0n ? "" : ` @${ink(hex(offset), "number")}`;
  // The kind of a ROM says it already.
  const flags = region.isRom ? place.flags & ~REGION_ATTRIBUTES.readonly.bit : place.flags;
  const addresses = ink(`${hex(start)}-${hex(last)}`, "number");
  return `${addresses} ${ink(kindLabel(region), "kind")} ${ink(region.name, "name")}${from}${attributeMarks(flags)}`;
}

/** Marks of the attributes in a word of flags, each after a space: `" ro nv"`. */
export function attributeMarks(flags: number): string {
  let marks = "";
  for (const [, { bit, mark }] of attributeRows()) {
    if (mark !== null && (flags & bit) !== 0) marks += ` ${mark}`;
  }
  return marks;
}

/**
 * The data of a place.
 * @param told bits of the attributes that it has
 */
export function placeData(
  { region, start, last, offset, flags }: Place,
  told = SHOWN_ATTRIBUTES,
): RangeData {
  return {
    start: hex(start),
    last: hex(last),
    region: region.name,
    offset: hex(offset),
    kind: kindLabel(region),
    readonly: (flags & REGION_ATTRIBUTES.readonly.bit) !== 0,
    attributes: attributeWords(flags, told),
  };
}
