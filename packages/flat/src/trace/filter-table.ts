import {
  aRegion,
  checkArgument,
  checkOptions,
  option,
  type OptionKind,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

/** Options that every filter may have. */
const FILTER: Readonly<Record<string, OptionKind>> = {
  ranges: option.list,
  types: option.list,
  targets: option.list,
  regions: option.list,
};

/** The calls that take a filter. */
export const FILTER_TABLES = {
  trace: { call: "new AccessTrace", optional: FILTER },
  on: { call: "trace.on", optional: FILTER },
  breakOn: { call: "trace.breakOn", optional: { ...FILTER, value: option.address } },
  events: { call: "trace.events", optional: { ...FILTER, capacity: option.numeric } },
} as const satisfies Readonly<Record<string, OptionTable>>;

// The size and the start are checked as every size and start is.
const required = { addr: option.any, size: option.any };
const aType = option.oneOf("read", "write", "fetch", "map", "unmap");
const aTarget = option.oneOf("ram", "rom", "romd", "mmio", "unassigned", "iommu");

/** @throws ArgumentError for a filter that the compiler would refuse */
export function checkFilter(filter: unknown, table: OptionTable): void {
  checkOptions(filter, table, refuseArgument);
  const { ranges, types, targets, regions } = filter as Readonly<
    Record<keyof typeof FILTER, readonly unknown[] | undefined>
  >;
  const { call } = table;
  const range = { call: `${call}: a range`, required };
  ranges?.forEach((each) => checkOptions(each, range, refuseArgument));
  types?.forEach((each) => checkArgument(each, aType, call, "a type", refuseArgument));
  targets?.forEach((each) => checkArgument(each, aTarget, call, "a target", refuseArgument));
  regions?.forEach((each) => checkArgument(each, aRegion, call, "a region", refuseArgument));
}
