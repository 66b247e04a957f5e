import { Machine, MemTxResult, type MemoryRegion } from "@mem/flat";
import { MAX_RENDER_DEPTH } from "@mem/core/plumbing";
import { describe, expect, it } from "vitest";

describe("bounds", () => {
  it("a chain of aliases longer than the limit shows nothing, and says so once", () => {
    const log: string[] = [];
    const machine = new Machine({ log: (_, text) => log.push(text) });
    const root = machine.container({ name: "root", size: 0x10000 });
    const bus = machine.addressSpace(root, "bus");
    let target: MemoryRegion = machine.ram({ name: "ram", size: 0x1000 });
    for (let i = 0; i < MAX_RENDER_DEPTH + 2; i++) {
      target = machine.alias({ name: `a${i}`, size: 0x800, target, offset: 0 });
      if (i === 10) root.addSubregion(0x2000, machine.alias({ name: "ok", size: 0x800, target }));
    }
    root.addSubregion(0, target);
    expect(bus.flatView.length).toBe(1);
    expect(bus.store(0x2000, 4, 7)).toBe(MemTxResult.OK);
    expect(bus.store(0, 4, 7)).toBe(MemTxResult.DECODE_ERROR);
    root.enabled = false;
    root.enabled = true;
    expect(log).toHaveLength(1);
  });

  it("listeners that keep changing the topology are stopped", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 0x1000 });
    const bus = machine.addressSpace(root, "bus");
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    let restless = false;
    bus.listen({ commit: () => restless && (ram.enabled = !ram.enabled) });
    restless = true;
    expect(() => root.addSubregion(0, ram)).toThrow(/1000 commits in a row/);
  });

  it("a change made by a listener is committed after the commit that it saw", () => {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 0x1000 });
    const bus = machine.addressSpace(root, "bus");
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    const seen: string[] = [];
    bus.listen({
      begin: () => seen.push("begin"),
      commit: () => seen.push("commit"),
      regionAdd: (section) => {
        seen.push(`add ${section.size}`);
        ram.size = 0x800;
      },
      regionDel: (section) => seen.push(`del ${section.size}`),
    });
    seen.length = 0;
    root.addSubregion(0, ram);
    expect(seen).toEqual([
      "begin",
      "add 4096",
      "commit",
      "begin",
      "del 4096",
      "add 2048",
      "commit",
    ]);
    expect(bus.flatView.rangeAt(0x900n)).toBeNull();
  });
});
