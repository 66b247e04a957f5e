import { describe, expect, it } from "vitest";
import { Guest, vectorOf } from "./guest.js";

/** EFLAGS with AC, and CR0 with AM beside PE and PG off. */
const ALIGNMENT = { eflags: 0x40002, cr0: 0x60040011 };

/** A guest at level 3 whose HLT faults, with an odd stack and a handler of #GP at its own level. */
function endless(): Guest {
  const guest = new Guest([0xf4]).flat(3);
  guest.cpu.setState({ ...ALIGNMENT, esp: 0x7001 });
  // The gate of #GP leads to the code segment of level 3; that of #AC is empty.
  guest.memory.view.setUint32(0x600 + 13 * 8, 0x001b0d00, true);
  guest.memory.view.setUint32(0x600 + 17 * 8, 0, true);
  guest.memory.view.setUint32(0x604 + 17 * 8, 0, true);
  return guest;
}

describe("exceptions whose delivery raises others without end", () => {
  it("count as instructions", () => {
    const guest = endless();
    for (const budget of [1, 2, 7, 1000]) expect(guest.cpu.run(budget)).toBe(budget);
    expect(guest.cpu.shutdown).toBe(false);
    expect(guest.cpu.state()).toMatchObject({ eip: 0x1000, esp: 0x7001, cpl: 3 });
  });

  it("go on where they were when the next run begins", () => {
    const guest = endless();
    guest.cpu.run(2);
    // #AC waits, or #GP does; with a gate for each the next delivery gets through.
    guest.memory.view.setUint32(0x600 + 13 * 8, 0x00080000 | (0xc00 + 13 * 4), true);
    guest.memory.view.setUint32(0x600 + 17 * 8, 0x00080000 | (0xc00 + 17 * 4), true);
    guest.memory.view.setUint32(0x604 + 17 * 8, 0x0000ee00, true);
    const state = guest.run(5);
    expect([13, 17]).toContain(vectorOf(state));
    expect(state.cpl).toBe(0);
  });

  it("are left when a stop is asked for", () => {
    const guest = endless();
    let loads = 0;
    const load = guest.memory.load.bind(guest.memory);
    guest.memory.load = (address, size) => {
      if (++loads === 3) guest.cpu.requestStop();
      return load(address, size);
    };
    guest.cpu.run(1_000_000);
    expect(guest.cpu.run(3)).toBe(3);
  });

  it("include a line whose vector has no gate, with a handler that leaves interrupts on", () => {
    const guest = new Guest([0x90, 0xeb, 0xfd]).flat();
    guest.cpu.setState({ eflags: 0x202, esp: 0x80000 });
    guest.vector = 0x80;
    // A trap gate for #GP: interrupts stay on, and the line is there again before its first instruction.
    guest.memory.view.setUint32(0x604 + 13 * 8, 0x0000ef00, true);
    guest.cpu.setIntr(true);
    expect(guest.cpu.run(50)).toBeLessThanOrEqual(50);
    expect(guest.acknowledged).toBeLessThanOrEqual(51);
  });

  it("end in a shutdown where they make a double and a triple fault", () => {
    const guest = new Guest([0xf4]).flat(3);
    guest.cpu.setState({ idtr: { base: 0x600, limit: 0 } });
    guest.cpu.run(1);
    expect(guest.cpu.shutdown).toBe(true);
  });
});

describe("ENTER", () => {
  it("takes the high half of ESP along on a 16-bit stack", () => {
    const guest = new Guest([0x66, 0xc8, 8, 0, 0, 0xf4]);
    guest.cpu.setState({ esp: 0x10000 });
    const { ebp, esp } = guest.run();
    expect([ebp, esp]).toEqual([0x1fffc, 0x1fff4]);
  });

  it("asks whether the new top of the stack can be written", () => {
    const guest = new Guest([0xc8, 0x00, 0x18, 0, 0xf4]).flat(3).paged();
    guest.memory.view.setUint32(0x11000 + 0x20 * 4, 0, true);
    guest.cpu.setState({ esp: 0x22000, ebp: 0x1234 });
    const state = guest.run(3);
    expect(vectorOf(state)).toBe(14);
    expect(state.cr2).toBe(0x22000 - 4 - 0x1800);
    expect(guest.memory.view.getUint32(state.esp, true)).toBe(6);
    expect(state.ebp).toBe(0x1234);
  });
});

describe("group 3", () => {
  it("has TEST twice", () => {
    // test bl, 0x80 / test ebx, 0x40000000, each with /1
    const guest = new Guest([0xf6, 0xcb, 0x80, 0x9c, 0xf7, 0xcb, 0, 0, 0, 0x40, 0x9c, 0xf4]).flat();
    guest.cpu.setState({ ebx: 0x80, esp: 0x8000 });
    const { esp } = guest.run();
    const second = guest.memory.view.getUint32(esp, true);
    const first = guest.memory.view.getUint32(esp + 4, true);
    expect([first & 0xc0, second & 0xc0]).toEqual([0x80, 0x40]);
  });
});

describe("instructions of the x87 unit", () => {
  it.each([
    ["fld dword", 0xd9, 0x06, 4],
    ["fnstcw", 0xd9, 0x3e, 2],
    ["fld qword", 0xdd, 0x06, 8],
    ["fld tword", 0xdb, 0x2e, 10],
    ["fnsave", 0xdd, 0x36, 94],
    ["fiadd word", 0xde, 0x06, 2],
  ])("%s faults beyond the limit of its segment", (_name, op, modrm, bytes) => {
    const run = (offset: number) => {
      const guest = new Guest([op, modrm, offset & 255, offset >> 8, 0xf4]);
      guest.put(13 * 4, [0x00, 0x20, 0, 0]);
      guest.put(0x2000, [0xf4]);
      guest.cpu.setState({ ds: { selector: 0, base: 0, limit: 0x2fff, flags: 0x9300 } });
      return guest.run().eip;
    };
    expect(run(0x3000 - bytes)).toBe(0x1005);
    expect(run(0x3001 - bytes)).toBe(0x2001);
  });
});
