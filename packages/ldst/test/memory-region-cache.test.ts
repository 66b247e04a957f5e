import { AddressError, LifecycleError, MemoryRegion, MemTxResult, TYPE_DEVICE } from "@mem/core";
import type { IommuTranslator } from "@mem/core/plumbing";
import { IOMMU_WALK } from "@mem/flat/plumbing";
import type { AddressSpace } from "@mem/flat";
import { MemoryRegionCache, TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine, QUADS, valueOf, WORDS } from "./machine.js";

describe("a cache of RAM", () => {
  it.each(WORDS)("$load and $store go to the bytes", ({ bits, order, load, store }) => {
    const { space, ram } = makeMachine();
    const bytes = ram(0x1000).ramBytes();
    using cache = new MemoryRegionCache(space, 0x1100, 0x40, true);
    const here = bytes.subarray(0x103, 0x103 + bits / 8);
    expect(BigInt(cache[load](3))).toBe(valueOf(here, order));
    cache[store](3, 0x1_8070_6050);
    expect(valueOf(here, order)).toBe(BigInt.asUintN(bits, 0x8070_6050n));
  });

  it.each(QUADS)("$load and $store go to the bytes", ({ order, load, store }) => {
    const { space, ram } = makeMachine();
    const bytes = ram(0x1000).ramBytes();
    using cache = new MemoryRegionCache(space, 0x1100, 0x40, true);
    const here = bytes.subarray(0x138, 0x140);
    expect(cache[load](0x38)).toBe(valueOf(here, order));
    cache[store](0x38, -3n);
    expect(valueOf(here, order)).toBe(2n ** 64n - 3n);
  });

  it("holds the guest's own bytes and copies in and out", () => {
    const { space, bus, ram } = makeMachine();
    ram(0x1000);
    using cache = new MemoryRegionCache(space, 0x1100, 8, true);
    expect(cache.isDirect).toBe(true);
    expect([...(cache.bytes ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(cache.write(2, Uint8Array.of(9, 8))).toBe(MemTxResult.OK);
    expect(bus.ld16be(0x1102)).toBe(0x0908);
    const into = new Uint8Array(4);
    expect(cache.read(4, into)).toBe(MemTxResult.OK);
    expect([...into]).toEqual([4, 5, 6, 7]);
    cache.view?.setUint8(0, 0x77);
    expect(bus.ld8(0x1100)).toBe(0x77);
    expect(String(cache)).toBe("0x1100+0x8 ram@0x100 (direct)");
  });

  it("ends with the memory, and runs over section boundaries", () => {
    const { space, ram } = makeMachine();
    ram(0x1800, 0x2000);
    using cache = new MemoryRegionCache(space, 0x1900, 0x10000, false);
    expect(cache.length).toBe(0x1f00);
    expect(cache.ld16be(0x6ff)).toBe(0xff00);
  });

  it("marks nothing dirty until it is invalidated", () => {
    const { space, ram } = makeMachine();
    const region = ram(0x1000);
    region.setLog(true);
    const bitmap = region.ramBlock?.dirtyBitmap(0);
    bitmap?.clear(0, 4);
    const dirty = () => [0, 1, 2, 3].map((page) => bitmap?.get(page) ?? false);
    using cache = new MemoryRegionCache(space, 0x1800, 0x2000, true);
    cache.st32le(0x900, 1);
    cache.write(0x900, Uint8Array.of(1, 2));
    expect(dirty()).toEqual([false, false, false, false]);
    cache.invalidate(0x900, 4);
    expect(dirty()).toEqual([false, true, false, false]);
    cache.invalidate(0x1900, 0);
    expect(dirty()).toEqual([false, true, true, false]);
  });

  it("is not affected by changes of the map, or of the read-only attribute", () => {
    const { space, root, ram } = makeMachine();
    const region = ram(0x1000);
    using cache = new MemoryRegionCache(space, 0x1000, 8, true);
    region.readonly = true;
    cache.st8(1, 0xaa);
    root.removeSubregion(region);
    expect(cache.ld8(1)).toBe(0xaa);
    expect(space.lookup(0x1000).region.name).toBe("unassigned");
  });

  it("keeps what was visible when it was made", () => {
    const { machine, root, space } = makeMachine();
    const owner = machine.objects.create("container");
    const other = machine.objects.create("container");
    const own = machine.ram({ name: "own", size: 0x1000, owner });
    const seen = machine.mmio({ name: "seen", size: 0x1000, owner: other, read: () => 1 });
    root.addSubregion(0, own);
    root.addSubregion(0x1000, seen);
    const cache = new MemoryRegionCache(space, 0, 8, false);
    root.removeSubregion(own);
    root.removeSubregion(seen);
    owner.unref();
    other.unref();
    expect([own.finalized, other.finalized]).toEqual([false, false]);
    expect(cache.ld8(0)).toBe(0);
    cache.destroy();
    expect([own.finalized, other.finalized]).toEqual([true, true]);
  });
});

describe("a cache of what is not memory", () => {
  it("asks the device at each access", () => {
    const { space, mmio } = makeMachine();
    const writes: number[][] = [];
    mmio(0x8000, {
      read: (offset, size) => offset * 16 + size,
      write: (offset, value, size) => void writes.push([offset, value, size]),
    });
    using cache = new MemoryRegionCache(space, 0x8010, 0x20, true);
    expect([cache.isDirect, cache.bytes, cache.view]).toEqual([false, null, null]);
    expect(cache.ld32le(8)).toBe(0x184);
    cache.st16be(2, 0x1234);
    const into = new Uint8Array(7);
    expect(cache.read(1, into)).toBe(MemTxResult.OK);
    expect([...into]).toEqual([0x11, 0x22, 1, 0x44, 1, 0, 0]);
    cache.write(3, Uint8Array.of(1, 2, 3));
    expect(writes).toEqual([
      [0x12, 0x3412, 2],
      [0x13, 1, 1],
      [0x14, 0x302, 2],
    ]);
    expect(cache.ld64le(0)).toBe(0x144_0000_0104n);
    cache.invalidate(0, 4);
  });

  it("ends with the section, except over a hole", () => {
    const { space, mmio } = makeMachine();
    mmio(0x8000, { read: () => 0 }, 0x1800);
    expect(new MemoryRegionCache(space, 0x8800, 0x10000, false).length).toBe(0x800);
    const hole = new MemoryRegionCache(space, 0x7000, 0x10000, false);
    expect([hole.length, hole.region.name]).toEqual([0x10000, "unassigned"]);
    const status = new TxStatus();
    expect(hole.ld32(0x1000, undefined, status)).toBe(0);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
  });

  it("reads ROM, refuses to write it, and writes once it may", () => {
    const { space, rom } = makeMachine();
    const region = rom(0x1000);
    using cache = new MemoryRegionCache(space, 0x1000, 0x100, true);
    const status = new TxStatus();
    expect([cache.isDirect, cache.ld16be(1, undefined, status)]).toEqual([false, 0x0102]);
    expect(status.ok).toBe(true);
    const into = new Uint8Array(3);
    expect(cache.read(5, into)).toBe(MemTxResult.OK);
    expect([...into]).toEqual([5, 6, 7]);
    cache.st8(1, 0xaa, undefined, status);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(cache.write(1, into)).toBe(MemTxResult.DECODE_ERROR);
    region.readonly = false;
    cache.st64le(0, 0x55n, undefined, status);
    expect([status.ok, cache.ld8(0)]).toEqual([true, 0x55]);
    expect(cache.write(1, into)).toBe(MemTxResult.OK);
    expect(cache.ld8(2)).toBe(6);
  });

  it("reads RAM devices with accesses of up to 8 bytes", () => {
    const { machine, root, space } = makeMachine();
    const memory = Uint8Array.from({ length: 0x1000 }, (_, i) => i);
    root.addSubregion(0, machine.ramDevice({ name: "bar", size: 0x1000, memory }));
    using cache = new MemoryRegionCache(space, 0x10, 0x40, true);
    expect([cache.isDirect, cache.ld64be(1)]).toEqual([false, 0x1112_1314_1516_1718n]);
    const into = new Uint8Array(11);
    expect(cache.read(3, into)).toBe(MemTxResult.OK);
    expect(into).toEqual(memory.slice(0x13, 0x1e));
    expect(cache.write(4, Uint8Array.of(1, 2, 3))).toBe(MemTxResult.OK);
    expect([...memory.subarray(0x14, 0x18)]).toEqual([1, 2, 3, 0x17]);
  });
});

describe("misuse of a cache", () => {
  it("throws before anything happens", () => {
    const { space, ram, mmio } = makeMachine();
    const bytes = ram(0x1000).ramBytes();
    const touched: number[] = [];
    mmio(0x8000, { read: (offset) => touched.push(offset), write: (o) => void touched.push(o) });
    for (const addr of [0x1000, 0x8000]) {
      const cache = new MemoryRegionCache(space, addr, 8, true);
      for (const offset of [-1, 5, 8, 0.5, Number.NaN, 2 ** 53]) {
        expect(() => cache.ld32le(offset)).toThrow(AddressError);
        expect(() => cache.ld64be(offset)).toThrow(AddressError);
        expect(() => cache.st32be(offset, 1)).toThrow(AddressError);
        expect(() => cache.st64(offset, 1n)).toThrow(AddressError);
        expect(() => cache.read(offset, new Uint8Array(4))).toThrow(AddressError);
        expect(() => cache.write(offset, new Uint8Array(4))).toThrow(AddressError);
        expect(() => cache.invalidate(offset, 4)).toThrow(AddressError);
      }
    }
    expect([...bytes.subarray(0, 4), ...touched]).toEqual([0, 1, 2, 3]);
  });

  it("of a cache for reading: no writes", () => {
    const { space, ram } = makeMachine();
    ram(0x1000);
    const cache = new MemoryRegionCache(space, 0x1000, 8, false);
    expect(() => cache.st8(0, 1)).toThrow("0x1000+0x8 ram@0x0 (direct) is for reading only");
    expect(() => cache.write(0, Uint8Array.of(1))).toThrow(LifecycleError);
    expect(() => cache.invalidate(0, 1)).toThrow(LifecycleError);
    expect(cache.ld8(0)).toBe(0);
  });

  it.each([
    ["0 bytes", 0x1000, 0],
    ["too many", 0x1000, 1n << 60n],
    ["no address", -1, 8],
    ["inexact", 2 ** 60, 8],
  ])("a cache of %s", (_what, addr, length) => {
    const { space } = makeMachine();
    expect(() => new MemoryRegionCache(space, addr, length, false)).toThrow(AddressError);
  });

  it("one that holds nothing, or has ended", () => {
    const { space, ram } = makeMachine();
    ram(0x1000);
    const ended = new MemoryRegionCache(space, 0x1000, 8, true);
    ended.destroy();
    for (const cache of [ended, MemoryRegionCache.invalid()]) {
      cache.destroy();
      expect([cache.isValid, cache.isDirect, cache.length]).toEqual([false, false, 0]);
      expect(() => cache.region).toThrow(LifecycleError);
      expect(() => cache.ld8(0)).toThrow(LifecycleError);
      expect(() => cache.st64(0, 0n)).toThrow(LifecycleError);
      expect(() => cache.read(0, new Uint8Array(0))).toThrow(LifecycleError);
      expect(() => cache.invalidate(0, 0)).toThrow(LifecycleError);
      expect(String(cache)).toBe("(nothing cached)");
    }
  });
});

/** An IOMMU that exchanges two pages, and counts how often it is asked. */
class SwappedPages extends MemoryRegion {
  asked = 0;
  target: AddressSpace | null = null;

  override get iommu(): IommuTranslator {
    return {
      attrsToIndex: () => 0,
      walk: IOMMU_WALK,
      translate: (addr) => {
        this.asked++;
        const iova = addr & ~0xfffn;
        const translatedAddr = 0x1_0000n + (iova ^ 0x1000n);
        return { targetAs: this.target, iova, translatedAddr, addrMask: 0xfffn, perm: 3 };
      },
    };
  }
}

describe("a cache behind an IOMMU", () => {
  function translated() {
    const { machine, root, space, bus, ram } = makeMachine();
    const memory = ram(0x1_0000);
    const init = { objects: machine.objects, klass: machine.objects.types.get("memory-region") };
    const spec = { kind: "iommu", name: "iommu", owner: null, size: 0x4000n } as const;
    const iommu = machine.adopt(new SwappedPages(init, machine, spec));
    iommu.target = space;
    root.addSubregion(0, iommu);
    return { space, bus, memory, iommu };
  }

  it("is translated anew at each access", () => {
    const { space, memory, iommu } = translated();
    using cache = new MemoryRegionCache(space, 0x800, 0x10000, true);
    expect([cache.isDirect, cache.length, cache.region, iommu.asked]).toEqual([
      false,
      0x3800,
      iommu,
      0,
    ]);
    memory.ramBytes().set([1, 2, 3, 4], 0x1900);
    expect(cache.ld32be(0x100)).toBe(0x0102_0304);
    cache.st16be(0x102, 0x0909);
    expect([...memory.ramBytes(0x1902, 2), iommu.asked]).toEqual([9, 9, 2]);
  });

  it("is translated once more for each page that it goes on to", () => {
    const { space, memory, iommu } = translated();
    using cache = new MemoryRegionCache(space, 0, 0x2000, true);
    const bytes = Uint8Array.from({ length: 0x20 }, (_, i) => i + 1);
    expect(cache.write(0xff0, bytes)).toBe(MemTxResult.OK);
    expect(memory.ramBytes().slice(0x1ff0, 0x2000)).toEqual(bytes.slice(0, 0x10));
    expect(memory.ramBytes().slice(0, 0x10)).toEqual(bytes.slice(0x10));
    const into = new Uint8Array(0x20);
    expect(cache.read(0xff0, into)).toBe(MemTxResult.OK);
    expect([into, iommu.asked]).toEqual([bytes, 4]);
  });

  it("ends where the translation leads nowhere", () => {
    const { space, iommu } = translated();
    iommu.target = null;
    using cache = new MemoryRegionCache(space, 0, 0x2000, true);
    const status = new TxStatus();
    expect(cache.ld8(0, undefined, status)).toBe(0);
    expect(status.result).toBe(MemTxResult.DECODE_ERROR);
    expect(cache.write(0, new Uint8Array(9))).toBe(MemTxResult.DECODE_ERROR);
  });

  it("lets go of all it held when a translation took the map away while it was made", () => {
    const { machine, root, space } = makeMachine();
    const parent = machine.objects.container("/machine");
    const owner = machine.objects.create(TYPE_DEVICE, { parent, name: "dimm" });
    owner.unref();
    const ram = machine.ram({ name: "ram", size: 0x1000, owner });
    root.addSubregion(0, ram);
    const init = { objects: machine.objects, klass: machine.objects.types.get("memory-region") };
    const spec = { kind: "iommu", name: "iommu", owner: null, size: 0x1000n } as const;
    const iommu = machine.adopt(new SwappedPages(init, machine, spec));
    root.addSubregion(0x1000, iommu);
    const translate = (): never => {
      if (ram.container) root.removeSubregion(ram);
      throw new Error("not mapped");
    };
    Object.defineProperty(iommu, "iommu", {
      value: { translate, attrsToIndex: () => 0, walk: IOMMU_WALK },
    });
    // The cache follows the memory to its end, which asks the IOMMU behind it.
    const cache = new MemoryRegionCache(space, 0, 0x2000, true);
    expect([cache.length, cache.ld32le(0), ram.container]).toEqual([0x1000, 0, null]);
    cache.destroy();
    owner.unparent();
    expect(machine.leaks()).toEqual([]);
    expect(owner.finalized).toBe(true);
  });
});
