import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { IommuMemoryRegion } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { Random, seeds } from "@mem/common";

/** Answers with one entry, whatever it is asked. */
class Fixed extends IommuMemoryRegion {
  entry: IommuTlbEntry<AddressSpace> | null = null;

  override translate(): IommuTlbEntry<AddressSpace> {
    if (this.entry === null) throw new Error("no entry");
    return this.entry;
  }
}

const machine = new Machine();
const target = machine.mmio({ name: "target", size: 2n ** 64n, wideOffsets: true, read: () => 0 });
const targetAs = machine.addressSpace(target, "target");
const iommu = machine.adopt(new Fixed(machine, { name: "iommu", size: 2n ** 64n }));
const device = machine.addressSpace(iommu, "device");

/** What an access to `addr` reaches through an entry. */
function reach(addr: bigint, translatedAddr: bigint, addrMask: bigint, length = 2n ** 64n) {
  const iova = addr & ~addrMask;
  iommu.entry = { targetAs, iova, translatedAddr, addrMask, perm: IommuAccess.RW };
  const { region, xlat, length: found } = device.translate(addr, length, false);
  expect(region).toBe(target);
  return { xlat, length: found };
}

/** The same by the rule. */
function rule(addr: bigint, translatedAddr: bigint, addrMask: bigint, length = 2n ** 64n) {
  const xlat = (translatedAddr & ~addrMask) | (addr & addrMask);
  const inPage = (xlat | addrMask) - xlat + 1n;
  return { xlat, length: inPage < length ? inPage : length };
}

describe("an entry", () => {
  it.each([
    ["one byte", 5n, 9n, 0n],
    ["a page", 0x1234n, 0x9000n, 0xfffn],
    ["an output that is not aligned", 0x1234n, 0x9876n, 0xfffn],
    ["2 GiB", 0x7fff_ffffn, 0x12_8000_0000n, 0x7fff_ffffn],
    ["4 GiB", 0x1_8000_0000n, 0x12_0000_0000n, 0xffff_ffffn],
    ["everything", 2n ** 64n - 1n, 0n, 2n ** 64n - 1n],
    ["the last page of exact numbers", 0xffen, 2n ** 53n - 0x1000n, 0xfffn],
    ["the first page behind them", 0xffen, 2n ** 53n, 0xfffn],
    ["the last page", 2n ** 64n - 2n, 2n ** 64n - 0x1000n, 0xfffn],
    ["an input with its bit 31 set", 0x8000_1234n, 0xffff_f000n, 0xfffn],
  ])("of %s leads to its output", (_what, addr, translatedAddr, addrMask) => {
    const expected = rule(addr, translatedAddr, addrMask);
    expect(reach(addr, translatedAddr, addrMask)).toEqual(expected);
    expect(reach(addr, translatedAddr, addrMask, 8n)).toEqual(
      rule(addr, translatedAddr, addrMask, 8n),
    );
  });

  it("whose mask has holes is none, and leads nowhere", () => {
    iommu.entry = {
      targetAs,
      iova: 0x10000n,
      translatedAddr: 0xf_0000n,
      addrMask: 0xf0f0n,
      perm: IommuAccess.RW,
    };
    expect(device.translate(0x12345n, 8, false).region).toBe(machine.unassigned);
  });

  it.each(seeds(10))("of any size leads to its output, seed %i", (seed) => {
    const random = new Random(seed);
    const bits = (count: number) => {
      const wide = (BigInt(random.below(2 ** 31)) << 33n) | (BigInt(random.below(2 ** 31)) * 3n);
      return wide & ((1n << BigInt(count)) - 1n);
    };
    for (let i = 0; i < 200; i++) {
      const addr = bits(random.below(65));
      const translatedAddr = bits(random.below(65));
      const addrMask = (1n << BigInt(random.below(65))) - 1n;
      const length = bits(random.below(20)) + 1n;
      expect(reach(addr, translatedAddr, addrMask, length)).toEqual(
        rule(addr, translatedAddr, addrMask, length),
      );
    }
  });
});
