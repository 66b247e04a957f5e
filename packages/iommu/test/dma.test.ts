import { IommuAccess, MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { WindowTableIommu } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { Control, DESCRIPTOR_SIZE, DmaDevice, Register, Status } from "./dma-device.js";
import { makeGuest, PRESENT, WRITABLE } from "./page-table-guest.js";

const RW = PRESENT | WRITABLE;
const REGISTERS = 0x1000_0000;
/** Where the driver has the ring, and where the device sees it. */
const RING = 0x8000;
const RING_IOVA = 0xffff_f000;

/** A driver of the device, which sees guest memory as it is. */
class Driver {
  readonly #memory: AddressSpace;

  constructor(memory: AddressSpace) {
    this.#memory = memory;
  }

  /** Has the device copy these: from, to, length. */
  run(...copies: readonly (readonly [from: number, to: number, length: number])[]): void {
    copies.forEach((words, i) => {
      [...words, 0].forEach((word, n) => {
        this.#memory.store(RING + i * DESCRIPTOR_SIZE + n * 4, 4, word);
      });
    });
    this.#memory.store(REGISTERS + Register.RING, 4, RING_IOVA);
    this.#memory.store(REGISTERS + Register.COUNT, 4, copies.length);
    this.#memory.store(REGISTERS + Register.CONTROL, 4, Control.START | Control.INTERRUPT);
  }

  register(offset: number): number {
    return this.#memory.load(REGISTERS + offset, 4);
  }

  acknowledge(): void {
    this.#memory.store(REGISTERS + Register.STATUS, 4, ~0);
  }

  /** The result word of a descriptor. */
  result(i: number): number {
    return this.#memory.load(RING + i * DESCRIPTOR_SIZE + 12, 4);
  }
}

function makeBoard() {
  const guest = makeGuest();
  const { machine, system, memory, iommu, device: bus, tables, ram } = guest;
  const dma = new DmaDevice(machine, "dma", bus, iommu);
  system.addSubregion(REGISTERS, dma.registers);
  tables.set(RING_IOVA, BigInt(RING) | RW);
  // Three pages that lie next to each other for the device, and apart in memory.
  [0x20000, 0x13000, 0x31000].forEach((target, i) => {
    tables.set(0x1000 * (i + 1), BigInt(target) | RW);
  });
  tables.set(0x10_0000, 0x40000n | PRESENT);
  tables.set(0x20_0000, 0x50000n | RW);
  tables.set(0x20_1000, 0x60000n | RW);
  tables.set(0x20_2000, 0x52000n | RW);
  iommu.setRoot(0, tables.root);
  const bytes = ram.ramBytes();
  for (let i = 0; i < 0x80000; i++) bytes[i] = (i * 7 + (i >> 8) * 13) & 0xff;
  return { ...guest, bytes, dma, driver: new Driver(memory) };
}

describe("a device that copies memory through an IOMMU", () => {
  it("moves blocks over pages that lie apart", () => {
    const { driver, dma, bytes, iommu } = makeBoard();
    const expected = [
      ...bytes.slice(0x20800, 0x21000),
      ...bytes.slice(0x13000, 0x14000),
      ...bytes.slice(0x31000, 0x31400),
    ];
    driver.run([0x1800, 0x20_0400, 0x1c00], [0x10_0010, 0x20_2ff0, 0x10]);
    expect(driver.register(Register.STATUS)).toBe(Status.FINISHED);
    expect([driver.register(Register.DONE), dma.interrupt]).toEqual([2, true]);
    expect([driver.result(0), driver.result(1)]).toEqual([1, 1]);
    const found = [...bytes.slice(0x50400, 0x51000), ...bytes.slice(0x60000, 0x61000)];
    expect(found).toEqual(expected);
    expect(bytes.slice(0x52ff0, 0x53000)).toEqual(bytes.slice(0x40010, 0x40020));
    expect(iommu.faults.count).toBe(0);
    driver.acknowledge();
    expect([driver.register(Register.STATUS), dma.interrupt]).toEqual([0, false]);
  });

  it.each([
    ["nothing is mapped at the source", [0x7000, 0x1000, 16], 0x7000, IommuAccess.RO, "not-mapped"],
    [
      "nothing is mapped at its second page",
      [0x3ff8, 0x1000, 16],
      0x4000,
      IommuAccess.RO,
      "not-mapped",
    ],
    [
      "the destination is read-only",
      [0x1000, 0x10_0020, 16],
      0x10_0020,
      IommuAccess.WO,
      "permission",
    ],
  ] as const)("reports that %s", (_what, copy, iova, access, reason) => {
    const { driver, dma, iommu, bytes, log } = makeBoard();
    const before = bytes.slice();
    driver.run([0x1000, 0x2000, 4], copy, [0x1000, 0x2000, 4]);
    expect(driver.register(Register.STATUS)).toBe(Status.DMA_ERROR | Status.IOMMU_FAULT);
    expect(driver.register(Register.FAULT_ADDRESS)).toBe(iova);
    expect([driver.register(Register.DONE), dma.interrupt]).toEqual([1, true]);
    expect([driver.result(0), driver.result(1), driver.result(2)]).toEqual([1, 0x8000_0000, 0]);
    expect(iommu.faults.records).toEqual([{ iova: BigInt(iova), access, iommuIdx: 0, reason }]);
    expect(bytes.slice(0x40000, 0x41000)).toEqual(before.slice(0x40000, 0x41000));
    expect(log.filter((line) => line.includes("refused"))).toHaveLength(1);
  });

  it("goes by an old translation until that is invalidated", () => {
    const { driver, tables, iommu, bytes } = makeBoard();
    driver.run([0x1000, 0x20_0000, 8]);
    tables.set(0x20_0000, 0n);
    driver.acknowledge();
    bytes.fill(0x77, 0x20000, 0x20008);
    driver.run([0x1000, 0x20_0000, 8]);
    expect(driver.register(Register.STATUS)).toBe(Status.FINISHED);
    expect(bytes[0x50000]).toBe(0x77);
    iommu.invalidateRange(0, 0x20_0000, 0x1000);
    driver.acknowledge();
    driver.run([0x1000, 0x20_0000, 8]);
    expect(driver.register(Register.STATUS)).toBe(Status.DMA_ERROR | Status.IOMMU_FAULT);
    expect(iommu.faults.take()).toMatchObject({ iova: 0x20_0000n, reason: "not-mapped" });
  });

  it("whose ring cannot be read stops before it begins", () => {
    const { driver, iommu, tables } = makeBoard();
    tables.set(RING_IOVA, 0n);
    iommu.invalidateAll();
    driver.run([0x1000, 0x2000, 8]);
    expect(driver.register(Register.DONE)).toBe(0);
    expect(driver.register(Register.FAULT_ADDRESS)).toBe(RING_IOVA);
  });

  it("cannot reach its own registers by DMA", () => {
    const { driver, tables, iommu, log } = makeBoard();
    tables.set(0x30_0000, BigInt(REGISTERS) | RW);
    driver.run([0x1000, 0x30_0000, 4]);
    expect(driver.register(Register.STATUS)).toBe(Status.DMA_ERROR);
    expect(iommu.faults.count).toBe(0);
    expect(log.some((line) => line.includes("re-entrant access"))).toBe(true);
  });
});

describe("two devices behind one window table", () => {
  it("have tables of their own, and each hears of its faults", () => {
    const { machine, system, memory, ram } = makeGuest();
    const iommu = machine.adopt(
      new WindowTableIommu(machine, {
        name: "windows",
        size: 2n ** 32n,
        target: memory,
        indexes: 2,
        attrsToIndex: ({ requesterId }) => requesterId,
      }),
    );
    const bus = machine.addressSpace(iommu, "bus");
    const [first, second] = [0, 1].map((id) => new DmaDevice(machine, `dma${id}`, bus, iommu, id));
    if (!first || !second) throw new Error("no devices");
    system.addSubregion(REGISTERS, second.registers);
    iommu.addWindow({ iova: RING_IOVA, length: 0x1000, target: RING }, 1);
    iommu.addWindow({ iova: 0, length: 0x3000, target: 0x10_0000, perm: IommuAccess.RO }, 1);
    iommu.addWindow({ iova: 0x1_0000, length: 0x3000, target: 0x20_1000 }, 1);
    ram.ramBytes().fill(0x5a, 0x10_0ffe, 0x10_2002);
    const driver = new Driver(memory);
    driver.run([0xffe, 0x1_0ffe, 0x1004]);
    expect(driver.register(Register.STATUS)).toBe(Status.FINISHED);
    expect(
      ram
        .ramBytes()
        .slice(0x20_1ffe, 0x20_3002)
        .every((byte) => byte === 0x5a),
    ).toBe(true);
    driver.acknowledge();
    iommu.replaceWindow(0x1_0000, { iova: 0x1_0000, length: 0x2000, target: 0x30_0000 }, 1);
    driver.run([0xffe, 0x1_1ffe, 4]);
    expect(driver.register(Register.STATUS)).toBe(Status.DMA_ERROR | Status.IOMMU_FAULT);
    expect(driver.register(Register.FAULT_ADDRESS)).toBe(0x1_2000);
    expect(first.interrupt).toBe(false);
    expect(bus.store(0x1_0000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.records.map(({ iommuIdx, reason }) => [iommuIdx, reason])).toEqual([
      [1, "not-mapped"],
      [0, "not-mapped"],
    ]);
  });
});
