import { GiB, IommuAccess, KiB, MiB } from "@mem/core";
import { IommuNotifier, IommuNotifierFlag } from "@mem/iommu";
import { assert, describe, expect, it } from "vitest";
import { LARGE, makeGuest, naiveWalk, PRESENT, RAM_SIZE, WRITABLE } from "./page-table-guest.js";
import { Random, seeds } from "@mem/common";

const SIZES = [4 * KiB, 2 * MiB, GiB] as const;

/** A few tables full of whatever an entry may hold, good and bad. */
function scramble(random: Random, levels: 3 | 4) {
  const guest = makeGuest({ levels, iotlbEntries: 16 });
  const { tables } = guest;
  const pages = [tables.root, ...Array.from({ length: 5 }, () => tables.allocate())];
  for (const page of pages) {
    for (let i = 0; i < 24; i++) {
      const slot = random.chance(70) ? random.below(6) : random.below(512);
      tables.write(page + slot * 8, randomEntry(random, pages));
    }
  }
  // One way leads somewhere, so that each case finds something.
  for (let i = 0; i + 1 < levels; i++) {
    tables.write(pages[i] ?? 0, BigInt(pages[i + 1] ?? 0) | PRESENT | WRITABLE);
  }
  tables.write(pages[levels - 1] ?? 0, 0x3000n | PRESENT);
  guest.iommu.setRoot(0, tables.root);
  return guest;
}

function randomEntry(random: Random, pages: readonly number[]): bigint {
  const flags =
    (random.chance(85) ? PRESENT : 0n) |
    (random.chance(75) ? WRITABLE : 0n) |
    (random.chance(20) ? LARGE : 0n) |
    (random.chance(20) ? 1n << 63n : 0n);
  if (random.chance(55)) return BigInt(random.pick(pages)) | flags;
  if (random.chance(40)) return (BigInt(random.below(8)) * BigInt(GiB)) | flags;
  if (random.chance(40)) return (BigInt(random.below(64)) * BigInt(2 * MiB)) | flags;
  return (BigInt(random.below(RAM_SIZE / 4096)) * 4096n) | flags;
}

function randomIova(random: Random, levels: number): number {
  let iova = random.below(4096);
  for (let level = 1; level <= levels; level++) {
    iova += (random.chance(80) ? random.below(6) : random.below(512)) * 2 ** (3 + 9 * level);
  }
  return iova;
}

describe("random page tables", () => {
  it.each(seeds(60))("translate as a walk by the book, seed %i", (seed) => {
    const random = new Random(seed);
    const levels = random.pick([3, 4] as const);
    const { iommu, device, ram, tables } = scramble(random, levels);
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const iova = i === 0 ? 0 : randomIova(random, levels);
      const isWrite = random.chance(50);
      const naive = naiveWalk(ram.ramBytes(), tables.root, levels, BigInt(iova));
      const entry = iommu.translate(BigInt(iova), IommuAccess.NONE, 0);
      const flag = isWrite ? IommuAccess.WO : IommuAccess.RO;
      const before = iommu.faults.count;
      const { region, xlat } = device.translate(iova, 1, isWrite);
      if (naive === null) {
        assert.equal(entry.perm, IommuAccess.NONE, `at ${iova}`);
        assert.equal(iommu.faults.count, before + 1);
        continue;
      }
      found++;
      expect(entry).toMatchObject({
        iova: BigInt(iova) & ~(naive.size - 1n),
        translatedAddr: naive.base,
        addrMask: naive.size - 1n,
        perm: naive.perm,
      });
      const isAllowed = (naive.perm & flag) !== 0;
      expect(iommu.faults.count).toBe(isAllowed ? before : before + 1);
      const at = naive.base + (BigInt(iova) & (naive.size - 1n));
      if (isAllowed && at < RAM_SIZE) assert.deepEqual([region, xlat], [ram, at]);
    }
    expect(found).toBeGreaterThan(0);
    expect(iommu.iotlb.size).toBeLessThanOrEqual(16);
  });

  it.each(seeds(20))("replay what they map, seed %i", (seed) => {
    const random = new Random(seed);
    const { iommu, tables } = makeGuest();
    const mapped = new Map<number, string>();
    for (let i = 0; i < 60; i++) {
      const size = random.pick(SIZES);
      const iova = random.below(4) * 2 ** 39 + random.below(4) * GiB + random.below(4) * 2 * MiB;
      const start = (size === 4 * KiB ? iova + random.below(6) * size : iova) - (iova % size);
      if ([...mapped.keys()].some((at) => overlaps(at, sizeOf(mapped, at), start, size))) continue;
      const perm = random.pick([PRESENT, PRESENT | WRITABLE]);
      const target = random.below(8) * GiB;
      const level = SIZES.indexOf(size) + 1;
      tables.set(start, BigInt(target) | perm | (level > 1 ? LARGE : 0n), level);
      mapped.set(start, `${size} ${target} ${perm === PRESENT ? 1 : 3}`);
    }
    iommu.setRoot(0, tables.root);
    const told: [number, string][] = [];
    const notifier = new IommuNotifier({
      flags: IommuNotifierFlag.UNMAP,
      notify: ({ iova, addrMask, translatedAddr, perm }) =>
        told.push([Number(iova), `${addrMask + 1n} ${translatedAddr} ${perm}`]),
    });
    iommu.replayNotifier(notifier);
    expect(told).toEqual([...mapped].sort(([a], [b]) => a - b));
    expect(told.length).toBeGreaterThan(10);
  });
});

function sizeOf(mapped: Map<number, string>, at: number): number {
  return Number(mapped.get(at)?.split(" ")[0]);
}

function overlaps(a: number, aSize: number, b: number, bSize: number): boolean {
  return a < b + bSize && b < a + aSize;
}
