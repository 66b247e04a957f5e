import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { IommuMemoryRegion, IommuNotifier, IommuNotifierFlag, MAX_REPLAY_STEPS } from "@mem/iommu";
import { assert, describe, expect, it } from "vitest";

/** Maps the pages of a list, each by an entry of its own, and counts what it is asked. */
class Pages extends IommuMemoryRegion {
  asked = 0;
  holeMask = 0xfffn;
  mapped = new Map<bigint, bigint>();

  override translate(addr: bigint): IommuTlbEntry<AddressSpace> {
    this.asked++;
    for (const [iova, addrMask] of this.mapped) {
      if ((addr & ~addrMask) === iova) return pageAt(iova, addrMask, IommuAccess.RW);
    }
    return pageAt(addr & ~this.holeMask, this.holeMask, IommuAccess.NONE);
  }
}

/** Also lists them. */
class Listed extends Pages {
  override *mappings(iommuIdx: number): Generator<IommuTlbEntry<AddressSpace>> {
    assert.equal(iommuIdx, 0);
    for (const [iova, addrMask] of this.mapped) yield pageAt(iova, addrMask, IommuAccess.RW);
  }
}

/** Lists without end. */
class Endless extends Pages {
  override *mappings(): Generator<IommuTlbEntry<AddressSpace>> {
    for (let iova = 0n; ; iova += 0x1000n) yield pageAt(iova, 0xfffn, IommuAccess.RW);
  }
}

function pageAt(iova: bigint, addrMask: bigint, perm: IommuAccess): IommuTlbEntry<AddressSpace> {
  return { targetAs: null, iova, translatedAddr: 0n, addrMask, perm };
}

function make<T extends Pages>(
  Kind: new (machine: Machine, options: { name: string; size: bigint }) => T,
  size: bigint,
) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const iommu = machine.adopt(new Kind(machine, { name: "iommu", size }));
  const told: [bigint, bigint][] = [];
  const notifier = new IommuNotifier({
    flags: IommuNotifierFlag.MAP,
    notify: ({ iova, addrMask }) => told.push([iova, addrMask]),
  });
  return { iommu, told, notifier, log };
}

describe("the default replay", () => {
  it("asks page by page, and tells a large entry for each of its pages", () => {
    const { iommu, told, notifier, log } = make(Pages, 0x8000n);
    iommu.mapped.set(0x4000n, 0x1fffn);
    iommu.replayNotifier(notifier);
    expect(iommu.asked).toBe(8);
    expect(told).toEqual([
      [0x4000n, 0x1fffn],
      [0x4000n, 0x1fffn],
    ]);
    expect(log).toEqual([]);
  });

  it("of a large region asks for what an answer covers once", () => {
    const { iommu, told, notifier, log } = make(Pages, 2n ** 64n);
    iommu.holeMask = 2n ** 50n - 1n;
    iommu.mapped.set(2n ** 60n, 2n ** 30n - 1n);
    iommu.mapped.set(2n ** 60n + 2n ** 30n, 0xfffn);
    iommu.replayNotifier(notifier);
    expect(told).toEqual([
      [2n ** 60n, 2n ** 30n - 1n],
      [2n ** 60n + 2n ** 30n, 0xfffn],
    ]);
    expect(iommu.asked).toBe(2 ** 14 + 2);
    expect(log).toEqual([]);
  });

  it("ends, and says how far it got", () => {
    const { iommu, told, notifier, log } = make(Pages, 2n ** 64n);
    const limit = BigInt(MAX_REPLAY_STEPS) * 0x1000n;
    iommu.mapped.set(limit - 0x1000n, 0xfffn);
    iommu.mapped.set(limit, 0xfffn);
    iommu.replayNotifier(notifier);
    expect(iommu.asked).toBe(MAX_REPLAY_STEPS);
    expect(told).toEqual([[limit - 0x1000n, 0xfffn]]);
    expect(log).toEqual([
      "unimp: /machine/unattached/iommu[0]: a replay of more than 1048576 translations stopped at 0x100000000",
    ]);
  });

  it("reaches all of a region of as many pages as it has steps", () => {
    const { iommu, told, notifier, log } = make(Pages, BigInt(MAX_REPLAY_STEPS) * 0x1000n);
    iommu.mapped.set(iommu.size - 0x1000n, 0xfffn);
    iommu.replayNotifier(notifier);
    expect(told.length).toBe(1);
    expect(log).toEqual([]);
  });

  it("tells what the IOMMU lists, and asks for nothing", () => {
    const { iommu, told, notifier } = make(Listed, 2n ** 64n);
    iommu.mapped.set(0x1000n, 0xfffn);
    iommu.mapped.set(2n ** 63n, 2n ** 63n - 1n);
    iommu.replayNotifier(notifier);
    expect(told).toEqual([...iommu.mapped]);
    expect(iommu.asked).toBe(0);
  });

  it("of a list without end ends, too", () => {
    const { iommu, told, notifier, log } = make(Endless, 2n ** 64n);
    iommu.replayNotifier(notifier);
    expect(told.length).toBe(MAX_REPLAY_STEPS);
    expect(log).toHaveLength(1);
  });

  it("goes on behind an answer that is none, which is a line in the log", () => {
    class Mute extends Pages {
      override translate(addr: bigint): IommuTlbEntry<AddressSpace> {
        return addr === 0x1000n ? (undefined as never) : super.translate(addr);
      }
    }
    const { iommu, told, notifier, log } = make(Mute, 0x4000n);
    iommu.mapped.set(0x2000n, 0xfffn);
    iommu.replayNotifier(notifier);
    expect(told).toEqual([[0x2000n, 0xfffn]]);
    expect(log).toHaveLength(1);
  });

  it("goes on behind a notifier that throws", () => {
    const { iommu, log } = make(Listed, 2n ** 64n);
    for (const iova of [0x1000n, 0x2000n]) iommu.mapped.set(iova, 0xfffn);
    let calls = 0;
    const notify = () => {
      calls++;
      throw new Error("not now");
    };
    iommu.replayNotifier(new IommuNotifier({ flags: IommuNotifierFlag.MAP, notify }));
    expect(calls).toBe(2);
    expect(log[0]).toContain("not now");
  });
});
