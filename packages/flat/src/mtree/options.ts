import type { MemoryRegion } from "@mem/core";

/**
 * What `info mtree` is to show.
 * @see {@link mtree}
 */
export interface MtreeOptions {
  /** The flat views instead of the trees. */
  readonly flatview?: boolean;
  /** With flat views: also how look-ups are organised. */
  readonly dispatch?: boolean;
  /** The owner of each region. */
  readonly owner?: boolean;
  /** Disabled regions too. */
  readonly disabled?: boolean;
  /** Text for the end of a region's line. */
  readonly remark?: (region: MemoryRegion) => string;
}
