import { internalsOf } from "@mem/core/plumbing";
import { describe, expect, it } from "vitest";
import {
  countDirtyPages,
  DirtyClient,
  KiB,
  Machine,
  type MemoryRegion,
  MemTxResult,
  resetDirty,
  snapshotAndClearDirty,
} from "../src/index.js";
import { Random } from "@mem/common";

const PAGE = 4096;
const PAGES = 24;

/** Whether a page is dirty for the display. */
const isDirtyPage = (ram: MemoryRegion, page: number): boolean =>
  countDirtyPages(ram, DirtyClient.VGA, { offset: page * PAGE, length: PAGE }) === 1;

function board(): {
  machine: Machine;
  ram: MemoryRegion;
  bus: ReturnType<Machine["addressSpace"]>;
} {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: PAGES * PAGE });
  root.addSubregion(0x4000, ram);
  return { machine, ram, bus: machine.addressSpace(root, "cpu") };
}

describe("stores that are logged", () => {
  it.each([1, 2, 3, 4, 5, 6])("are known to whoever asks, whenever he asks (seed %i)", (seed) => {
    const { ram, bus } = board();
    const random = new Random(seed);
    const dirty = new Set<number>();
    const isDirty = (page: number): boolean => isDirtyPage(ram, page);
    /** Steps after which an answer was not what it should be. */
    const wrong: number[] = [];
    let logging = true;
    ram.setLog(true);
    snapshotAndClearDirty(ram, 0, PAGES * PAGE, DirtyClient.VGA);
    for (let step = 0; step < 3000; step++) {
      const page = random.below(PAGES);
      switch (random.below(12)) {
        case 0:
          logging = !logging;
          ram.setLog(logging);
          break;
        case 1:
          resetDirty(ram, page * PAGE, PAGE, DirtyClient.VGA);
          dirty.delete(page);
          break;
        case 2: {
          const taken = snapshotAndClearDirty(ram, page * PAGE, PAGE, DirtyClient.VGA);
          if (taken.isDirty(page * PAGE, PAGE) !== dirty.has(page)) wrong.push(step);
          dirty.clear(); // groups of 64 pages are taken
          break;
        }
        case 3:
          if (isDirty(page) !== dirty.has(page)) wrong.push(step);
          break;
        default: {
          const size = ([1, 2, 4] as const)[random.below(3)] ?? 1;
          const at = random.below(PAGES * PAGE - 4);
          bus.store(0x4000 + at, size, step);
          if (!logging) break;
          dirty.add(Math.floor(at / PAGE));
          dirty.add(Math.floor((at + size - 1) / PAGE));
        }
      }
    }
    expect(wrong).toEqual([]);
    for (let page = 0; page < PAGES; page++)
      expect([page, isDirty(page)]).toEqual([page, dirty.has(page)]);
  });

  it("are known when they alternate between regions, and noted once for each", () => {
    const { machine, ram, bus } = board();
    const other = machine.ram({ name: "other", size: PAGES * PAGE });
    ram.container?.addSubregion(0x10_0000, other);
    for (const region of [ram, other]) {
      region.setLog(true);
      snapshotAndClearDirty(region, 0, PAGES * PAGE, DirtyClient.VGA);
    }
    for (let i = 0; i < 100; i++) {
      bus.store(0x4000 + (i % 3) * PAGE, 4, i);
      bus.store(0x10_0000 + (i % 5) * PAGE, 4, i);
    }
    expect([ram, other].map((region) => internalsOf(region).ramBlock?.deferredMarks.size)).toEqual([
      1, 1,
    ]);
    expect(countDirtyPages(ram, DirtyClient.VGA)).toBe(3);
    expect(countDirtyPages(other, DirtyClient.VGA)).toBe(5);
    other.enabled = false;
    expect([ram, other].map((region) => internalsOf(region).ramBlock?.deferredMarks.size)).toEqual([
      0, 0,
    ]);
  });

  it("are known after the region has gone from the map", () => {
    const { ram, bus } = board();
    ram.setLog(true);
    snapshotAndClearDirty(ram, 0, PAGES * PAGE, DirtyClient.VGA);
    bus.store(0x4000 + 5 * PAGE, 4, 1);
    ram.enabled = false;
    expect(isDirtyPage(ram, 5)).toBe(true);
    expect(isDirtyPage(ram, 6)).toBe(false);
  });
});

describe("what regions allow", () => {
  it("counts from the next access on, also within a transaction", () => {
    const { machine, ram, bus } = board();
    expect(bus.store(0x4000, 4, 1)).toBe(MemTxResult.OK);
    machine.transaction(() => {
      ram.readonly = true;
      expect(bus.store(0x4000, 4, 2)).not.toBe(MemTxResult.OK);
      ram.readonly = false;
      expect(bus.store(0x4000, 4, 3)).toBe(MemTxResult.OK);
    });
    expect(bus.load(0x4000, 4)).toBe(3);
  });
});

describe("whole pages", () => {
  it("are read as they are now, however often they were read before", () => {
    const { machine, ram, bus } = board();
    const into = new Uint8Array(4 * KiB);
    for (let round = 1; round < 4; round++) {
      ram.ramBytes().fill(round);
      expect(bus.read(0x4000 + 3 * PAGE, into)).toBe(MemTxResult.OK);
      expect(into.every((byte) => byte === round)).toBe(true);
    }
    ram.ramBytes().set([7, 8, 9], 3 * PAGE + 1);
    expect(bus.read(0x4000 + 3 * PAGE + 1, into)).toBe(MemTxResult.OK);
    expect([...into.subarray(0, 3)]).toEqual([7, 8, 9]);
    machine.transaction(() => void (ram.addr = 0x10_0000));
    bus.read(0x4000 + 3 * PAGE, into);
    expect(into.every((byte) => byte === 0)).toBe(true);
  });
});
