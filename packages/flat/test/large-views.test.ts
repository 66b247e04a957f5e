import { Machine, MemTxResult } from "@mem/flat";
import { describe, expect, it } from "vitest";

describe("large views", () => {
  it("hold 100,000 sections, which QEMU's 4,095 forbid", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 1n << 64n });
    const regions = machine.transaction(() =>
      Array.from({ length: 100_000 }, (_, i) => {
        const region = machine.mmio({ name: null, size: 0x800, read: () => i });
        root.addSubregion(i * 0x1000, region);
        return region;
      }),
    );
    const bus = machine.addressSpace(root, "bus");
    expect(bus.flatView.length).toBe(100_000);
    for (let i = 0; i < 100_000; i += 997) {
      expect(bus.load(i * 0x1000 + 4, 4)).toBe(i);
      expect(bus.load(i * 0x1000 + 0x900, 4)).toBe(0);
      expect(bus.lastResult).toBe(MemTxResult.DECODE_ERROR);
    }
    const before = machine.renderStatistics.visits;
    const one = regions[50_000];
    if (!one) throw new Error("no region");
    one.enabled = false;
    expect(bus.flatView.length).toBe(99_999);
    one.enabled = true;
    expect(bus.load(50_000 * 0x1000, 4)).toBe(50_000);
    expect(machine.renderStatistics.visits - before).toBeLessThan(20);
  });

  it("show a background behind 50,000 regions in 100,001 pieces", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 1n << 64n });
    machine.transaction(() => {
      const back = machine.mmio({
        name: "back",
        size: 1n << 64n,
        wideOffsets: true,
        read: () => 9,
      });
      root.addSubregion(0, back, { priority: -1 });
      for (let i = 0; i < 50_000; i++) {
        root.addSubregion(
          0x1000 + i * 0x2000,
          machine.mmio({ name: null, size: 8, read: () => 1 }),
        );
      }
    });
    const bus = machine.addressSpace(root, "bus");
    expect(bus.flatView.length).toBe(100_001);
    expect([bus.load(0x1000, 4), bus.load(0x1008, 4), bus.load(0x3004, 4)]).toEqual([1, 9, 1]);
  });

  it("let a range of 2^64 hide another, which QEMU cannot", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 1n << 64n });
    const make = (name: string, value: number) =>
      machine.mmio({ name, size: 1n << 64n, wideOffsets: true, read: () => value });
    const [low, high] = [make("low", 1), make("high", 2)];
    root.addSubregion(0, low);
    root.addSubregion(0, high, { priority: 1 });
    const bus = machine.addressSpace(root, "bus");
    expect(bus.flatView.length).toBe(1);
    expect(bus.load(0x1234, 1)).toBe(2);
    const last = new Uint8Array(1);
    expect(bus.read((1n << 64n) - 1n, last)).toBe(MemTxResult.OK);
    expect(last[0]).toBe(2);
    high.enabled = false;
    expect(bus.load(0x1234, 1)).toBe(1);
  });
});
