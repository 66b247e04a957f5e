import type { MemoryRegion } from "@mem/core";
import { attributeWords, REGION_ATTRIBUTES, SHOWN_ATTRIBUTES } from "@mem/core/plumbing";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { type Place, placeData, placeText, type RangeData } from "../inspect/range-text.js";
import { type AccessWindow, splitIntoWindows } from "./access-window.js";
import type { Position } from "./range-search.js";

const MAX_EXACT = Number.MAX_SAFE_INTEGER;

const { readonly, nonvolatile, romd, unmergeable } = REGION_ATTRIBUTES;
/** Start of the dirty mask, above the bits of the attributes. */
const MASK_SHIFT = 16;
const ALL_BUT_MASK = (1 << MASK_SHIFT) - 1;

/**
 * The attributes that a range shows besides its place: the attributes gathered on the way to the region.
 * @see {@link FlatRange}
 */
export interface RangeAttributes {
  /** ROMD mode of the region, raw: true for every region that never left it. */
  readonly romd: boolean;
  /** The region or something above it is read-only. */
  readonly readonly: boolean;
  /** True if the memory survives a loss of power. */
  readonly nonvolatile: boolean;
  /** The range is never joined with a neighbour. */
  readonly unmergeable: boolean;
  /** Dirty clients that want to know of writes: a mask of `1 << client`. */
  readonly dirtyMask: number;
}

/**
 * Attributes as one number: a rendering makes it once for all ranges of a region.
 * @param flags bits of `REGION_ATTRIBUTES`, of the region or something above it
 * @param dirtyMask dirty clients that want to know of writes
 */
export function packAttributes(flags: number, dirtyMask: number): number {
  return (flags & SHOWN_ATTRIBUTES) | (dirtyMask << MASK_SHIFT);
}

/** Bits of `REGION_ATTRIBUTES` that a range has. */
export let flagsOf: (range: FlatRange) => number;

/**
 * A piece of a flat view: addresses `[start, end)` show one region from `offset` on
 * (`FlatRange`). Immutable, and shared by every view that has it. Addresses and offsets are in
 * bytes.
 */
export class FlatRange implements RangeAttributes {
  /** The region that shows. */
  readonly region: MemoryRegion;
  /** First address, in bytes. */
  readonly start: bigint;
  /** One past the last address; 2^64 at most. */
  readonly end: bigint;
  /** Offset of `start` within the region. */
  readonly offset: bigint;
  /** `start` as a number: exact below 2^53, and never below it otherwise. */
  readonly low: number;
  /** The last address as a number, likewise. */
  readonly high: number;

  /** The attributes in one number, which is quick to compare and small. */
  readonly #attributes: number;
  #windows: readonly AccessWindow[] | null = null;

  static {
    flagsOf = (range) => range.#attributes & ALL_BUT_MASK;
  }

  /** @param attributes see `packAttributes` */
  constructor(
    region: MemoryRegion,
    start: bigint,
    end: bigint,
    offset: bigint,
    attributes: number,
  ) {
    this.region = region;
    this.start = start;
    this.end = end;
    // Most offsets are 0: they share one.
    this.offset = offset === 0n ? 0n : offset;
    this.#attributes = attributes;
    this.low = Number(start);
    // Exact where it can be, and then made without another bigint.
    const last = Number(end);
    this.high = last <= MAX_EXACT ? last - 1 : Number(end - 1n);
  }

  get romd(): boolean {
    return (this.#attributes & romd.bit) !== 0;
  }

  get readonly(): boolean {
    return (this.#attributes & readonly.bit) !== 0;
  }

  /** True if the memory survives a loss of power. */
  get nonvolatile(): boolean {
    return (this.#attributes & nonvolatile.bit) !== 0;
  }

  get unmergeable(): boolean {
    return (this.#attributes & unmergeable.bit) !== 0;
  }

  /** Dirty clients that want to know of writes: a mask of `1 << client`. */
  get dirtyMask(): number {
    return this.#attributes >> MASK_SHIFT;
  }

  /** The attributes that are not as they are by default, in words: `["read-only"]`. */
  get attributes(): readonly string[] {
    return attributeWords(this.#attributes, SHOWN_ATTRIBUTES);
  }

  /** Length of the range, in bytes. */
  get size(): bigint {
    return this.end - this.start;
  }

  /** The dispatch sections of the range: up to three, cut at page boundaries. */
  get windows(): readonly AccessWindow[] {
    return (this.#windows ??= splitIntoWindows(this, flagsOf(this)));
  }

  /** E.g. `0x8000-0xbfff rom game @0x14000`. */
  toString(): string {
    return placeText(placeOf(this), (text) => text);
  }

  /** The range as data, addresses as texts in hexadecimal. */
  toJSON(): RangeData {
    return placeData(placeOf(this));
  }

  /** The text that `console.log` shows: the addresses, and the part of the region that shows there. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const head = (ink: Ink): string =>
      `${ink("FlatRange", "kind")} ${placeText(placeOf(this), ink)}`;
    return outlined(depth, options, { head });
  }

  /** True if the range lies before a position. */
  endsBy({ exact, rough }: Position): boolean {
    return rough <= MAX_EXACT ? this.high < rough : this.end <= exact;
  }

  /** True if it starts at a position, or after it. */
  startsFrom({ exact, rough }: Position): boolean {
    return rough <= MAX_EXACT ? this.low >= rough : this.start >= exact;
  }

  /** True if `other` is the same piece with the same attributes, the dirty mask aside. */
  equals(other: FlatRange): boolean {
    return (
      this === other ||
      (this.region === other.region &&
        this.start === other.start &&
        this.end === other.end &&
        this.offset === other.offset &&
        ((this.#attributes ^ other.#attributes) & ALL_BUT_MASK) === 0)
    );
  }

  /** True if `next` continues this range so that both are one. */
  joins(next: FlatRange): boolean {
    return (
      this.end === next.start &&
      this.region === next.region &&
      this.offset + this.size === next.offset &&
      this.#attributes === next.#attributes &&
      !this.unmergeable
    );
  }

  /** Range from here to the end of one that {@link joins} it. */
  extendedBy(next: FlatRange): FlatRange {
    return new FlatRange(this.region, this.start, next.end, this.offset, this.#attributes);
  }
}

function placeOf(range: FlatRange): Place {
  const { region, start, end, offset } = range;
  return { region, start, last: end - 1n, offset, flags: flagsOf(range) };
}

/** A line of text for each range, made as they are asked for. */
export function* rangeLines(ranges: Iterable<FlatRange>, ink: Ink): Generator<string> {
  for (const range of ranges) yield placeText(placeOf(range), ink);
}
