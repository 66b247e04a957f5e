import { Data64, memOp, memTxAttrs } from "@mem/flat";
import { IommuAccess } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./table-iommu.js";

describe("a device behind an IOMMU cannot", () => {
  it("reach memory that no translation leads to, by any form of access", () => {
    const { device, iommu, ram } = makeMachine();
    const [RO, RW] = [IommuAccess.RO, IommuAccess.RW];
    iommu.tables[0]?.set(0x1000n, { pa: 0x1_3000n, perm: RW });
    iommu.tables[0]?.set(0x2000n, { pa: 0x1_5000n, perm: RO });
    iommu.tables[0]?.set(0x4000n, { pa: 0x1_7000n, perm: IommuAccess.WO });
    const bytes = ram.ramBytes();
    const secret = 0xa5;
    bytes.fill(secret);
    // What can be read reads 0; what can be written only is a secret, too.
    bytes.fill(0, 0x3000, 0x4000);
    bytes.fill(0, 0x5000, 0x6000);
    const data = new Data64();
    for (const page of [0, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x8000]) {
      for (const offset of [0, 1, 7, 0x800, 0xff8, 0xff9, 0xffe, 0xfff]) {
        const at = page + offset;
        const seen = new Uint8Array(0x1100);
        device.read(at, seen);
        using mapped = device.map(at, 0x1100, { isWrite: false });
        device.loadData(at, memOp(8), data);
        const words = [device.load(at, 4), data.lo, data.hi];
        expect([...seen, ...(mapped?.bytes ?? [])].includes(secret), at.toString(16)).toBe(false);
        expect(words.every((word) => word === 0)).toBe(true);
        device.store(at, 4, 0);
        data.set(0, 0);
        device.storeData(at, memOp(8, "big"), data, memTxAttrs({ requesterId: 9 }));
        device.write(at, new Uint8Array(0x1100));
        device.set(at, 0, 0x1100);
        using written = device.map(at, 0x1100, { isWrite: true });
        written?.bytes.fill(0);
      }
    }
    for (const [page, isOpen] of [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => [
      i,
      [3, 5, 7].includes(i),
    ])) {
      const from = Number(page) * 0x1000;
      const isSecret = bytes.subarray(from, from + 0x1000).every((byte) => byte === secret);
      expect(isSecret, `page ${page}`).toBe(!isOpen);
    }
    // Nor write what it may only read.
    bytes.fill(secret, 0x5000, 0x6000);
    device.write(0x2000, new Uint8Array(0x1000));
    device.store(0x2ffe, 4, 0);
    expect(bytes.subarray(0x5000, 0x6000).every((byte) => byte === secret)).toBe(true);
  });
});
