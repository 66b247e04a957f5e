/**
 * Tables of the options of IOMMUs and notifiers: names and kinds, for callers that no compiler
 * checked.
 */
import {
  aFlag,
  aFunction,
  anOwner,
  aNumber,
  anyObject,
  anything,
  aText,
  oneOf,
  type OptionKind,
  type OptionTable,
  orNull,
} from "@mem/core/plumbing";
import { anAddressSpace } from "@mem/flat/plumbing";

type Kinds = Readonly<Record<string, OptionKind>>;

// Values that are `any` here have a rule of their own where they are used.
const REGION: Kinds = { name: orNull(aText), size: anything };
const REPORTING: Kinds = {
  owner: anOwner,
  type: aText,
  indexes: anything,
  attrsToIndex: aFunction,
  faultRecords: anything,
};

/** Every IOMMU; those that are derived have options of their own. */
export const IOMMU_OPTIONS: OptionTable = {
  call: "an IOMMU",
  required: REGION,
  optional: REPORTING,
  isOpen: true,
};

export const PAGE_TABLE_OPTIONS: OptionTable = {
  call: "new PageTableIommu",
  required: { ...REGION, target: anAddressSpace },
  optional: {
    ...REPORTING,
    tables: anAddressSpace,
    tableAttrs: anyObject,
    levels: anything,
    format: anyObject,
    addressBits: anything,
    pageSizes: anything,
    accessedDirty: aFlag,
    iotlbEntries: anything,
    cachingMode: aFlag,
  },
};

export const WINDOW_TABLE_OPTIONS: OptionTable = {
  call: "new WindowTableIommu",
  required: { ...REGION, target: anAddressSpace },
  optional: { ...REPORTING, granule: anything },
};

export const WINDOW: OptionTable = {
  call: "a window",
  required: { iova: anything, length: anything, target: anything },
  optional: { perm: anything, targetAs: anAddressSpace },
};

export const NOTIFIER_OPTIONS: OptionTable = {
  call: "new IommuNotifier",
  required: { flags: aNumber, notify: aFunction },
  optional: {
    start: anything,
    end: anything,
    iommuIdx: anything,
    cropping: oneOf("as-recorded", "exact"),
  },
};

/** The options of a class: one that is derived from it may have more. */
export function optionsOf(table: OptionTable, isDerived: boolean): OptionTable {
  return isDerived ? { ...table, isOpen: true } : table;
}
