import type { MemoryRegion } from "@mem/core";
import {
  aFlag,
  aFunction,
  checkOptions,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

/**
 * Options of `info mtree`.
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

const OPTIONS: OptionTable = {
  call: "mtree",
  optional: {
    flatview: aFlag,
    dispatch: aFlag,
    owner: aFlag,
    disabled: aFlag,
    remark: aFunction,
  },
};

/** @throws ArgumentError for options that are unknown or of the wrong kind */
export function checkMtreeOptions(options: unknown): void {
  checkOptions(options, OPTIONS, refuseArgument);
}
