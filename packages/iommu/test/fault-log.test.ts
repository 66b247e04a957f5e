import { IommuAccess, MemTxResult, RegionOptionsError } from "@mem/core";
import { FaultLog, type IommuFault } from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { makeGuest } from "./page-table-guest.js";

function fault(iova: number): IommuFault {
  return { iova: BigInt(iova * 0x1000), access: IommuAccess.RO, iommuIdx: 0, reason: "not-mapped" };
}

describe("a fault log", () => {
  it("keeps the first faults, and says when one was lost", () => {
    const log = new FaultLog(2);
    for (const iova of [1, 2]) log.record(fault(iova));
    expect([log.length, log.overflow, log.count]).toEqual([2, false, 2]);
    log.record(fault(3));
    expect([log.length, log.overflow, log.count]).toEqual([2, true, 3]);
    expect(log.peek()).toEqual(fault(1));
    expect(log.take()).toEqual(fault(1));
    expect(log.overflow).toBe(true);
    log.record(fault(4));
    expect(log.records).toEqual([fault(2), fault(4)]);
    log.clearOverflow();
    expect([log.overflow, log.length]).toEqual([false, 2]);
    expect([log.take(), log.take(), log.take(), log.peek()]).toEqual([
      fault(2),
      fault(4),
      undefined,
      undefined,
    ]);
  });

  it("counts repeats and does not record them, while there is something to repeat", () => {
    const log = new FaultLog(8);
    let heard = 0;
    log.onFault(() => heard++);
    const first = fault(1);
    log.record(first);
    log.record({ ...first, iova: first.iova + 0xfffn });
    expect([log.records, log.count, heard]).toEqual([[first], 2, 1]);
    const others: IommuFault[] = [
      { ...first, iova: first.iova + 0x1000n },
      { ...first, access: IommuAccess.WO },
      { ...first, iommuIdx: 1 },
      { ...first, reason: "permission" },
      first,
    ];
    for (const other of others) log.record(other);
    expect(log.records).toEqual([first, ...others]);
    while (log.length > 1) log.take();
    log.record(first);
    expect([log.length, log.count, heard]).toEqual([1, 8, 6]);
    log.take();
    log.record(first);
    expect([log.length, log.count, heard]).toEqual([1, 9, 7]);
  });

  it("can be cleared", () => {
    const log = new FaultLog(1);
    for (const iova of [1, 2]) log.record(fault(iova));
    log.clear();
    expect([log.length, log.overflow, log.records]).toEqual([0, false, []]);
    log.record(fault(5));
    expect(log.records).toEqual([fault(5)]);
  });

  it("tells listeners of each fault, lost ones too, until they leave", () => {
    const errors: unknown[] = [];
    const log = new FaultLog(1, (error) => errors.push(error));
    const heard: [bigint, number, boolean][] = [];
    log.onFault(() => {
      throw new Error("deaf");
    });
    const listener = log.onFault(({ iova }, { length, overflow }) =>
      heard.push([iova, length, overflow]),
    );
    log.record(fault(1));
    log.record(fault(2));
    listener[Symbol.dispose]();
    log.record(fault(3));
    expect(heard).toEqual([
      [0x1000n, 1, false],
      [0x2000n, 1, true],
    ]);
    expect(errors.map(String)).toEqual(["Error: deaf", "Error: deaf", "Error: deaf"]);
  });

  it("hears of a listener's promise that is rejected", async () => {
    const errors: unknown[] = [];
    const log = new FaultLog(1, (error) => errors.push(error));
    log.onFault(() => Promise.reject(new Error("asleep")));
    log.record(fault(1));
    expect(errors).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(errors.map(String)).toEqual(["Error: asleep"]);
  });

  it("of nobody drops what listeners throw, and tells the next", () => {
    const log = new FaultLog();
    let heard = 0;
    log.onFault(() => {
      throw new Error("deaf");
    });
    log.onFault(() => heard++);
    log.record(fault(1));
    expect([log.length, heard]).toEqual([1, 1]);
  });

  it("of an IOMMU has what listeners throw in the machine's log", () => {
    const { iommu, device, log } = makeGuest();
    iommu.faults.onFault(() => {
      throw new Error("deaf");
    });
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(iommu.faults.length).toBe(1);
    expect(log.filter((line) => line.includes("deaf"))).toHaveLength(1);
  });

  it.each([0, -1, 1.5, 65537])("cannot have %d records", (capacity) => {
    expect(() => new FaultLog(capacity)).toThrow(RegionOptionsError);
  });
});
