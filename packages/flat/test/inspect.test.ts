import { inspected } from "@mem/common";
import { describe, expect, it } from "vitest";
import {
  AccessTrace,
  CoalescedMmioQueue,
  DirtyClient,
  explain,
  findSection,
  Machine,
  SectionCopy,
  snapshotAndClearDirty,
} from "@mem/flat";
import { AddressSpaces } from "../src/plumbing.js";

function board() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 0x10000 });
  const ram = machine.ram({ name: "ram", size: 0x8000 });
  const game = machine.rom({ name: "game", size: 0x20000 });
  const bank = machine.alias({ name: "bank", size: 0x4000, target: game, offset: 0x14000 });
  const uart = machine.mmio({ name: "uart", size: 8, read: () => 1, write() {} });
  system.addSubregion(0, ram);
  system.addSubregion(0x8000, bank);
  system.addSubregion(0xfff0, uart);
  const bus = machine.addressSpace(system, "cpu");
  return { machine, system, ram, bus, uart };
}

const MAP = [
  "  0x0-0x7fff ram ram",
  "  0x8000-0xbfff rom game @0x14000",
  "  0xfff0-0xfff7 i/o uart",
];

describe("console.log of an address space", () => {
  it("is a line and a map of it", () => {
    const { bus } = board();
    expect(inspected(bus).split("\n")).toEqual([
      "AddressSpace cpu, root system, 3 range(s)",
      ...MAP,
    ]);
    expect(String(bus)).toBe("cpu (root system, 3 ranges)");
  });

  it("is its line within something else", () => {
    const { bus } = board();
    expect(inspected([bus])).toBe("[ AddressSpace cpu, root system, 3 range(s) ]");
    expect(inspected({ bus })).toBe("{ bus: AddressSpace cpu, root system, 3 range(s) }");
  });

  it("has colours where they are wanted, and the same text then", () => {
    const { bus } = board();
    const coloured = inspected(bus, { colors: true });
    expect(coloured).toContain("\u001b[36mcpu\u001b[39m");
    // eslint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(inspected(bus));
  });

  it("has sixteen ranges at most, of however many", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 0x100000 });
    machine.transaction(() => {
      for (let i = 0; i < 500; i++) {
        root.addSubregion(i * 16, machine.mmio({ name: `r${i}`, size: 8, read: () => 0 }));
      }
    });
    const bus = machine.addressSpace(root, "bus");
    const lines = inspected(bus).split("\n");
    expect(lines).toHaveLength(18);
    expect(lines.at(-1)).toBe("  … 484 more");
    expect(bus.toJSON()).toMatchObject({ name: "bus", root: "root", length: 500 });
    const data = JSON.parse(JSON.stringify(bus)) as { ranges: unknown[] };
    expect(data.ranges).toHaveLength(256);
  });

  it("says that it was destroyed", () => {
    const { bus } = board();
    bus.destroy();
    expect(inspected(bus)).toBe("AddressSpace cpu, root system, 0 range(s), destroyed");
    expect(JSON.parse(JSON.stringify(bus))).toMatchObject({ destroyed: true, ranges: [] });
  });
});

describe("console.log of a machine", () => {
  it("is its address spaces with their maps", () => {
    const { machine } = board();
    const lines = inspected(machine).split("\n");
    expect(lines[0]).toBe("Machine, 1 address space(s) cpu");
    expect(lines.slice(1)).toEqual(
      ["AddressSpace cpu, root system, 3 range(s)", ...MAP].map((line) => `  ${line}`),
    );
    expect(String(machine)).toBe("Machine, 1 address space(s) cpu");
    expect(inspected(AddressSpaces.of(machine)).split("\n")[1]).toBe(lines[1]);
    const data = JSON.parse(JSON.stringify(machine)) as { addressSpaces: { name: string }[] };
    expect(data.addressSpaces.map(({ name }) => name)).toEqual(["cpu"]);
  });
});

describe("console.log of what an address space gives", () => {
  it("is a line each", () => {
    const { bus, machine, ram, system, uart } = board();
    const section = findSection(system, 0x8004, 4);
    if (section === null) throw new Error("nothing was found");
    const copy = new SectionCopy(section);
    const mapping = bus.map(0x100, 16, { isWrite: true });
    const listening = bus.listen({ name: "translator" });
    const all = machine.listen({ name: "monitor" });
    const queue = new CoalescedMmioQueue(bus, { capacity: 8 });
    const [range] = bus.flatView.ranges();
    const window = bus.lookup(0x9000);
    const shown = [section, copy, mapping, listening, all, queue, range, window, machine.dirtyLog];
    const lines = [
      "MemoryRegionSection 0x8004-0x8007 rom game @0x14004",
      "SectionCopy 0x8004+0x4 game@0x14004 ro",
      "Mapping 0x100+0x10 ram@0x100, write",
      "ListenerRegistration translator, watches cpu",
      "SystemListening monitor, watches all address spaces",
      "CoalescedMmioQueue cpu, 0 of 8 writes",
      "FlatRange 0x0-0x7fff ram ram",
      "AccessWindow 0x8000-0xbfff rom game @0x14000",
      "DirtyLog, off",
    ];
    expect(shown.map((it) => inspected(it))).toEqual(lines);
    expect(inspected(bus.flatView).split("\n")).toEqual(["FlatView system, 3 range(s)", ...MAP]);
    for (const it of [...shown, bus.flatView]) {
      expect(JSON.stringify(it).length).toBeGreaterThan(2);
      expect(String(it)).not.toContain("[object");
    }
    mapping?.unmap();
    copy[Symbol.dispose]();
    listening[Symbol.dispose]();
    all[Symbol.dispose]();
    queue[Symbol.dispose]();
    expect(
      inspected([mapping, copy, listening, all, queue]).match(/, (ended|given back|disposed)/g),
    ).toEqual([", ended", ", given back", ", ended", ", ended", ", disposed"]);
    expect(ram.name + uart.name).toBe("ramuart");
  });

  it("tells dirty pages, traces and explanations", () => {
    const { bus, ram } = board();
    ram.setLog(true);
    snapshotAndClearDirty(ram, 0, 0x8000, DirtyClient.VGA);
    bus.store(0x1004, 4, 1);
    bus.store(0x4000, 4, 1);
    const snapshot = snapshotAndClearDirty(ram, 0, 0x8000, DirtyClient.VGA);
    expect(inspected(snapshot).split("\n")).toEqual([
      "DirtySnapshot ram, 0x0+0x8000, 2 dirty page(s)",
      "  0x1000+0x1000",
      "  0x4000+0x1000",
    ]);
    const trace = new AccessTrace(bus);
    const stream = trace.events();
    bus.load(0xfff0, 1);
    expect(inspected(trace)).toBe("AccessTrace cpu, 1 region(s) accessed\n  uart: 1 reads");
    expect(inspected(stream)).toBe("AccessEventStream, 1 of 1024 events wait");
    expect(JSON.parse(JSON.stringify(trace))).toMatchObject({ space: "cpu", active: true });
    trace[Symbol.dispose]();
    expect(inspected([trace, stream])).toMatch(/accessed, ended.*wait, ended/s);
    const why = explain(bus, 0x8004);
    expect(inspected(why)).toContain("0x8004 in cpu: game + 0x14004\n");
    expect(inspected([why])).toBe("[ Explanation 0x8004 in cpu: game + 0x14004 ]");
    expect(JSON.parse(JSON.stringify(why))).toMatchObject({
      space: "cpu",
      address: "0x8004",
      found: { region: "game", offset: "0x14004" },
    });
  });
});
