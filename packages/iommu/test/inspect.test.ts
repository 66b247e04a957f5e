import { inspected } from "@mem/common";
import { IommuAccess } from "@mem/core";
import { Machine } from "@mem/flat";
import {
  FaultLog,
  IommuMemoryRegion,
  IommuNotifier,
  IommuNotifierFlag,
  Iotlb,
  PageTableIommu,
  WindowTableIommu,
} from "@mem/iommu";
import { describe, expect, it } from "vitest";

function board() {
  const machine = new Machine();
  const memory = machine.addressSpace(machine.ram({ name: "ram", size: 0x10000 }), "memory");
  return { machine, memory };
}

function windowed() {
  const { machine, memory } = board();
  const iommu = machine.adopt(
    new WindowTableIommu(machine, { name: "iommu", size: 0x10000, target: memory, indexes: 2 }),
  );
  iommu.addWindow({ iova: 0x1000, length: 0x2000, target: 0x4000 });
  iommu.addWindow({ iova: 0, length: 0x1000, target: 0, perm: IommuAccess.RO }, 1);
  return { iommu, device: machine.addressSpace(iommu, "device") };
}

describe("console.log of an IOMMU", () => {
  it("is the region, its tables, faults and windows", () => {
    const { iommu, device } = windowed();
    device.load(0x8000, 4);
    iommu.registerNotifier(
      new IommuNotifier({ flags: IommuNotifierFlag.IOTLB_EVENTS, end: 0xfff, notify() {} }),
    );
    expect(inspected(iommu).split("\n")).toEqual([
      "WindowTableIommu iommu (iommu, 0x10000 bytes)",
      "  told IommuNotifier UNMAP|MAP, 0x0-0xfff, table 0",
      "  tables 2",
      "  faults FaultLog, 1 of 16 record(s), 1 fault(s)",
      "  0x1000-0x2fff table 0: read and write of memory at 0x4000",
      "  0x0-0xfff table 1: read of memory at 0x0",
    ]);
    expect(inspected({ iommu })).toBe("{ iommu: WindowTableIommu iommu (iommu, 0x10000 bytes) }");
    expect(JSON.parse(JSON.stringify(iommu))).toMatchObject({
      name: "iommu",
      indexes: 2,
      notifyFlags: "UNMAP|MAP",
      notifiers: [{ start: "0x0", end: "0xfff" }],
      faults: { records: [{ iova: "0x8000", access: "read", reason: "not-mapped" }] },
      windows: [{ iova: "0x1000", last: "0x2fff", target: "0x4000", targetAs: "memory" }, {}],
    });
  });

  it("is no longer with many windows", () => {
    const { iommu } = windowed();
    for (let i = 4; i < 16; i++) {
      iommu.addWindow({ iova: i * 0x1000, length: 0x1000, target: 0 });
    }
    expect(inspected(iommu).split("\n")).toHaveLength(17);
    iommu.addWindow({ iova: 0x3000, length: 0x1000, target: 0 });
    expect(inspected(iommu).split("\n")).toHaveLength(18);
    iommu.addWindow({ iova: 0x1000, length: 0x1000, target: 0 }, 1);
    expect(inspected(iommu).split("\n").at(-1)).toBe("  … more");
    expect(inspected(iommu).split("\n")).toHaveLength(18);
  });

  it("has the roots and the cache of one with page tables", () => {
    const { machine, memory } = board();
    const iommu = machine.adopt(
      new PageTableIommu(machine, { name: "iommu", size: 0x10000, target: memory }),
    );
    iommu.setRoot(0, 0x2000);
    expect(inspected(iommu).split("\n").slice(3)).toEqual([
      "  cache Iotlb, 0 of 1024 entries, 0 hit(s), 0 miss(es), 0 eviction(s)",
      "  root table 0 at 0x2000",
    ]);
    expect(JSON.parse(JSON.stringify(iommu))).toMatchObject({
      roots: [{ index: 0, root: "0x2000" }],
      iotlb: { capacity: 1024, size: 0, hits: 0 },
    });
  });

  it("asks nothing of one that somebody wrote", () => {
    class Loud extends IommuMemoryRegion {
      override translate(): never {
        throw new Error("asked");
      }
      override numIndexes(): never {
        throw new Error("asked");
      }
      override mappings(): never {
        throw new Error("asked");
      }
    }
    const { machine } = board();
    const iommu = machine.adopt(new Loud(machine, { name: "mine", size: 0x1000 }));
    expect(inspected(iommu)).toBe("Loud mine (iommu, 0x1000 bytes)");
    expect(JSON.parse(JSON.stringify(iommu))).toMatchObject({ name: "mine", notifiers: [] });
  });
});

describe("console.log of what belongs to an IOMMU", () => {
  it("is a fault log with its records", () => {
    const log = new FaultLog(2);
    for (const iova of [0x5000n, 0x6000n, 0x7000n]) {
      log.record({ iova, access: IommuAccess.WO, iommuIdx: 1, reason: "permission" });
    }
    expect(inspected(log).split("\n")).toEqual([
      "FaultLog, 2 of 2 record(s), 3 fault(s), overflow",
      "  write at 0x5000, table 1: permission",
      "  write at 0x6000, table 1: permission",
    ]);
    expect(inspected([log])).toBe("[ FaultLog, 2 of 2 record(s), 3 fault(s), overflow ]");
    expect(JSON.parse(JSON.stringify(log))).toMatchObject({ count: 3, overflow: true, length: 2 });
  });

  it("is data of 256 records at most", () => {
    const log = new FaultLog(1024);
    for (let i = 0; i < 1000; i++) {
      const iova = BigInt(i) << 12n;
      log.record({ iova, access: IommuAccess.RO, iommuIdx: 0, reason: "not-mapped" });
    }
    const data = JSON.parse(JSON.stringify(log)) as { records: unknown[] };
    expect(data.records).toHaveLength(256);
    expect(inspected(log).split("\n").at(-1)).toBe("  … 984 more");
  });

  it("is a line of a notifier and of an IOTLB", () => {
    const flags = IommuNotifierFlag.DEVIOTLB_UNMAP;
    const notifier = new IommuNotifier({
      flags,
      start: 0x10,
      end: 0x1f,
      cropping: "exact",
      notify() {},
    });
    expect(inspected(notifier)).toBe("IommuNotifier DEVIOTLB_UNMAP, 0x10-0x1f, table 0, exact");
    const iotlb = new Iotlb(4);
    iotlb.lookup(0, 0);
    expect(String(iotlb)).toBe("Iotlb, 0 of 4 entries, 0 hit(s), 1 miss(es), 0 eviction(s)");
  });

  it("has colours where they are wanted, and the same text then", () => {
    const { iommu } = windowed();
    const coloured = inspected(iommu, { colors: true });
    expect(coloured).toContain("\u001b[");
    // eslint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(inspected(iommu));
  });
});
