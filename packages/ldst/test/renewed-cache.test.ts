import {
  countDirtyPages,
  DirtyClient,
  type MemoryRegion,
  MemTxResult,
  resetDirty,
} from "@mem/flat";
import { MemoryRegionCache, TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

describe("a cache that renews itself", () => {
  it("follows its own range, and is told of no other change", () => {
    const { machine, root, space, ram } = makeMachine();
    const first = ram(0x1000, 0x1000);
    const seen: (MemoryRegion | null)[] = [];
    const onChange = (cache: MemoryRegionCache) => {
      seen.push(cache.isUnassigned ? null : cache.region);
    };
    const cache = new MemoryRegionCache(space, 0x1000, 0x100, true, { renew: true, onChange });
    const kept = new MemoryRegionCache(space, 0x1000, 0x100, true);
    root.addSubregion(0x8000, machine.ram({ name: "elsewhere", size: 0x1000 }));
    expect(seen).toEqual([]);
    const over = machine.ram({ name: "over", size: 0x1000 });
    root.addSubregion(0x1000, over, { priority: 1 });
    cache.st32le(0, 0xcafe);
    kept.st32le(4, 0xbabe);
    expect([over.ramBytes()[0], first.ramBytes()[4]]).toEqual([0xfe, 0xbe]);
    expect([cache.isDirect, cache.length]).toEqual([true, 0x100]);
    over.enabled = false;
    first.enabled = false;
    expect([cache.isUnassigned, cache.isDirect, kept.isUnassigned]).toEqual([true, false, false]);
    const status = new TxStatus();
    expect([cache.ld32le(0, undefined, status), status.result]).toEqual([
      0,
      MemTxResult.DECODE_ERROR,
    ]);
    first.enabled = true;
    expect(cache.bytes?.buffer).toBe(first.ramBytes().buffer);
    expect(seen).toEqual([over, first, null, first]);
    cache.destroy();
    first.enabled = false;
    expect(seen).toHaveLength(4);
  });

  it("is told of no change before and behind it in its own range", () => {
    const { machine, root, space, ram } = makeMachine();
    const region = ram(0, 0x4000);
    let told = 0;
    const options = { renew: true, onChange: () => told++ };
    const cache = new MemoryRegionCache(space, 0x2000, 0x100, true, options);
    const bytes = cache.bytes;
    // What covers the range's beginning and end makes it shorter, but not where the cache is.
    for (const at of [0, 0x3000]) {
      const cover = machine.ram({ name: `cover ${at}`, size: 0x1000 });
      root.addSubregion(at, cover, { priority: 1 });
    }
    expect([told, cache.bytes]).toEqual([0, bytes]);
    const over = machine.ram({ name: "over", size: 0x80 });
    root.addSubregion(0x2080, over, { priority: 1 });
    expect([told, cache.region, cache.length]).toEqual([1, region, 0x80]);
    cache.destroy();
  });

  it("follows what its memory allows, and ends with nothing where its address space ends", () => {
    const { space, ram } = makeMachine();
    const region = ram(0, 0x1000);
    const cache = new MemoryRegionCache(space, 0, 0x100, true, { renew: true });
    region.readonly = true;
    expect(cache.isDirect).toBe(false);
    expect(cache.write(0, new Uint8Array(4))).not.toBe(MemTxResult.OK);
    region.readonly = false;
    expect(cache.isDirect).toBe(true);
    space.destroy();
    expect(cache.isUnassigned).toBe(true);
    cache.destroy();
  });

  it("has an owner that throws logged", () => {
    const { root, space, ram, machine } = makeMachine();
    ram(0, 0x1000);
    const onChange = () => {
      throw new Error("no ring today");
    };
    const cache = new MemoryRegionCache(space, 0, 0x100, true, { onChange });
    root.addSubregion(0, machine.ram({ name: "over", size: 0x1000 }), { priority: 1 });
    expect(cache.region.name).toBe("ram");
    expect(space.load(0, 4)).toBe(0);
  });
});

describe("a cache that marks its stores", () => {
  it.each(["st8", "st32le", "st64le", "write"] as const)(
    "marks a %s, and no other page",
    (form) => {
      const { space, ram } = makeMachine();
      const region = ram(0, 0x4000);
      const cache = new MemoryRegionCache(space, 0, 0x4000, true, { marksDirty: true });
      const plain = new MemoryRegionCache(space, 0, 0x4000, true);
      const store = (one: MemoryRegionCache) => {
        if (form === "write") one.write(0x1000, new Uint8Array(8));
        else if (form === "st64le") one.st64le(0x1000, 1n);
        else one[form](0x1000, 1);
      };
      region.setLog(true);
      resetDirty(region, 0, 0x4000, DirtyClient.VGA);
      store(plain);
      expect(countDirtyPages(region, DirtyClient.VGA)).toBe(0);
      store(cache);
      expect(countDirtyPages(region, DirtyClient.VGA)).toBe(1);
      expect(countDirtyPages(region, DirtyClient.VGA, { offset: 0x1000, length: 1 })).toBe(1);
      cache.destroy();
      plain.destroy();
    },
  );
});
