import type { MemoryRegion, RegionKind } from "@mem/core";
import type { Interval } from "../view/render.js";

/**
 * The way on which the search for an address came to a region.
 * @see {@link explain}
 */
export type PathStepEntry =
  | {
      /** The step starts at the root of the address space. */
      readonly how: "root";
    }
  | {
      /** The step leads to a subregion of the region before. */
      readonly how: "subregion";
      /** Its start in its container, in bytes. */
      readonly addr: bigint;
      /** Its precedence among the subregions of that container: an integer of 32 bits. */
      readonly priority: number;
    }
  | {
      /** The step leads to what the alias before shows. */
      readonly how: "alias";
      /** Start of the alias within it, in bytes. */
      readonly aliasOffset: bigint;
    };

/**
 * A region on the way from the root of an address space to what answers an address.
 * @see {@link explain}
 */
export interface PathStep {
  /** The region. */
  readonly region: MemoryRegion;
  /** Its kind. */
  readonly kind: RegionKind;
  /** The way on which the search came to it. */
  readonly entry: PathStepEntry;
  /**
   * The view is not built from this region but from what it comes to: a whole alias, or a
   * container whose only enabled subregion begins at 0. Its own address and its attributes do
   * not count then.
   */
  readonly isLookedThrough: boolean;
  /** The address as an offset within the region, in bytes; outside of a region that ends before. */
  readonly offset: bigint;
  /** Address of offset 0 in the address space, in bytes, exactly: it may be below zero. */
  readonly start: bigint;
  /**
   * The addresses at which the region can show here: its own, cut to those of every region
   * before it and to the address space. `null` when nothing is left.
   */
  readonly range: Interval | null;
}
