import { IommuAccess, MemTxResult, MiB } from "@mem/core";
import { IommuNotifier, IommuNotifierFlag, IommuRefusedError } from "@mem/iommu";
import { assert, describe, expect, it } from "vitest";
import { Mirror } from "./mirror.js";
import { LARGE, makeGuest, PRESENT, WRITABLE } from "./page-table-guest.js";
import { Random, seeds } from "@mem/common";

const RW = PRESENT | WRITABLE;
const { UNMAP, DEVIOTLB_UNMAP } = IommuNotifierFlag;

/** A guest with pages at 0x1000 and 0x2000 of table 0, and the same tables for table 1. */
function mapped() {
  const guest = makeGuest({ indexes: 2, attrsToIndex: ({ secure }) => (secure ? 1 : 0) });
  const { tables, iommu } = guest;
  tables.set(0x1000, 0x3000n | RW);
  tables.set(0x2000, 0x4000n | RW);
  iommu.setRoot(0, tables.root);
  iommu.setRoot(1, tables.root);
  const at = (iova: number, index = 0) =>
    Number(iommu.translate(BigInt(iova), IommuAccess.NONE, index).translatedAddr);
  for (const index of [0, 1])
    expect([at(0x1000, index), at(0x2000, index)]).toEqual([0x3000, 0x4000]);
  const remap = () => {
    tables.set(0x1000, 0x5000n | RW);
    tables.set(0x2000, 0x6000n | RW);
  };
  return { ...guest, at, remap };
}

describe("what the IOTLB holds", () => {
  it("stays until it is invalidated", () => {
    const { device, iommu, at, remap, ram } = mapped();
    const held = iommu.translate(0x1234n, IommuAccess.RO, 0);
    expect(iommu.translate(0x1000n, IommuAccess.WO, 0), "one entry serves all").toBe(held);
    remap();
    expect([at(0x1000), at(0x2000)]).toEqual([0x3000, 0x4000]);
    device.store(0x1000, 1, 9);
    expect(ram.ramBytes()[0x3000]).toBe(9);
    expect(iommu.iotlb.statistics.hits).toBeGreaterThan(3);
  });

  it.each([
    ["all", (g: ReturnType<typeof mapped>) => g.iommu.invalidateAll(), [5, 6, 5, 6]],
    ["an index", (g: ReturnType<typeof mapped>) => g.iommu.invalidateIndex(0), [5, 6, 3, 4]],
    [
      "a byte",
      (g: ReturnType<typeof mapped>) => g.iommu.invalidateRange(0, 0x1fff, 1),
      [5, 4, 3, 4],
    ],
    [
      "two pages",
      (g: ReturnType<typeof mapped>) => g.iommu.invalidateRange(1, 0x1fff, 2),
      [3, 4, 5, 6],
    ],
    [
      "nothing",
      (g: ReturnType<typeof mapped>) => g.iommu.invalidateRange(0, 0x1000, 0),
      [3, 4, 3, 4],
    ],
    [
      "everything by a range",
      (g: ReturnType<typeof mapped>) => g.iommu.invalidateRange(0, 0, 2n ** 64n),
      [5, 6, 3, 4],
    ],
    [
      "what is beyond",
      (g: ReturnType<typeof mapped>) => g.iommu.invalidateRange(0, 2n ** 50n, 2n ** 20n),
      [3, 4, 3, 4],
    ],
    [
      "a new root",
      (g: ReturnType<typeof mapped>) => g.iommu.setRoot(0, g.tables.root),
      [5, 6, 3, 4],
    ],
  ] as const)("is dropped by invalidating %s", (_what, invalidate, expected) => {
    const guest = mapped();
    guest.remap();
    invalidate(guest);
    const { at } = guest;
    const found = [at(0x1000), at(0x2000), at(0x1000, 1), at(0x2000, 1)];
    expect(found.map((address) => address / 0x1000)).toEqual(expected);
  });

  it("is not asked for a permission that it lacks", () => {
    const { tables, device } = mapped();
    tables.set(0x3000, 0x7000n | PRESENT);
    expect(device.load(0x3000, 4)).toBe(0);
    expect(device.store(0x3000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    tables.set(0x3000, 0x7000n | RW);
    expect(device.store(0x3000, 4, 1)).toBe(MemTxResult.OK);
  });

  it("covers a large page as a whole", () => {
    const { tables, iommu, at } = mapped();
    tables.set(4 * MiB, BigInt(2 * MiB) | RW | LARGE, 2);
    expect(at(4 * MiB + 0x5000)).toBe(2 * MiB);
    tables.set(4 * MiB, BigInt(4 * MiB) | RW | LARGE, 2);
    iommu.invalidateRange(0, 6 * MiB - 1, 1);
    expect(at(4 * MiB)).toBe(4 * MiB);
  });
});

describe("notifiers", () => {
  it("that want no mappings are told the range, in aligned blocks", () => {
    const { iommu } = mapped();
    const heard: [number, number][] = [];
    const notify = ({ iova, addrMask }: { iova: bigint; addrMask: bigint }) =>
      heard.push([Number(iova), Number(addrMask)]);
    iommu.registerNotifier(new IommuNotifier({ flags: UNMAP, notify }));
    iommu.invalidateRange(0, 0x1800, 0x2000);
    iommu.invalidateRange(1, 0x1800, 0x2000);
    iommu.invalidateDeviceIotlb(0, 0, 0x1000);
    expect(heard).toEqual([
      [0x1000, 0xfff],
      [0x2000, 0x1fff],
    ]);
    heard.length = 0;
    iommu.invalidateAll();
    iommu.setRoot(0, null);
    expect(heard).toEqual([
      [0, 2 ** 48 - 1],
      [0, 2 ** 48 - 1],
    ]);
  });

  it("of devices that hold translations are told by a call of their own", () => {
    const { iommu } = mapped();
    const device = new Mirror({ flags: DEVIOTLB_UNMAP });
    iommu.registerNotifier(device.notifier);
    iommu.invalidateAll();
    expect(device.heard).toEqual([]);
    iommu.invalidateDeviceIotlb(0, 0x3000, 0x1000);
    expect(device.heard).toEqual(["unmap 3000+1000"]);
  });

  it("that mirror the tables hear of the differences alone", () => {
    const { iommu, tables, log } = mapped();
    const mirror = new Mirror();
    iommu.registerNotifier(mirror.notifier);
    iommu.replayNotifier(mirror.notifier);
    expect(mirror.heard.splice(0)).toEqual(["map 1000+1000", "map 2000+1000"]);
    iommu.invalidateAll();
    expect(mirror.heard).toEqual([]);
    tables.set(0x2000, 0x9000n | RW);
    tables.set(0x3000, 0xa000n | PRESENT);
    iommu.invalidateRange(0, 0x1000, 0x1000);
    expect(mirror.heard, "nothing changed in the range").toEqual([]);
    iommu.invalidateIndex(0);
    expect(mirror.heard.splice(0)).toEqual(["unmap 2000+1000", "map 2000+1000", "map 3000+1000"]);
    tables.set(0, BigInt(2 * MiB) | RW | LARGE, 2);
    iommu.invalidateRange(0, 0x8000, 1);
    expect(mirror.heard.splice(0), "a large page takes the place of all in it").toEqual([
      "unmap 1000+1000",
      "unmap 2000+1000",
      "unmap 3000+1000",
      "map 0+200000",
    ]);
    iommu.setRoot(0, null);
    expect(mirror.heard).toEqual(["unmap 0+200000"]);
    expect([mirror.pages.size, log]).toEqual([0, []]);
  });

  it("that mirror thousands of pages are told of all of them, and of the end of all", () => {
    const { iommu, tables } = makeGuest();
    for (let i = 0; i < 3 * 512; i++) tables.set(0x1000 * i, BigInt(0x1000 * (i % 256)) | RW);
    iommu.setRoot(0, tables.root);
    const mirror = new Mirror();
    iommu.registerNotifier(mirror.notifier);
    iommu.replayNotifier(mirror.notifier);
    expect([mirror.heard.length, mirror.pages.size]).toEqual([3 * 512, 3 * 512]);
    tables.set(0x1000 * 700, 0n);
    iommu.invalidateIndex(0);
    expect(mirror.heard.slice(3 * 512)).toEqual(["unmap 2bc000+1000"]);
    iommu.setRoot(0, null);
    expect(mirror.pages.size).toBe(0);
  });

  it("of devices are not told of a range beyond the IOMMU's addresses", () => {
    const { iommu } = mapped();
    const device = new Mirror({ flags: DEVIOTLB_UNMAP });
    iommu.registerNotifier(device.notifier);
    iommu.invalidateDeviceIotlb(0, 0x1000, 0);
    expect(device.heard).toEqual([]);
  });

  it("that come later are told what is known, and others what is new", () => {
    const { iommu, tables, log } = mapped();
    const [first, second] = [new Mirror(), new Mirror()];
    using _first = iommu.registerNotifier(first.notifier);
    iommu.replayNotifier(first.notifier);
    tables.set(0x5000, 0x5000n | RW);
    const registration = iommu.registerNotifier(second.notifier);
    iommu.replayNotifier(second.notifier);
    expect(first.heard).toEqual(["map 1000+1000", "map 2000+1000", "map 5000+1000"]);
    expect(second.heard).toEqual(first.heard);
    registration[Symbol.dispose]();
    tables.set(0x1000, 0n);
    iommu.invalidateRange(0, 0x1000, 1);
    expect(second.heard.length).toBe(3);
    expect(first.sorted.map(([iova]) => iova)).toEqual([0x2000n, 0x5000n]);
    expect(log).toEqual([]);
  });

  it("that all left are forgotten: the next one starts from nothing", () => {
    const { iommu } = mapped();
    iommu.registerNotifier(new Mirror().notifier)[Symbol.dispose]();
    const gone = new Mirror();
    iommu.registerNotifier(gone.notifier);
    iommu.replayNotifier(gone.notifier);
    iommu.unregisterNotifier(gone.notifier);
    const mirror = new Mirror();
    iommu.registerNotifier(mirror.notifier);
    iommu.invalidateAll();
    expect(mirror.heard).toEqual(["map 1000+1000", "map 2000+1000"]);
  });

  it("cannot mirror tables whose guest does not tell what it adds", () => {
    const { iommu } = makeGuest({ cachingMode: false });
    expect(() => iommu.registerNotifier(new Mirror().notifier)).toThrow(IommuRefusedError);
    expect(iommu.notifiers).toEqual([]);
    iommu.registerNotifier(new Mirror({ flags: UNMAP }).notifier);
    expect(iommu.notifyFlags).toBe(UNMAP);
  });
});

describe("random changes, invalidations and accesses", () => {
  it.each(seeds(40))("agree with the list of mappings, seed %i", (seed) => {
    const random = new Random(seed);
    const { iommu, tables, log } = makeGuest({ iotlbEntries: random.pick([8, 64]) });
    iommu.setRoot(0, tables.root);
    const mirror = new Mirror();
    iommu.registerNotifier(mirror.notifier);
    const cached = new Map<bigint, string>();
    const drop = new IommuNotifier({
      flags: UNMAP,
      notify: ({ iova, addrMask }) => {
        for (const page of cached.keys()) {
          if (page >= iova && page <= (iova | addrMask)) cached.delete(page);
        }
      },
    });
    iommu.registerNotifier(drop);
    // For each page of 4 KiB: what it is now, and what it was since it was last invalidated.
    const now = new Map<number, string>();
    const since = new Map<number, Set<string>>();
    const pages = Array.from({ length: 24 }, (_, i) => (i % 8) * 0x1000 + (i >> 3) * 2 * MiB);
    const note = (page: number) => {
      const was = since.get(page) ?? new Set<string>();
      since.set(page, was.add(now.get(page) ?? "nothing"));
    };
    for (const page of pages) note(page);
    const answer = (page: number) => {
      const at = BigInt(page);
      const { perm, iova, translatedAddr } = iommu.translate(at, IommuAccess.NONE, 0);
      return perm === IommuAccess.NONE ? "nothing" : `${translatedAddr + at - iova} ${perm}`;
    };
    for (let step = 0; step < 300; step++) {
      const page = random.pick(pages);
      const dice = random.below(100);
      if (dice < 25) {
        const target = random.below(256) * 0x1000;
        const flags = random.pick([0n, PRESENT, RW]);
        const large = Math.floor(page / (2 * MiB)) * 2 * MiB;
        const isLarge = random.chance(15);
        const base = isLarge ? large : page;
        const to = isLarge ? 2 * MiB * random.below(2) : target;
        tables.set(base, BigInt(to) | flags | (isLarge ? LARGE : 0n), isLarge ? 2 : 1);
        for (const other of pages) {
          const offset = other - base;
          const isSame = Math.floor(other / (2 * MiB)) * 2 * MiB === large;
          const wasLarge = now.get(other)?.endsWith("large") ?? false;
          if (isLarge ? isSame : other === page) {
            const suffix = isLarge ? "large" : "";
            if (flags === 0n) now.delete(other);
            else now.set(other, `${to + offset} ${flags === RW ? 3 : 1}${suffix}`);
            note(other);
          } else if (!isLarge && isSame && wasLarge) {
            // A table took the place of the large page.
            now.delete(other);
            note(other);
          } else if (!isLarge && isSame && now.get(other) === undefined) {
            note(other);
          }
        }
      } else if (dice < 75) {
        const found = answer(page);
        const allowed = [...(since.get(page) ?? [])].map((text) => text.replace("large", ""));
        assert.include(allowed, found, `page ${page} at step ${step}`);
        if (found !== "nothing") cached.set(BigInt(page), found);
      } else {
        const length = random.pick([1, 0x1000, 0x3000, 2 * MiB, 2 ** 48 - page]);
        const isAll = random.chance(10);
        if (isAll) iommu.invalidateAll();
        else iommu.invalidateRange(0, page, length);
        const [first, end] = isAll ? [0, 2 ** 48] : [page, page + length];
        // A large page that is touched is dropped, and told, as a whole.
        for (const other of pages) {
          if (other < first || other >= end) continue;
          since.set(other, new Set());
          note(other);
          const truth = (now.get(other) ?? "nothing").replace("large", "");
          assert.equal(answer(other), truth);
          const known = cached.get(BigInt(other)) ?? truth;
          assert.equal(known, truth, "others dropped what is no longer so");
          assert.equal(translationIn(mirror, other), truth, "the mirror agrees");
        }
      }
    }
    iommu.invalidateAll();
    const direct = [...iommu.mappings(0)].map(
      ({ iova, addrMask, translatedAddr, perm }) =>
        [iova, `${addrMask + 1n} ${translatedAddr} ${perm}`] as const,
    );
    expect(mirror.sorted).toEqual(direct);
    expect(log.filter((line) => line.startsWith("callback"))).toEqual([]);
  });
});

/** What a mirror holds for a page, as `address permission`. */
function translationIn(mirror: Mirror, page: number): string {
  for (const [iova, text] of mirror.pages) {
    const [size = 0, base = 0, perm] = text.split(" ").map(Number);
    if (page < iova || page >= Number(iova) + size) continue;
    return `${base + page - Number(iova)} ${perm}`;
  }
  return "nothing";
}
