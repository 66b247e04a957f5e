import type { MemoryRegion } from "@mem/core";
import { type Ink, inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { placeData, placeOfRange, placeText, type RangeData } from "../inspect/range-text.js";
import { type AccessWindow, splitIntoWindows } from "./access-window.js";
import type { Position } from "./range-search.js";

const MAX_EXACT = Number.MAX_SAFE_INTEGER;

const ROMD = 1;
const READONLY = 2;
const NONVOLATILE = 4;
const UNMERGEABLE = 8;
const ALL_BUT_MASK = ROMD | READONLY | NONVOLATILE | UNMERGEABLE;
/** Start of the dirty mask. */
const MASK_SHIFT = 4;

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

/** Attributes as one number: a rendering makes it once for all ranges of a region. */
export function packAttributes(attributes: RangeAttributes): number {
  return (
    (attributes.romd ? ROMD : 0) |
    (attributes.readonly ? READONLY : 0) |
    (attributes.nonvolatile ? NONVOLATILE : 0) |
    (attributes.unmergeable ? UNMERGEABLE : 0) |
    (attributes.dirtyMask << MASK_SHIFT)
  );
}

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
    return (this.#attributes & ROMD) !== 0;
  }

  get readonly(): boolean {
    return (this.#attributes & READONLY) !== 0;
  }

  /** True if the memory survives a loss of power. */
  get nonvolatile(): boolean {
    return (this.#attributes & NONVOLATILE) !== 0;
  }

  get unmergeable(): boolean {
    return (this.#attributes & UNMERGEABLE) !== 0;
  }

  /** Dirty clients that want to know of writes: a mask of `1 << client`. */
  get dirtyMask(): number {
    return this.#attributes >> MASK_SHIFT;
  }

  /** Length of the range, in bytes. */
  get size(): bigint {
    return this.end - this.start;
  }

  /** The dispatch sections of the range: up to three, cut at page boundaries. */
  get windows(): readonly AccessWindow[] {
    return (this.#windows ??= splitIntoWindows(this));
  }

  /** E.g. `0x8000-0xbfff rom game @0x14000`. */
  toString(): string {
    return placeText(placeOfRange(this), (text) => text);
  }

  /** The range as data, addresses as texts in hexadecimal. */
  toJSON(): RangeData {
    return placeData(placeOfRange(this));
  }

  /** The text that `console.log` shows: the addresses, and the part of the region that shows there. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    const head = (ink: Ink): string =>
      `${ink("FlatRange", "kind")} ${placeText(placeOfRange(this), ink)}`;
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
