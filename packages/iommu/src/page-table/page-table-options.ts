import { GiB, hex, KiB, type MemTxAttrs, MiB, RegionOptionsError } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import type { ReportingIommuOptions } from "../faults/reporting-iommu.js";
import { type PageTableFormat, type PageTableShape, X86_FORMAT } from "./page-table-format.js";

/** Page sizes that tables of 8-byte entries can describe, as an OR of bytes. */
export const ALL_PAGE_SIZES = (4 * KiB) | (2 * MiB) | GiB;

/**
 * Options of a `PageTableIommu`.
 * @see {@link PageTableIommu}
 */
export interface PageTableIommuOptions extends ReportingIommuOptions {
  /** The place where translations lead. */
  readonly target: AddressSpace;
  /** The place where the tables are; default: {@link target}. */
  readonly tables?: AddressSpace;
  /** Go with each access to a table; default: none are given. */
  readonly tableAttrs?: MemTxAttrs;
  /** Levels of tables: 4 for 48 bits of input address (the default), 3 for 39. */
  readonly levels?: 3 | 4;
  /** Meaning of the bits of an entry; default {@link X86_FORMAT}. */
  readonly format?: PageTableFormat;
  /** Bits of an output address, 32 to 52; default 52. Higher ones in an entry are reserved. */
  readonly addressBits?: number;
  /** Sizes that pages may have, an OR of 4 KiB, 2 MiB and 1 GiB; default: all three. */
  readonly pageSizes?: number;
  /** True if walks set the accessed and dirty bits of entries; default `false`. */
  readonly accessedDirty?: boolean;
  /** Entries of the IOTLB, a power of two from 4 to 2^20; default 1024. */
  readonly iotlbEntries?: number;
  /**
   * True if somebody may mirror the tables, which needs a guest that invalidates what it adds as
   * well; default `true`. Otherwise a notifier that wants `MAP` is refused.
   */
  readonly cachingMode?: boolean;
}

/** @throws RegionOptionsError for what tables cannot have. */
export function shapeOf(options: PageTableIommuOptions): PageTableShape {
  const { levels = 4, addressBits = 52, pageSizes = ALL_PAGE_SIZES, format = X86_FORMAT } = options;
  const refuse = (rule: string, what: string) => {
    throw new RegionOptionsError(`page tables ${what}`, {
      rule,
      region: options.name ?? undefined,
    });
  };
  if (levels !== 3 && levels !== 4) refuse("page-table-levels", `of ${String(levels)} levels`);
  if (!Number.isInteger(addressBits) || addressBits < 32 || addressBits > 52) {
    refuse("page-table-address-bits", `with addresses of ${addressBits} bits`);
  }
  if (pageSizes === 0 || (pageSizes & ~ALL_PAGE_SIZES) !== 0) {
    refuse("page-table-page-sizes", `with page sizes ${hex(pageSizes)}`);
  }
  return { format, levels, addressBits, pageSizes };
}
