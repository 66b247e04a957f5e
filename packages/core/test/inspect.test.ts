import { internalsOf, systemInternals } from "@mem/core/plumbing";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { addEventfd, Data64, DeviceObject, DirtyBitmap, MemorySystem } from "../src/index.js";
import { CallbackList } from "../src/plumbing.js";

function board() {
  let calls = 0;
  const memory = new MemorySystem();
  const system = memory.container({ name: "system", size: 0x10000 });
  const ram = memory.ram({ name: "ram", size: 0x8000 });
  const uart = memory.mmio({ name: "uart", size: 8, read: () => calls++ });
  const rom = memory.rom({ name: "bios", size: 0x1000 });
  system.addSubregion(0, ram);
  system.addSubregion(0x4000, uart, { priority: 1 });
  system.addSubregion(0xf000, rom);
  const mirror = memory.alias({ name: "mirror", size: 0x1000, target: ram, offset: 0x2000 });
  system.addSubregion(0x9000, mirror);
  return { memory, system, ram, uart, mirror, calls: () => calls };
}

describe("what console.log shows", () => {
  it("of a region is a map, and one line where it is a part of something", () => {
    const { system, uart, mirror, calls } = board();
    uart.enabled = false;
    expect(inspect(system)).toBe(
      [
        "MemoryRegion system (container, 0x10000 bytes)",
        "  4000-4007 (prio 1, mmio): uart [disabled]",
        "  9000-9fff (prio 0, alias): mirror",
        "  f000-ffff (prio 0, rom): bios",
        "  0000-7fff (prio 0, ram): ram",
      ].join("\n"),
    );
    expect(inspect([uart])).toBe(
      "[ MemoryRegion uart (mmio, 0x8 bytes) at 0x4000 in system, disabled ]",
    );
    expect(inspect({ mirror })).toBe(
      "{\n  mirror: MemoryRegion mirror (alias, 0x1000 bytes) of ram from 0x2000 at 0x9000 in system\n}",
    );
    expect(inspect(system, { colors: true })).toContain("\u001b[33m4000-4007\u001b[39m");
    expect(String(uart)).toBe("/machine/unattached/uart[0] (mmio)");
    expect(calls()).toBe(0);
  });

  it("of a region as data is plain", () => {
    const { system, mirror } = board();
    expect(JSON.parse(JSON.stringify(mirror))).toEqual({
      name: "mirror",
      kind: "alias",
      addr: "0x9000",
      size: "0x1000",
      priority: 0,
      enabled: true,
      path: "/machine/unattached/mirror[0]",
      container: "system",
      owner: null,
      states: [],
      alias: "ram",
      aliasOffset: "0x2000",
      subregions: [],
    });
    const data = JSON.parse(JSON.stringify(system)) as { subregions: { name: string }[] };
    expect(data.subregions.map(({ name }) => name)).toEqual(["uart", "mirror", "bios", "ram"]);
  });

  it("of a region of 100,000 others is short", () => {
    const memory = new MemorySystem();
    const big = memory.container({ name: "big", size: 2n ** 64n });
    memory.transaction(() => {
      for (let i = 0; i < 100_000; i++) {
        big.addSubregion(i * 16, memory.reservation({ name: null, size: 16 }));
      }
    });
    const lines = inspect(big).split("\n");
    expect(lines).toHaveLength(18);
    expect(lines[1]).toBe("  00000000001869f0-00000000001869ff (prio 0, reservation): (anonymous)");
    expect(lines.at(-1)).toBe("  … 99984 more");
    const { subregions, moreSubregions } = JSON.parse(JSON.stringify(big)) as {
      subregions: unknown[];
      moreSubregions: number;
    };
    expect(subregions.length + moreSubregions).toBe(100_000);
    expect(subregions).toHaveLength(256);
  });

  it("of what has ended says so", () => {
    const { memory, system, uart } = board();
    system.removeSubregion(uart);
    uart.unparent();
    expect(inspect(uart)).toBe("MemoryRegion uart (mmio, 0x8 bytes), finalized, disabled");
    expect(JSON.stringify(uart)).toContain('"states":["finalized","disabled"]');
    memory[Symbol.dispose]();
    expect(inspect(memory)).toContain("disposed");
    expect(inspect(system)).toContain("MemoryRegion system");
  });

  it("of a machine is its memory", () => {
    const { memory } = board();
    expect(inspect(memory)).toBe(
      [
        "MemorySystem with 0x9000 bytes of memory in 2 regions",
        "  MemoryRegion ram (ram, 0x8000 bytes) at 0x0 in system",
        "  MemoryRegion bios (rom, 0x1000 bytes) at 0xf000 in system",
      ].join("\n"),
    );
    expect(String(memory)).toBe("0x9000 bytes of memory in 2 regions");
    expect(JSON.parse(JSON.stringify(memory))).toEqual({
      regions: 2,
      bytes: 0x9000,
      isDisposed: false,
      isBusy: false,
      pendingCount: 0,
    });
  });

  it("of the rest is a line", () => {
    const { memory, ram, uart } = board();
    const kick = memory.eventNotifier("kick");
    kick.set();
    kick.onSignal(() => undefined);
    addEventfd(uart, { addr: 4, notifier: kick });
    const data = new Data64();
    data.set(0x10, 1);
    class Timer extends DeviceObject {}
    const timer = memory.device(Timer, { name: "timer" });
    const shown: [unknown, string][] = [
      [ram.ramBlock, "RamBlock ram (0x8000 bytes)"],
      [new DirtyBitmap(64), "DirtyBitmap of 64 pages"],
      [kick, "EventNotifier kick, 1 pending, 1 callback"],
      [data, "Data64 0x100000010"],
      [internalsOf(uart).ops, "MmioOps little endian, valid any size, impl 1..4 bytes"],
      [systemInternals(memory).transactions, "Transactions, 0 open"],
      [systemInternals(memory).reclaimer, "Reclaimer, 0 accesses in flight, 0 releases wait"],
      [systemInternals(memory).coalescedQueues, "CoalescedQueues, 0"],
      [new CallbackList(), "CallbackList of 0"],
    ];
    for (const [value, text] of shown) {
      expect(inspect(value)).toBe(text);
      expect(inspect([value])).toContain(text);
      expect(() => JSON.stringify(value)).not.toThrow();
    }
    expect(inspect(timer)).toContain("Timer /machine/unattached/timer (timer), 1 reference");
    expect(inspect([...internalsOf(uart).watchers.ioeventfds])).toContain(
      "notifier: EventNotifier kick",
    );
    expect(String(data)).toBe("0x100000010");
    expect(String(kick)).toBe("notifier kick, 1 pending, 1 callback");
  });

  it("asks no counter that somebody else wrote", () => {
    const memory = new MemorySystem();
    const fail = (): never => {
      throw new Error("asked");
    };
    const counter = {
      get pending() {
        return fail();
      },
      get closed() {
        return fail();
      },
      add: fail,
      take: fail,
      close: fail,
      changed: fail,
      wake: fail,
    };
    const notifier = memory.eventNotifier("far", { counter });
    expect(inspect(notifier)).toBe("EventNotifier far");
    expect(JSON.parse(JSON.stringify(notifier))).toEqual({ id: 0, name: "far", callbacks: 0 });
  });
});
