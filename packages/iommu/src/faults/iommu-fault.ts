import type { IommuAccess } from "@mem/core";

/**
 * Reason why an IOMMU refused a translation:
 * - `no-table`: the index has no table, or there is no such index;
 * - `out-of-range`: the table cannot describe the address;
 * - `not-mapped`: nothing is mapped there;
 * - `permission`: what is mapped does not allow the access;
 * - `reserved-bit`: a table entry has a bit set that must be 0;
 * - `page-size`: a table entry describes a page of a size that is not allowed;
 * - `table-access`: a table could not be read, or its accessed and dirty bits not written;
 * - `table-recursion`: reading the table needed a translation by that same table.
 * @see {@link IommuFault}
 */
export type IommuFaultReason =
  | "no-table"
  | "out-of-range"
  | "not-mapped"
  | "permission"
  | "reserved-bit"
  | "page-size"
  | "table-access"
  | "table-recursion";

/** One refused translation. */
export interface IommuFault {
  /** Input address, in bytes within the region. */
  readonly iova: bigint;
  /** Access that was wanted: `IommuAccess.RO` to read, `WO` to write, `RW` for both. */
  readonly access: IommuAccess;
  /** Index of the translation table. */
  readonly iommuIdx: number;
  /** Reason of the refusal. */
  readonly reason: IommuFaultReason;
}
