import { IommuAccess, memTxAttrs, MemTxResult, RegionOptionsError } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { iommuOf, TYPE_IOMMU_MEMORY_REGION } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { BrokenIommu, makeMachine, TableIommu } from "./table-iommu.js";

describe("an access through an IOMMU", () => {
  it("goes where the table says, with its permissions", () => {
    const { iommu, device, ram } = makeMachine();
    iommu.tables[0]?.set(0x2000n, { pa: 0x15000n, perm: IommuAccess.RO });
    ram.ramBytes()[0x5010] = 0x42;
    expect(device.load(0x2010, 1)).toBe(0x42);
    expect(device.store(0x2010, 1, 1)).toBe(MemTxResult.DECODE_ERROR);
    iommu.tables[0]?.set(0x2000n, { pa: 0x15000n, perm: IommuAccess.RW });
    expect(device.store(0x2010, 1, 7)).toBe(MemTxResult.OK);
    expect(ram.ramBytes()[0x5010]).toBe(7);
    expect(iommu.asked).toEqual([
      [0x2010n, IommuAccess.RO, 0],
      [0x2010n, IommuAccess.WO, 0],
      [0x2010n, IommuAccess.WO, 0],
    ]);
  });

  it("uses the table that the attributes choose", () => {
    const { iommu, device, ram } = makeMachine();
    iommu.tables[1]?.set(0n, { pa: 0x18000n, perm: IommuAccess.RO });
    ram.ramBytes()[0x8000] = 9;
    expect(device.load(0, 1)).toBe(0);
    expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
    expect(device.load(0, 1, memTxAttrs({ secure: true }))).toBe(9);
  });

  it("translates each page of a long one", () => {
    const { iommu, device, ram } = makeMachine();
    iommu.tables[0]?.set(0n, { pa: 0x11000n, perm: IommuAccess.RW });
    iommu.tables[0]?.set(0x1000n, { pa: 0x10000n, perm: IommuAccess.RW });
    expect(device.write(0xffe, Uint8Array.of(1, 2, 3, 4))).toBe(MemTxResult.OK);
    const bytes = ram.ramBytes();
    expect([bytes[0x1ffe], bytes[0x1fff], bytes[0], bytes[1]]).toEqual([1, 2, 3, 4]);
  });

  it("survives an IOMMU that throws, or that leads nowhere", () => {
    const { machine, log, root, device, iommu } = makeMachine();
    const broken = machine.adopt(new BrokenIommu(machine, { name: "broken", size: 0x1000 }));
    root.addSubregion(0x2_0000, broken);
    expect(device.load(0x2_0000, 4)).toBe(0);
    expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
    expect(log.join()).toContain("broken[0]: a device callback threw: Error: no walk today");
    expect(device.iotlbEntry(0x2_0000, false)).toMatchObject({ targetAs: null, perm: 0 });
    iommu.target = null;
    iommu.tables[0]?.set(0n, { pa: 0n, perm: IommuAccess.RW });
    expect(device.read(0, new Uint8Array(4))).toBe(MemTxResult.DECODE_ERROR);
  });

  it("ends when IOMMUs translate in a circle", () => {
    const { iommu, device } = makeMachine();
    iommu.target = device;
    iommu.tables[0]?.set(0n, { pa: 0n, perm: IommuAccess.RW });
    expect(device.load(0, 4)).toBe(0);
    expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
  });
});

describe("what an IOMMU is", () => {
  it("is found from itself and from its aliases", () => {
    const { machine, iommu, ram } = makeMachine();
    const alias = machine.alias({ name: "window", size: 0x1000, target: iommu });
    const twice = machine.alias({ name: "window", size: 0x1000, target: alias });
    expect([iommuOf(iommu), iommuOf(twice), iommuOf(ram)]).toEqual([iommu, iommu, null]);
    expect([iommu.kind, internalsOf(iommu).isIommu, iommu.isRam]).toEqual(["iommu", true, false]);
    expect(iommu.canonicalPath()).toBe("/machine/unattached/iommu[0]");
  });

  it("has a type in the object tree, of its own if it wants", () => {
    const { machine, iommu } = makeMachine();
    expect(iommu.isA(TYPE_IOMMU_MEMORY_REGION)).toBe(true);
    const own = new TableIommu(machine, { name: "own", size: 1, type: "table-iommu" });
    expect(own.klass.name).toBe("table-iommu");
    expect(own.isA("memory-region")).toBe(true);
    const options = { name: "x", size: 1, type: "memory-region" };
    expect(() => new TableIommu(machine, options)).toThrow(RegionOptionsError);
  });

  it("has defaults for what it does not implement", () => {
    const { machine, iommu } = makeMachine();
    const plain = machine.adopt(new BrokenIommu(machine, { name: "plain", size: 1 }));
    expect(plain.getMinPageSize()).toBe(4096n);
    expect(plain.attrsToIndex(memTxAttrs({ secure: true }))).toBe(0);
    expect(plain.numIndexes()).toBe(1);
    expect(plain.getAttr(0)).toBeUndefined();
    expect(() => iommu.setPageSizeMask(0x4020_1000n)).not.toThrow();
    expect(() => iommu.setPageSizeMask(0n)).toThrow(RegionOptionsError);
  });
});
