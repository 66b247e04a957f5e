import type { MemoryRegion } from "@mem/core";
import { type AccessWindow, splitIntoWindows } from "./access-window.js";

/** What a range shows besides its place: the attributes gathered on the way to the region. */
export interface RangeAttributes {
  /** ROMD mode of the region, raw: true for every region that never left it. */
  readonly romd: boolean;
  /** The region or something above it is read-only. */
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
  /** The range is never joined with a neighbour. */
  readonly unmergeable: boolean;
  /** Dirty clients that want to know of writes, as a mask. */
  readonly dirtyMask: number;
}

/**
 * A piece of a flat view: addresses `[start, end)` show one region from `offset` on
 * (`FlatRange`). Immutable, and shared by every view that has it.
 */
export class FlatRange implements RangeAttributes {
  readonly region: MemoryRegion;
  /** First address, in bytes. */
  readonly start: bigint;
  /** One past the last address; 2^64 at most. */
  readonly end: bigint;
  /** Offset of `start` within the region. */
  readonly offset: bigint;
  readonly romd: boolean;
  readonly readonly: boolean;
  readonly nonvolatile: boolean;
  readonly unmergeable: boolean;
  readonly dirtyMask: number;
  /** `start` as a number: exact below 2^53, and never below it otherwise. */
  readonly low: number;
  /** The last address as a number, likewise. */
  readonly high: number;

  #windows: readonly AccessWindow[] | null = null;

  constructor(
    region: MemoryRegion,
    start: bigint,
    end: bigint,
    offset: bigint,
    attributes: RangeAttributes,
  ) {
    this.region = region;
    this.start = start;
    this.end = end;
    this.offset = offset;
    this.romd = attributes.romd;
    this.readonly = attributes.readonly;
    this.nonvolatile = attributes.nonvolatile;
    this.unmergeable = attributes.unmergeable;
    this.dirtyMask = attributes.dirtyMask;
    this.low = Number(start);
    this.high = Number(end - 1n);
  }

  /** Bytes. */
  get size(): bigint {
    return this.end - this.start;
  }

  /** The dispatch sections of the range: up to three, cut at page boundaries. */
  get windows(): readonly AccessWindow[] {
    return (this.#windows ??= splitIntoWindows(this));
  }

  /** Whether `other` is the same piece with the same attributes, the dirty mask aside. */
  equals(other: FlatRange): boolean {
    return (
      this === other ||
      (this.region === other.region &&
        this.start === other.start &&
        this.end === other.end &&
        this.offset === other.offset &&
        this.romd === other.romd &&
        this.readonly === other.readonly &&
        this.nonvolatile === other.nonvolatile &&
        this.unmergeable === other.unmergeable)
    );
  }

  /** Whether `next` continues this range so that both are one. */
  joins(next: FlatRange): boolean {
    return (
      this.end === next.start &&
      this.region === next.region &&
      this.offset + this.size === next.offset &&
      this.romd === next.romd &&
      this.readonly === next.readonly &&
      this.nonvolatile === next.nonvolatile &&
      this.dirtyMask === next.dirtyMask &&
      !this.unmergeable &&
      !next.unmergeable
    );
  }

  /** This range up to the end of one that {@link joins} it. */
  extendedBy(next: FlatRange): FlatRange {
    return new FlatRange(this.region, this.start, next.end, this.offset, this);
  }
}
