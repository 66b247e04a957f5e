import { thrownBy, type WrongValue, wrongValues } from "@mem/common";
import { Machine } from "@mem/flat";
import { MemError } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { cropEntry, IommuNotifier, IommuNotifierFlag, WindowTableIommu } from "../src/index.js";

function world() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const target = machine.addressSpace(system, "memory");
  const iommu = machine.adopt(
    new WindowTableIommu(machine, { name: "iommu", size: 1n << 32n, target }),
  );
  const told: unknown[] = [];
  const notifier = new IommuNotifier({
    flags: IommuNotifierFlag.IOTLB_EVENTS,
    notify: (entry) => told.push(entry),
  });
  iommu.registerNotifier(notifier);
  const entry = { targetAs: target, iova: 0n, translatedAddr: 0n, addrMask: 0xfffn, perm: 0 };
  return { iommu, notifier, told, entry, event: { type: IommuNotifierFlag.UNMAP, entry } };
}

type World = ReturnType<typeof world>;

/** A call with a value that may be wrong, and the kinds that are right. */
const CALLS: [string, (world: World, value: never) => unknown, WrongValue[]][] = [
  ["registerNotifier", ({ iommu }, value) => iommu.registerNotifier(value), []],
  ["unregisterNotifier", ({ iommu }, value) => iommu.unregisterNotifier(value), []],
  ["notifyOne to", ({ iommu, event }, value) => iommu.notifyOne(value, event), []],
  ["notifyOne", ({ iommu, notifier }, value) => iommu.notifyOne(notifier, value), []],
  ["notify", ({ iommu }, value) => iommu.notify(0, value), []],
  ["notify of an entry", ({ iommu, event }, entry) => iommu.notify(0, { ...event, entry }), []],
  [
    "notify of an address",
    ({ iommu, event, entry }, iova) => iommu.notify(0, { ...event, entry: { ...entry, iova } }),
    ["bigint"],
  ],
  [
    "notify of a kind",
    ({ iommu, event }, type) => iommu.notify(0, { ...event, type }),
    ["number", "NaN", "-1"],
  ],
  ["unmapNotifierRange", ({ iommu }, value) => iommu.unmapNotifierRange(value), []],
  ["replay", ({ iommu }, value) => iommu.replay(value), []],
  ["setPageSizeMask", ({ iommu }, value) => iommu.setPageSizeMask(value), ["bigint"]],
  ["notify a table", ({ iommu, event }, value) => iommu.notify(value, event), []],
  ["replayNotifier", ({ iommu }, value) => iommu.replayNotifier(value), []],
  ["cropEntry", ({ notifier }, value) => cropEntry(value, notifier), []],
  ["cropEntry for", ({ entry }, value) => cropEntry(entry, value), []],
];

describe("a value of a wrong kind is refused by name, and nobody is told of it", () => {
  it.each(CALLS)("%s", (_, call, right) => {
    for (const [word, value] of wrongValues(...right)) {
      const made = world();
      const thrown = thrownBy(() => call(made, value as never));
      expect(thrown, word).toBeInstanceOf(MemError);
      expect((thrown as MemError).rule, word).toMatch(/./);
      expect(made.told, word).toEqual([]);
      expect(made.iommu.notifiers, word).toEqual([made.notifier]);
    }
  });
});
