import { GiB, IommuAccess, type IommuTlbEntry, KiB, MiB, RegionOptionsError } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { Iotlb } from "@mem/iommu";
import { assert, describe, expect, it } from "vitest";
import { Random, seeds } from "@mem/common";

function entry(iova: number, size: number): IommuTlbEntry<AddressSpace> {
  const addrMask = BigInt(size - 1);
  return { targetAs: null, iova: BigInt(iova), translatedAddr: 0n, addrMask, perm: IommuAccess.RW };
}

describe("an IOTLB", () => {
  it("holds pages of all sizes, by table, and answers with the entry itself", () => {
    const iotlb = new Iotlb();
    const [small, large, huge] = [entry(0x5000, 4096), entry(0, 2 * MiB), entry(0, GiB)];
    iotlb.insert(0x5abc, 12, 0, small);
    iotlb.insert(2 ** 47, 21, 0, large);
    iotlb.insert(2 ** 40, 30, 1, huge);
    expect(iotlb.lookup(0x5fff, 0)).toBe(small);
    expect(iotlb.lookup(2 ** 47 + MiB, 0)).toBe(large);
    expect(iotlb.lookup(2 ** 40 + 512 * MiB, 1)).toBe(huge);
    expect([iotlb.lookup(0x6000, 0), iotlb.lookup(0x5000, 1), iotlb.lookup(2 ** 40, 0)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(iotlb.statistics).toEqual({ hits: 3, misses: 3, evictions: 0 });
    expect(iotlb.size).toBe(3);
  });

  it("tells clean pages from dirty ones", () => {
    const iotlb = new Iotlb(4);
    iotlb.insert(0, 12, 0, entry(0, 4096), false);
    expect(iotlb.lookup(0, 0)).not.toBeNull();
    expect(iotlb.lookup(0, 0, true)).toBeNull();
    iotlb.insert(0, 12, 0, entry(0, 4096), true);
    expect(iotlb.lookup(0, 0, true)).not.toBeNull();
    expect(iotlb.size).toBe(1);
  });

  it("is bounded", () => {
    const iotlb = new Iotlb(64);
    for (let page = 0; page < 1000; page++) iotlb.insert(page * 4096, 12, 0, entry(0, 4096));
    expect(iotlb.size).toBe(64);
    expect(iotlb.statistics.evictions).toBe(936);
    expect(iotlb.lookup(999 * 4096, 0)).not.toBeNull();
  });

  it.each([0, 2, 3, 1000, 2 ** 21, 2.5, -4])("cannot have %d entries", (capacity) => {
    expect(() => new Iotlb(capacity)).toThrow(RegionOptionsError);
  });
});

describe("random use of an IOTLB", () => {
  it.each(seeds(30))("finds nothing that was not put in or is gone, seed %i", (seed) => {
    const random = new Random(seed);
    const iotlb = new Iotlb(random.pick([4, 16, 64]));
    const model = new Map<string, IommuTlbEntry<AddressSpace>>();
    const key = (index: number, shift: number, iova: number) =>
      `${index}/${shift}/${Math.floor(iova / 2 ** shift)}`;
    const shifts = [12, 21, 30];
    let hits = 0;
    for (let step = 0; step < 2000; step++) {
      const index = random.below(3);
      const iova = random.below(3) * GiB + random.below(3) * 2 * MiB + random.below(6) * 4 * KiB;
      const dice = random.below(100);
      if (dice < 40) {
        const shift = random.pick(shifts);
        const made = entry(Math.floor(iova / 2 ** shift) * 2 ** shift, 2 ** shift);
        iotlb.insert(iova, shift, index, made);
        model.set(key(index, shift, iova), made);
        assert.equal(iotlb.lookup(iova, index) === null, false);
      } else if (dice < 90) {
        const found = iotlb.lookup(iova, index);
        if (found === null) continue;
        hits++;
        const known = shifts.map((shift) => model.get(key(index, shift, iova)));
        assert.include(known, found);
      } else if (dice < 96) {
        const last = iova + random.below(3) * MiB;
        iotlb.invalidateRange(index, iova, last);
        for (const [name, { iova: start, addrMask }] of model) {
          const isTouched = start <= BigInt(last) && (start | addrMask) >= BigInt(iova);
          if (name.startsWith(`${index}/`) && isTouched) model.delete(name);
        }
      } else if (dice < 99) {
        iotlb.invalidateIndex(index);
        for (const name of model.keys()) if (name.startsWith(`${index}/`)) model.delete(name);
      } else {
        iotlb.invalidateAll();
        model.clear();
        assert.equal(iotlb.size, 0);
      }
    }
    expect(hits).toBeGreaterThan(50);
  });
});
