import { IommuAccess, RegionOptionsError } from "@mem/core";
import {
  BitmapRamDiscardManager,
  DiscardStatus,
  getRamDiscardManager,
  hasRamDiscardManager,
  setRamDiscardManager,
  translateIotlb,
} from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

function entry(translatedAddr: bigint, addrMask: bigint, perm: number = IommuAccess.RW) {
  return { targetAs: null, iova: 0n, translatedAddr, addrMask, perm };
}

describe("the manager of a region", () => {
  it("is one at a time", () => {
    const { ram, manager } = makeMachine();
    expect([hasRamDiscardManager(ram), getRamDiscardManager(ram)]).toEqual([false, null]);
    expect(setRamDiscardManager(ram, manager)).toBe(DiscardStatus.OK);
    const other = new BitmapRamDiscardManager(ram, 0x1000);
    expect(setRamDiscardManager(ram, other)).toBe(DiscardStatus.BUSY);
    expect([hasRamDiscardManager(ram), getRamDiscardManager(ram)]).toEqual([true, manager]);
    expect(setRamDiscardManager(ram, null)).toBe(DiscardStatus.OK);
    expect(setRamDiscardManager(ram, null)).toBe(DiscardStatus.OK);
    expect(hasRamDiscardManager(ram)).toBe(false);
  });

  it("needs RAM", () => {
    const { system, manager } = makeMachine();
    expect(() => setRamDiscardManager(system, manager)).toThrow(RegionOptionsError);
    expect(getRamDiscardManager(system)).toBeNull();
  });
});

describe("the memory behind a translation", () => {
  it("is found, with what may be done to it", () => {
    const { memory, ram } = makeMachine();
    const found = (perm: number) => translateIotlb(memory, entry(0x12000n, 0xfffn, perm));
    expect(found(IommuAccess.RW)).toEqual({
      ok: true,
      region: ram,
      xlat: 0x2000n,
      readonly: false,
    });
    expect(found(IommuAccess.RO)).toMatchObject({ ok: true, readonly: true });
    ram.readonly = true;
    expect(found(IommuAccess.RW)).toMatchObject({ ok: true, readonly: true });
  });

  it("must be RAM", () => {
    const { machine, system, memory } = makeMachine();
    system.addSubregion(0xf_0000, machine.mmio({ name: "io", size: 0x1000, read: () => 0 }));
    expect(translateIotlb(memory, entry(0xf_0080n, 0xfn))).toEqual({
      ok: false,
      error: "iommu map to non memory area 80",
    });
    expect(translateIotlb(memory, entry(0xabc_0000n, 0xfffn))).toEqual({
      ok: false,
      error: "iommu map to non memory area abc0000",
    });
  });

  it("must be populated", () => {
    const { memory, ram, manager } = makeMachine();
    setRamDiscardManager(ram, manager);
    manager.populate(0x2000, 0x1000);
    expect(translateIotlb(memory, entry(0x12000n, 0xfffn)).ok).toBe(true);
    expect(translateIotlb(memory, entry(0x12000n, 0x1fffn))).toEqual({
      ok: false,
      error: "iommu map to discarded memory (e.g., unplugged via virtio-mem): 12000",
    });
  });

  it("must be as large as the entry", () => {
    const { memory } = makeMachine();
    expect(translateIotlb(memory, entry(0x1f800n, 0xfffn))).toEqual({
      ok: false,
      error: "iommu has granularity incompatible with target AS",
    });
  });
});
