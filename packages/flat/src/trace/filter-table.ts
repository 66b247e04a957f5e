import {
  aList,
  anAddress,
  aNumber,
  anything,
  aRegion,
  checkArgument,
  checkOptions,
  oneOf,
  type OptionKind,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";

/** Options that every filter may have. */
const FILTER: Readonly<Record<string, OptionKind>> = {
  ranges: aList,
  types: aList,
  targets: aList,
  regions: aList,
};

/** The calls that take a filter. */
export const FILTER_TABLES = {
  trace: { call: "new AccessTrace", optional: FILTER },
  on: { call: "trace.on", optional: FILTER },
  after: { call: "trace.after", optional: FILTER },
  breakOn: { call: "trace.breakOn", optional: /* @__PURE__ */ withFilter({ value: anAddress }) },
  events: { call: "trace.events", optional: /* @__PURE__ */ withFilter({ capacity: aNumber }) },
} as const satisfies Readonly<Record<string, OptionTable>>;

// The size and the start are checked as every size and start is.
const required = { addr: anything, size: anything };
const aType = /* @__PURE__ */ oneOf("read", "write", "fetch", "map", "unmap");
const aTarget = /* @__PURE__ */ oneOf("ram", "rom", "romd", "mmio", "unassigned", "iommu");

function withFilter(more: Readonly<Record<string, OptionKind>>): typeof more {
  return { ...FILTER, ...more };
}

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
