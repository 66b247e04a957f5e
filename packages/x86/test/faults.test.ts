import { describe, expect, it } from "vitest";
import { Guest, vectorOf } from "./guest.js";
import { CODE, LongModeGuest, movImm } from "./long-guest.js";

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
    // No RAM, but a device: it sees each load.
    guest.memory.region.directRead = false;
    const load = guest.memory.load.bind(guest.memory);
    guest.memory.load = (address, size) => {
      if (++loads === 3) guest.cpu.requestStop();
      return load(address, size);
    };
    expect(guest.cpu.run(1_000_000)).toBeLessThan(10);
    expect(loads).toBeGreaterThanOrEqual(3);
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

describe("what a guest repeats without end comes to the end of its run", () => {
  const BUDGET = 500;

  it("INT whose handler is an INT, until the stack is through and through again", () => {
    for (const level of [0, 3]) {
      const guest = new Guest([0xcc]).flat(level);
      guest.put(0xc00 + 3 * 4, [0xcc]);
      guest.cpu.setState({ esp: 0x8000 });
      expect(guest.cpu.run(BUDGET)).toBe(BUDGET);
    }
    // In real mode the stack wraps around and overwrites all there is.
    const real = new Guest([0xcd, 0x40]);
    real.memory.view.setUint32(0x40 * 4, 0x1000, true);
    expect(real.cpu.run(100_000)).toBeLessThanOrEqual(100_000);
  });

  it("a task gate that leads to the task that meets it", () => {
    const guest = new Guest([0xcd, 0x20]).flat();
    // The task's descriptor is 28h; the gate of #NP and #TS and all that follow leads to it.
    for (const vector of [10, 11, 13]) {
      guest.memory.view.setUint32(0x600 + vector * 8, 0x00280000, true);
      guest.memory.view.setUint32(0x604 + vector * 8, 0x8500, true);
    }
    expect(guest.cpu.run(BUDGET)).toBeLessThanOrEqual(BUDGET);
    expect(guest.cpu.run(BUDGET)).toBeLessThanOrEqual(BUDGET);
  });

  it("page tables that lead to themselves", () => {
    // The directory is its own table, and the stack and the gates lie in it.
    const guest = new Guest([0xcd, 0x30, 0xeb, 0xfc]).flat().paged();
    guest.memory.view.setUint32(0x10000, 0x10007, true);
    guest.cpu.setState({ cr3: 0x10000 });
    expect(guest.cpu.run(BUDGET)).toBeLessThanOrEqual(BUDGET);
    const long = new LongModeGuest([0x90, 0xeb, 0xfd]);
    for (const level of [0x1000, 0x2000, 0x3000]) {
      for (let k = 0; k < 512; k++) long.memory.view.setUint32(level + 8 * k, level | 7, true);
    }
    long.cpu.setState({ cr3: 0x1000 });
    expect(long.cpu.run(BUDGET)).toBeLessThanOrEqual(BUDGET);
  });

  it("a request that comes at once again: NMI, SMI, INIT and the line", () => {
    const guest = new Guest([0xeb, 0xfe]).flat();
    for (const ask of [
      () => guest.cpu.raiseNmi(),
      () => guest.cpu.raiseSmi(),
      () => guest.cpu.setIntr(true),
      () => guest.cpu.init(false),
    ]) {
      for (let k = 0; k < 20; k++) {
        ask();
        expect(guest.cpu.run(10)).toBeLessThanOrEqual(10);
      }
    }
  });

  it("HLT with interrupts off: it is left at once, and only NMI, SMI or INIT go on", () => {
    const guest = new Guest([0xf4, 0xeb, 0xfd]).flat();
    expect(guest.cpu.run(BUDGET)).toBe(1);
    guest.cpu.setIntr(true);
    expect([guest.cpu.run(BUDGET), guest.cpu.halted]).toEqual([0, true]);
    guest.cpu.raiseNmi();
    expect(guest.cpu.run(1)).toBe(1);
  });

  it("REP with as many as there are: some 8 KiB an instruction, in every kind of code", () => {
    const narrow = new Guest([0xf3, 0xaa], { size: 4 << 20 }).flat();
    narrow.cpu.setState({ ecx: 0xffffffff, edi: 0x10000 });
    narrow.cpu.run(10);
    expect(narrow.cpu.state().edi - 0x10000).toBeGreaterThan(0x8000);
    expect(narrow.cpu.state().edi - 0x10000).toBeLessThanOrEqual(10 * 0x2100);
    const counts = [...movImm(1, -1n), ...movImm(7, 0x40000n), ...movImm(6, 0x40000n)];
    for (const op of [0xaa, 0xa4]) {
      const wide = new LongModeGuest([...counts, 0xf3, op]);
      wide.run(3 + 10);
      const { registers, rip } = wide.cpu.state().long;
      const moved = Number(registers[7] ?? 0n) - 0x40000;
      expect(moved).toBeGreaterThan(0x8000);
      expect(moved).toBeLessThanOrEqual(10 * 0x2100);
      expect(rip).toBe(BigInt(CODE + counts.length));
      // Nothing that was asked for is lost.
      expect((registers[1] ?? 0n) + BigInt(moved)).toBe(2n ** 64n - 1n);
    }
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
