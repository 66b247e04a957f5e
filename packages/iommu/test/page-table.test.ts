import {
  AddressError,
  GiB,
  IommuAccess,
  type IommuTlbEntry,
  memTxAttrs,
  MemTxResult,
  MiB,
  RegionOptionsError,
} from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import {
  ALL_PAGE_SIZES,
  DMA_FORMAT,
  IommuMemoryRegion,
  IommuRefusedError,
  PageTableIommu,
} from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { ACCESSED, DIRTY, LARGE, makeGuest, PRESENT, WRITABLE } from "./page-table-guest.js";

const RW = PRESENT | WRITABLE;

describe("a walk", () => {
  it("finds pages of 4 KiB, 2 MiB and 1 GiB", () => {
    const { iommu, tables, device, ram } = makeGuest();
    tables.set(0x7f_1234_5000, 0x3000n | RW);
    tables.set(0x7f_4000_0000, BigInt(2 * MiB) | RW | LARGE, 2);
    tables.set(0x55_8000_0000, BigInt(5 * GiB) | RW | LARGE | 0x1000n, 3);
    iommu.setRoot(0, tables.root);
    expect(device.store(0x7f_1234_5678, 4, 0xabcd)).toBe(MemTxResult.OK);
    expect(ram.ramBytes()[0x3678]).toBe(0xcd);
    expect(device.store(0x7f_4012_3456, 1, 7)).toBe(MemTxResult.OK);
    expect(ram.ramBytes()[2 * MiB + 0x12_3456]).toBe(7);
    const large = iommu.translate(0x55_9234_5678n, IommuAccess.NONE, 0);
    expect(large).toMatchObject({
      iova: 0x55_8000_0000n,
      translatedAddr: BigInt(5 * GiB),
      addrMask: BigInt(GiB - 1),
      perm: IommuAccess.RW,
    });
    expect(iommu.faults.length).toBe(0);
  });

  it("of three levels has 39 bits of input", () => {
    const { iommu, tables, device } = makeGuest({ levels: 3 });
    tables.set(2 ** 39 - 0x1000, 0x3000n | RW);
    iommu.setRoot(0, tables.root);
    expect(device.store(2 ** 39 - 4, 4, 1)).toBe(MemTxResult.OK);
    expect(device.store(2 ** 39, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.take()).toEqual({
      iova: 2n ** 39n,
      access: IommuAccess.WO,
      iommuIdx: 0,
      reason: "out-of-range",
    });
  });

  it("allows what all entries on the way allow", () => {
    const { iommu, tables, device } = makeGuest();
    tables.set(0x1000, 0x3000n | RW, 1, PRESENT);
    iommu.setRoot(0, tables.root);
    expect(iommu.translate(0x1000n, IommuAccess.NONE, 0).perm).toBe(IommuAccess.RO);
    expect(device.load(0x1000, 4)).toBe(0);
    expect(device.lastResult).toBe(MemTxResult.OK);
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.records).toMatchObject([{ reason: "permission", access: IommuAccess.WO }]);
  });

  it("in the format of DMA tables knows pages that can only be written", () => {
    const { iommu, tables, device } = makeGuest({ format: DMA_FORMAT });
    tables.set(0x1000, 0x3000n | 2n);
    tables.set(0x2000, 0x4000n | 1n);
    iommu.setRoot(0, tables.root);
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.OK);
    device.load(0x1000, 4);
    expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
    expect(device.store(0x2000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.records.map(({ reason }) => reason)).toEqual(["permission", "permission"]);
  });

  it.each([
    ["nothing is mapped", 0n, 1, "not-mapped"],
    ["an address bit is beyond those there are", (1n << 40n) | RW, 1, "reserved-bit"],
    ["a table's address bit is", (1n << 51n) | RW, 3, "reserved-bit"],
    ["a large page is not aligned", BigInt(MiB) | RW | LARGE, 2, "reserved-bit"],
    ["a page of 512 GiB is asked for", RW | LARGE, 4, "page-size"],
    ["a size is not allowed", RW | LARGE, 3, "page-size"],
    ["a table is in a hole", 0x7_0000_0000n | RW, 2, "table-access"],
  ] as const)("faults when %s", (_what, entry, level, reason) => {
    const sizes = ALL_PAGE_SIZES & ~GiB;
    const { iommu, tables, device, log } = makeGuest({ addressBits: 40, pageSizes: sizes });
    tables.set(0x1000, entry, level);
    iommu.setRoot(0, tables.root);
    for (let i = 0; i < 2; i++) {
      expect(device.load(0x1abc, 4)).toBe(0);
      expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
    }
    const fault = { iova: 0x1abcn, access: IommuAccess.RO, iommuIdx: 0, reason };
    expect([iommu.faults.records, iommu.faults.count]).toEqual([[fault], 2]);
    expect(log).toEqual([
      `guest_error: /machine/unattached/iommu[0]: read at 0x1abc refused: ${reason}, table 0; ` +
        `faults like it are recorded and not logged`,
    ]);
    expect(iommu.iotlb.size).toBe(0);
  });

  it("is refused where a device answers in place of a table, and does not reach it", () => {
    const { machine, system, iommu, tables, device } = makeGuest();
    let reads = 0;
    const registers = machine.mmio({
      name: "registers",
      size: 0x1000,
      read: () => ++reads,
    });
    system.addSubregion(0x1000_0000, registers);
    tables.set(0x1000, 0x1000_0000n | RW, 2);
    iommu.setRoot(0, tables.root);
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.take()?.reason).toBe("table-access");
    iommu.setRoot(0, 0x1000_0000);
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.take()?.reason).toBe("table-access");
    expect(reads).toBe(0);
  });

  it("through tables that lead back to themselves ends, and so does listing them", () => {
    const { iommu, tables, device, log } = makeGuest();
    for (let i = 0; i < 512; i++) tables.write(tables.root + i * 8, BigInt(tables.root) | RW);
    iommu.setRoot(0, tables.root);
    expect(device.load(0x1238, 4)).toBe(Number(tables.read(tables.root + 0x238)) >>> 0);
    expect(iommu.translate(0xfedc_ba98_7000n, IommuAccess.NONE, 0)).toMatchObject({
      translatedAddr: BigInt(tables.root),
      perm: IommuAccess.RW,
    });
    expect(iommu.mappings(0).length).toBe(1 << 20);
    expect(log.at(-1)).toContain("pages from 0x100000000 on are not reported");
  });

  it("lists no more of tables than can be read in a moment, though they map nothing", () => {
    const { iommu, tables, log } = makeGuest();
    const chain = [tables.root, tables.allocate(), tables.allocate(), tables.allocate()];
    for (let i = 0; i + 1 < chain.length; i++) {
      for (let at = 0; at < 4096; at += 8) {
        tables.write((chain[i] ?? 0) + at, BigInt(chain[i + 1] ?? 0) | RW);
      }
    }
    iommu.setRoot(0, tables.root);
    expect(iommu.mappings(0)).toEqual([]);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain("too large to read; pages from 0x");
  });

  it("may read tables in another address space, with attributes", () => {
    const { machine, memory } = makeGuest();
    const hidden = machine.ram({ name: "hidden", size: 0x4000 });
    const gate = machine.adopt(
      new PageTableIommu(machine, {
        name: "gate",
        size: 0x1_0000,
        target: machine.addressSpace(hidden, "hidden"),
        indexes: 2,
        attrsToIndex: ({ secure }) => (secure ? 1 : 0),
      }),
    );
    const behind = machine.addressSpace(gate, "behind the gate");
    const iommu = machine.adopt(
      new PageTableIommu(machine, {
        name: "outer",
        size: 2n ** 48n,
        target: memory,
        tables: behind,
        tableAttrs: memTxAttrs({ secure: true }),
      }),
    );
    iommu.setRoot(0, 0);
    const device = machine.addressSpace(iommu, "outer device");
    expect(device.store(0, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(gate.faults.take()).toMatchObject({ iommuIdx: 1, reason: "no-table" });
    expect(iommu.faults.take()).toMatchObject({ reason: "table-access" });
  });

  it("during which somebody invalidates is not held in the IOTLB", () => {
    const { machine, memory, tables } = makeGuest();
    tables.set(0x1000, 0x3000n | RW);
    let isRestless = true;
    class Restless extends IommuMemoryRegion {
      override translate(addr: bigint): IommuTlbEntry<AddressSpace> {
        if (isRestless) iommu.invalidateAll();
        const perm = IommuAccess.RW;
        return {
          targetAs: memory,
          iova: addr & ~7n,
          translatedAddr: addr & ~7n,
          addrMask: 7n,
          perm,
        };
      }
    }
    const gate = machine.adopt(new Restless(machine, { name: "gate", size: 2n ** 32n }));
    const iommu: PageTableIommu = machine.adopt(
      new PageTableIommu(machine, {
        name: "outer",
        size: 2n ** 48n,
        target: memory,
        tables: machine.addressSpace(gate, "tables"),
      }),
    );
    iommu.setRoot(0, tables.root);
    expect(iommu.translate(0x1000n, IommuAccess.RO, 0).translatedAddr).toBe(0x3000n);
    expect(iommu.iotlb.size).toBe(0);
    isRestless = false;
    expect(iommu.translate(0x1000n, IommuAccess.RO, 0).translatedAddr).toBe(0x3000n);
    expect(iommu.iotlb.size).toBe(1);
  });

  it("that needs a translation by its own table is refused", () => {
    const { machine, memory } = makeGuest();
    const root = machine.container({ name: "loop", size: 2n ** 48n });
    const space = machine.addressSpace(root, "loop");
    const iommu = machine.adopt(
      new PageTableIommu(machine, { name: "own", size: 2n ** 48n, target: memory, tables: space }),
    );
    root.addSubregion(0, iommu);
    iommu.setRoot(0, 0x1000);
    expect(space.store(0x5000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.records.map(({ reason }) => reason)).toEqual([
      "table-recursion",
      "table-access",
    ]);
    expect(space.store(0x5000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
  });
});

describe("tables", () => {
  it("are chosen by the attributes, each with its root", () => {
    const { iommu, tables, device } = makeGuest({
      indexes: 3,
      attrsToIndex: ({ requesterId }) => requesterId,
    });
    tables.set(0x1000, 0x3000n | RW);
    iommu.setRoot(1, tables.root);
    const by = (requesterId: number) => device.store(0x1000, 4, 1, memTxAttrs({ requesterId }));
    expect([by(0), by(1), by(2), by(3)]).toEqual([2, 0, 2, 2]);
    expect(iommu.faults.records.map(({ iommuIdx, reason }) => [iommuIdx, reason])).toEqual([
      [0, "no-table"],
      [2, "no-table"],
      [3, "no-table"],
    ]);
    expect([iommu.root(0), iommu.root(1)]).toEqual([null, tables.root]);
    iommu.setRoot(1, null);
    expect(by(1)).toBe(MemTxResult.DECODE_ERROR);
  });

  it("are marked as used and written where that was asked for", () => {
    const { iommu, tables, device } = makeGuest({ accessedDirty: true });
    tables.set(0x1000, 0x3000n | RW);
    tables.set(0x2000, 0x4000n | PRESENT);
    iommu.setRoot(0, tables.root);
    const leaf = tables.find(0x1000, 1) ?? 0;
    const readOnly = tables.find(0x2000, 1) ?? 0;
    iommu.translate(0x1000n, IommuAccess.NONE, 0);
    expect(tables.read(leaf)).toBe(0x3000n | RW);
    device.load(0x1000, 4);
    expect(tables.read(leaf)).toBe(0x3000n | RW | ACCESSED);
    expect(tables.read(tables.find(0x1000, 3) ?? 0) & (ACCESSED | DIRTY)).toBe(ACCESSED);
    device.store(0x1000, 4, 1);
    expect(tables.read(leaf)).toBe(0x3000n | RW | ACCESSED | DIRTY);
    expect(device.store(0x2000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(tables.read(readOnly)).toBe(0x4000n | PRESENT);
    tables.write(leaf, 0x3000n | RW);
    device.store(0x1000, 4, 2);
    expect(tables.read(leaf), "the IOTLB knows that the page is dirty").toBe(0x3000n | RW);
  });

  it("that cannot be marked make a fault", () => {
    const { machine, memory, system } = makeGuest();
    const contents = new Uint8Array(0x4000);
    const view = new DataView(contents.buffer);
    view.setBigUint64(0, 0x1000_1000n | RW, true);
    view.setBigUint64(0x1000, 0x1000_2000n | RW, true);
    view.setBigUint64(0x2000, 0x3000n | RW, true);
    const rom = machine.rom({ name: "rom", size: 0x4000, memory: contents.buffer });
    system.addSubregion(0x1000_0000, rom);
    const options = { name: "iommu", size: 2n ** 39n, target: memory, levels: 3 as const };
    for (const accessedDirty of [false, true]) {
      const iommu = machine.adopt(new PageTableIommu(machine, { ...options, accessedDirty }));
      iommu.setRoot(0, 0x1000_0000);
      const device = machine.addressSpace(iommu, `device ${accessedDirty}`);
      expect(device.store(0, 4, 1)).toBe(accessedDirty ? MemTxResult.DECODE_ERROR : MemTxResult.OK);
      expect(iommu.faults.take()?.reason).toBe(accessedDirty ? "table-access" : undefined);
    }
  });
});

describe("page sizes", () => {
  it("can be restricted to those of a host", () => {
    const { iommu, tables, device } = makeGuest();
    tables.set(0, BigInt(2 * MiB) | RW | LARGE, 2);
    tables.set(8 * MiB, 0x3000n | RW);
    iommu.setRoot(0, tables.root);
    expect([device.store(0, 4, 1), device.store(8 * MiB, 4, 1)]).toEqual([0, 0]);
    expect(iommu.getMinPageSize()).toBe(4096n);
    expect(() => iommu.setPageSizeMask(0xffff_ffff_ffff_f000n)).not.toThrow();
    expect(iommu.iotlb.size).toBe(2);
    iommu.setPageSizeMask(BigInt(2 * MiB));
    expect(iommu.getMinPageSize()).toBe(BigInt(2 * MiB));
    expect([device.store(0, 4, 1), device.store(8 * MiB, 4, 1)]).toEqual([0, 2]);
    expect(iommu.faults.take()).toMatchObject({ reason: "page-size" });
    expect(() => iommu.setPageSizeMask(0x1_0000n)).toThrow(IommuRefusedError);
    expect(iommu.mappings(0).length).toBe(1);
    iommu.setPageSizeMask(0x40201000n);
    expect(device.store(8 * MiB, 4, 1)).toBe(MemTxResult.OK);
  });
});

describe("misuse", () => {
  it.each([
    ["levels", { levels: 5 as unknown as 4 }],
    ["address bits", { addressBits: 53 }],
    ["page sizes", { pageSizes: 0x1_0000 }],
    ["no page sizes", { pageSizes: 0 }],
    ["IOTLB entries", { iotlbEntries: 1000 }],
    ["fault records", { faultRecords: 0 }],
    ["indexes", { indexes: 0 }],
    ["too many indexes", { indexes: 2 ** 31 }],
  ])("of %s is refused", (_what, options) => {
    expect(() => makeGuest(options)).toThrow(RegionOptionsError);
  });

  it("of roots and indexes changes nothing", () => {
    const { iommu, tables } = makeGuest();
    iommu.setRoot(0, tables.root);
    for (const wrong of [0x1001, 2 ** 52, -1, 1.5]) {
      expect(() => iommu.setRoot(0, wrong)).toThrow(AddressError);
    }
    expect(() => iommu.setRoot(1, 0)).toThrow(RegionOptionsError);
    expect(() => iommu.root(-1)).toThrow("table -1 of 1");
    expect(() => iommu.invalidateIndex(7)).toThrow(RegionOptionsError);
    expect(() => iommu.invalidateRange(0, -1, 1)).toThrow(AddressError);
    expect(iommu.root(0)).toBe(tables.root);
  });
});
