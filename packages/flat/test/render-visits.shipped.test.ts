import { Machine, type MemoryRegion, MemTxResult } from "@mem/flat";
import { MAX_RENDER_VISITS } from "@mem/flat/plumbing";
import { describe, expect, it } from "vitest";

// The bound on work that takes ten seconds to reach; the others are in `limits.test.ts`.

const { OK, DECODE_ERROR } = MemTxResult;

describe("the map", () => {
  it("of more visits than there may be is cut off, with one line", () => {
    const log: string[] = [];
    const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
    const root = machine.container({ name: "root", size: 0x100000 });
    const bus = machine.addressSpace(root, "bus");
    // Each level shows the one below twice: 2^25 leaves from 50 regions.
    let level: MemoryRegion = machine.container({ name: "leaf", size: 1 });
    const levels = Math.ceil(Math.log2(MAX_RENDER_VISITS)) + 1;
    for (let i = 0; i < levels; i++) {
      const next = machine.container({ name: `level${i}`, size: 0x1000 });
      for (const half of [0, 1]) {
        const target = level;
        next.addSubregion(half, machine.alias({ name: `half${half}`, size: 0x1000, target }));
      }
      level = next;
    }
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    root.addSubregion(0x8000, ram, { priority: 1 });
    root.addSubregion(0, level);
    expect(bus.store(0x8000, 4, 1)).toBe(OK);
    expect([bus.load(0, 4), bus.lastResult]).toEqual([0, DECODE_ERROR]);
    expect(log).toEqual([expect.stringMatching(/^guest_error: .*too large/)]);
  });
});
