import {
  IommuNotifier,
  IommuNotifierFlag,
  iommuOf,
  PageTableIommu,
  registerNotifier,
  unregisterNotifier,
  WindowTableIommu,
} from "@mem/iommu";
import { Machine, MemoryModelError } from "@mem/flat";
import { thrownBy } from "@mem/common";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

function world() {
  const machine = new Machine();
  const target = machine.addressSpace(machine.ram({ name: "ram", size: 0x1000 }), "memory");
  const given = { name: "iommu", size: 0x10000, target };
  return { machine, target, given, iommu: machine.adopt(new WindowTableIommu(machine, given)) };
}

/** Call, class of the error, rule, and what the message must say. */
const TABLE: [string, (w: ReturnType<typeof world>) => unknown, string, string, RegExp][] = [
  [
    "page tables of nothing",
    ({ machine }) => new PageTableIommu(machine, loose(undefined)),
    "RegionOptionsError",
    "options-object",
    /new PageTableIommu/,
  ],
  [
    "no target",
    ({ machine }) => new PageTableIommu(machine, loose({ name: "x", size: 1 })),
    "RegionOptionsError",
    "option-missing",
    /x: .*"target"/,
  ],
  [
    "a machine as target",
    ({ machine }) => new WindowTableIommu(machine, loose({ name: "x", size: 1, target: machine })),
    "RegionOptionsError",
    "option-kind",
    /"target".* an AddressSpace/,
  ],
  [
    "no machine",
    ({ given }) => new WindowTableIommu(loose(undefined), given),
    "ArgumentError",
    "option-missing",
    /the machine/,
  ],
  [
    "an option misspelt",
    ({ machine, given }) => new PageTableIommu(machine, loose({ ...given, level: 3 })),
    "RegionOptionsError",
    "option-unknown",
    /did you mean "levels"/,
  ],
  [
    "an option of the other",
    ({ machine, given }) => new WindowTableIommu(machine, loose({ ...given, cachingMode: true })),
    "RegionOptionsError",
    "option-unknown",
    /"cachingMode"; there are/,
  ],
  [
    "5 levels",
    ({ machine, given }) => new PageTableIommu(machine, { ...given, levels: loose(5) }),
    "RegionOptionsError",
    "page-table-levels",
    /5 levels/,
  ],
  [
    "a notifier of nothing",
    () => new IommuNotifier(loose(undefined)),
    "ArgumentError",
    "options-object",
    /new IommuNotifier/,
  ],
  [
    "a notifier without callback",
    () => new IommuNotifier(loose({ flags: IommuNotifierFlag.MAP })),
    "ArgumentError",
    "option-missing",
    /"notify"/,
  ],
  [
    "a flag by its name",
    () => new IommuNotifier({ flags: loose("MAP"), notify: () => 0 }),
    "ArgumentError",
    "option-kind",
    /"flags" is "MAP"/,
  ],
  [
    "cropping in another way",
    () => new IommuNotifier({ flags: 1, notify: () => 0, cropping: loose("Exact") }),
    "ArgumentError",
    "option-kind",
    /"as-recorded" or "exact"/,
  ],
  [
    "a notifier's option misspelt",
    () => new IommuNotifier(loose({ flags: 1, notify: () => 0, iommuIndex: 1 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "iommuIdx"/,
  ],
  [
    "no window",
    ({ iommu }) => iommu.addWindow(loose(undefined)),
    "ArgumentError",
    "options-object",
    /a window/,
  ],
  [
    "a window by its size",
    ({ iommu }) => iommu.addWindow(loose({ iova: 0, size: 4096, target: 0 })),
    "ArgumentError",
    "option-missing",
    /"length"/,
  ],
  [
    "a window into a machine",
    ({ iommu, machine }) =>
      iommu.addWindow({ iova: 0, length: 4096, target: 0, targetAs: loose(machine) }),
    "ArgumentError",
    "option-kind",
    /"targetAs"/,
  ],
];

it.each(TABLE)("%s", (_, call, name, rule, message) => {
  const it = world();
  const error = thrownBy(() => call(it));
  expect(error).toBeInstanceOf(MemoryModelError);
  expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
  expect(it.iommu.windows()).toEqual([]);
});

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  iommuOf: (region) => iommuOf(region),
  registerNotifier: (region) => registerNotifier(region, loose(null)),
  unregisterNotifier: (region) => unregisterNotifier(region, loose(null)),
};

/** What stands where something of ours belongs. */
const FOREIGN = [undefined, null, 0, NaN, "0x10", {}, [], () => 0];

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of FOREIGN) {
    expect(
      thrownBy(() => call(loose(value))),
      `${name}(${String(value)})`,
    ).toBeInstanceOf(MemoryModelError);
  }
});
