import type { MemoryRegion } from "@mem/core";
import type { PathStep } from "./path-step.js";

/**
 * Reason why a region that lies at an address does not answer there.
 * @see {@link explain}
 */
export type HiddenReason =
  | {
      /** A sibling that covers the address, or leads to what does, has a higher priority. */
      readonly kind: "lowerPriority";
      /** The region that holds both. */
      readonly container: MemoryRegion;
      /** The hidden region, or the one above it that is the sibling. */
      readonly sibling: MemoryRegion;
      /** The sibling that is seen, or leads there. */
      readonly winner: MemoryRegion;
    }
  | {
      /**
       * A region of equal priority is seen: of these the one that was added or moved last is seen.
       */
      readonly kind: "addedEarlier";
      /** The region that holds both. */
      readonly container: MemoryRegion;
      /** The hidden region, or the one above it that is the sibling. */
      readonly sibling: MemoryRegion;
      /** The sibling that is seen, or leads there. */
      readonly winner: MemoryRegion;
    }
  | {
      /** The region answers only where none of its own subregions does. */
      readonly kind: "beneathSubregion";
      /** The subregion that is seen, or leads there. */
      readonly winner: MemoryRegion;
    }
  | {
      /** The region, or one above it, is disabled. */
      readonly kind: "disabled";
      /** The topmost region that is. */
      readonly by: MemoryRegion;
    }
  | {
      /**
       * The regions on the ways to it end before the address, or begin behind it: containers of
       * which it sticks out, aliases with a window on another part of it.
       */
      readonly kind: "cutOff";
      /** One for each way, nearest to the address first; these are its ends that cut. */
      readonly by: readonly PathStep[];
    }
  | {
      /** A container with nothing at the address: it is not opaque, the search goes on below it. */
      readonly kind: "empty";
    }
  | {
      /** An alias on what lies behind the end of its target, where there is nothing. */
      readonly kind: "pastTarget";
      /** The region that it is an alias of. */
      readonly target: MemoryRegion;
    }
  | {
      /** Regions are nested too deep to be shown here. */
      readonly kind: "tooDeep";
    }
  | {
      /** The region, or its owner, is being destroyed. */
      readonly kind: "ending";
      /** The region whose life, or whose owner's, ends. */
      readonly by: MemoryRegion;
    };

/**
 * A region that lies at an address without being what answers there.
 * @see {@link explain}
 */
export interface HiddenRegion {
  /** The region that is not seen. */
  readonly region: MemoryRegion;
  /** The address as an offset within the region, in bytes. */
  readonly offset: bigint;
  /** Reason why it does not answer. */
  readonly reason: HiddenReason;
  /**
   * True if it comes before what was found in the order of precedence: then it would be seen, but
   * for the reason given (and others of the kind further down). Where nothing was found, always.
   */
  readonly isAbove: boolean;
  /** The regions from the root to it, itself included. */
  readonly path: readonly PathStep[];
}
