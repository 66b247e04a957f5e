import { addEventfd } from "@mem/core";
import { Machine } from "@mem/flat";
import { IommuAccess, IommuNotifier, IommuNotifierFlag } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./table-iommu.js";

describe("whoever mirrors a table", () => {
  it.each([
    ["as-recorded", 0x4_0000n],
    ["exact", 0x4_1800n],
  ] as const)("is told where the cropped part of a MAP leads: %s", (cropping, translatedAddr) => {
    const { iommu, memory } = makeMachine();
    const told: unknown[] = [];
    const notifier = new IommuNotifier({
      flags: IommuNotifierFlag.IOTLB_EVENTS,
      start: 0x3800,
      end: 0x3fff,
      cropping,
      notify: (entry) => told.push([entry.iova, entry.translatedAddr, entry.addrMask]),
    });
    iommu.registerNotifier(notifier);
    const entry = { targetAs: memory, iova: 0x2000n, addrMask: 0x1fffn };
    const map = { ...entry, translatedAddr: 0x4_0000n, perm: IommuAccess.RW };
    iommu.notify(0, { type: IommuNotifierFlag.MAP, entry: map });
    const unmap = { ...entry, translatedAddr: 0n, perm: IommuAccess.NONE };
    iommu.notify(0, { type: IommuNotifierFlag.UNMAP, entry: unmap });
    expect(told).toEqual([
      [0x3800n, translatedAddr, 0x7ffn],
      [0x3800n, 0n, 0x7ffn],
    ]);
  });

  it("of triggers hears of those that exist, if it asks for it", () => {
    for (const hearsPresentEventfds of [false, true]) {
      const machine = new Machine();
      const io = machine.mmio({ name: "io", size: 0x100, write: () => undefined });
      const space = machine.addressSpace(io, "io");
      const notifier = machine.eventNotifier("bell");
      addEventfd(io, { addr: 8, size: 4, notifier });
      const told: bigint[] = [];
      const listener = {
        hearsPresentEventfds,
        eventfdAdd: ({ offsetWithinAddressSpace }: { offsetWithinAddressSpace: bigint }) =>
          void told.push(offsetWithinAddressSpace),
      };
      space.listen(listener);
      expect(told).toEqual(hearsPresentEventfds ? [8n] : []);
      addEventfd(io, { addr: 16, size: 4, notifier });
      expect(told).toEqual([8n, 16n]);
    }
  });
});
