import { IommuAccess, type IommuTlbEntry, MemTxResult } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { MAX_IOMMU_HOPS } from "@mem/flat/plumbing";
import { IommuMemoryRegion } from "@mem/iommu";
import { describe, expect, it } from "vitest";

/** Leads on by 0x1000. */
class Step extends IommuMemoryRegion {
  target: AddressSpace | null = null;

  override translate(addr: bigint): IommuTlbEntry<AddressSpace> {
    const iova = addr & ~0xfffn;
    const { target: targetAs } = this;
    return {
      targetAs,
      iova,
      translatedAddr: iova + 0x1000n,
      addrMask: 0xfffn,
      perm: IommuAccess.RW,
    };
  }
}

/** Address spaces that lead to RAM through `length` IOMMUs, one behind the other. */
function chain(length: number) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const ram = machine.ram({ name: "ram", size: 0x10_0000 });
  let space = machine.addressSpace(ram, "memory");
  for (let i = length; i > 0; i--) {
    const step = machine.adopt(new Step(machine, { name: `step ${i}`, size: 2n ** 32n }));
    step.target = space;
    space = machine.addressSpace(step, `behind ${i}`);
  }
  return { log, ram, device: space };
}

describe("IOMMUs one behind the other", () => {
  it("all translate, up to the limit", () => {
    const { log, ram, device } = chain(MAX_IOMMU_HOPS);
    expect(device.store(0x10, 4, 0x1234)).toBe(MemTxResult.OK);
    expect(device.load(0x10, 4)).toBe(0x1234);
    expect(ram.ramBytes()[MAX_IOMMU_HOPS * 0x1000 + 0x10]).toBe(0x34);
    expect(device.iotlbEntry(0x10, true)).toMatchObject({
      translatedAddr: BigInt(MAX_IOMMU_HOPS * 0x1000),
      perm: IommuAccess.RW,
    });
    expect(log).toEqual([]);
  });

  it("beyond it lead nowhere, and say so once", () => {
    const { log, ram, device } = chain(MAX_IOMMU_HOPS + 1);
    for (let i = 0; i < 3; i++) {
      expect(device.store(0x10, 4, 0x1234)).toBe(MemTxResult.DECODE_ERROR);
      expect([device.load(0x10, 4), device.lastResult]).toEqual([0, MemTxResult.DECODE_ERROR]);
      const bytes = new Uint8Array(8).fill(0xee);
      expect(device.read(0xffc, bytes)).toBe(MemTxResult.DECODE_ERROR);
      expect(device.accessValid(0x10, 4, false)).toBe(false);
      expect(device.iotlbEntry(0x10, false)).toMatchObject({ targetAs: null, perm: 0 });
    }
    expect(ram.ramBytes().every((byte) => byte === 0)).toBe(true);
    expect(log).toEqual([
      "guest_error: /machine/unattached/step 65[0]: more than 64 translations of one access; refused",
    ]);
  });
});
