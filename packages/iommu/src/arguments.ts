/**
 * Tables of the options of IOMMUs and notifiers: names and kinds, for callers that no compiler
 * checked.
 */
import { anOwner, option, type OptionKind, type OptionTable } from "@mem/core/plumbing";
import { anAddressSpace } from "@mem/flat/plumbing";

type Kinds = Readonly<Record<string, OptionKind>>;

// Values that are `any` here have a rule of their own where they are used.
const REGION: Kinds = { name: option.orNull(option.text), size: option.any };
const REPORTING: Kinds = {
  owner: anOwner,
  type: option.text,
  indexes: option.any,
  attrsToIndex: option.callback,
  faultRecords: option.any,
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
    tableAttrs: option.object,
    levels: option.any,
    format: option.object,
    addressBits: option.any,
    pageSizes: option.any,
    accessedDirty: option.flag,
    iotlbEntries: option.any,
    cachingMode: option.flag,
  },
};

export const WINDOW_TABLE_OPTIONS: OptionTable = {
  call: "new WindowTableIommu",
  required: { ...REGION, target: anAddressSpace },
  optional: { ...REPORTING, granule: option.any },
};

export const WINDOW: OptionTable = {
  call: "a window",
  required: { iova: option.any, length: option.any, target: option.any },
  optional: { perm: option.any, targetAs: anAddressSpace },
};

export const NOTIFIER_OPTIONS: OptionTable = {
  call: "new IommuNotifier",
  required: { flags: option.numeric, notify: option.callback },
  optional: {
    start: option.any,
    end: option.any,
    iommuIdx: option.any,
    cropping: option.oneOf("as-recorded", "exact"),
  },
};

/** The options of a class: one that is derived from it may have more. */
export function optionsOf(table: OptionTable, isDerived: boolean): OptionTable {
  return isDerived ? { ...table, isOpen: true } : table;
}
