/** `info tlb` and `info mem`, compared with what QEMU 7.2 showed of the same tables; and `info irq`, `info roms`. */
import { describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/pc-machine.js";
import { Session } from "../../src/cli/run/session.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { Monitor } from "../../src/monitor/monitor.js";

const MIB = 2 ** 20;
const ROOT = 0x1_0000;
const table = (n: number): number => ROOT + 0x1000 * n;
const NO_EXECUTE = 1n << 63n;

type Tables = Readonly<Record<number, Readonly<Record<number, bigint | number>>>>;

class Paged {
  readonly pc = new PcMachine({
    ramSize: 16 * MIB,
    bios: embeddedFirmware(),
    vga: false,
    clock: new InstructionClock(),
  });
  #text = "";
  readonly #monitor = new Monitor(
    new Session(this.pc, {
      name: null,
      startStopped: true,
      actions: { reboot: "reset", shutdown: "poweroff", panic: "none", watchdog: "none" },
      runsGuest: false,
      inputOpen: () => false,
      keepsHaltedGuest: () => false,
    }),
    (printed) => (this.#text += printed),
  );

  /** @param registers set in this order */
  constructor(tables: Tables = {}, bytes: 4 | 8 = 4, registers: Record<string, number> = {}) {
    for (const [n, entries] of Object.entries(tables)) {
      for (const [at, entry] of Object.entries(entries)) {
        const word = new DataView(new ArrayBuffer(8));
        word.setBigUint64(0, BigInt(entry), true);
        const into = table(Number(n)) + bytes * Number(at);
        this.pc.memory.write(into, new Uint8Array(word.buffer, 0, bytes));
      }
    }
    for (const [name, value] of Object.entries(registers)) {
      this.pc.cpu.debugger?.write(name, BigInt(value));
    }
  }

  lines(command: string): string[] {
    this.#text = "";
    this.#monitor.execute(command);
    return this.#text.split("\n").slice(0, -1);
  }
}

const ON = 0x8000_0011;

describe("info tlb and info mem", () => {
  it("have nothing to show while addresses are not translated", () => {
    const machine = new Paged();
    expect(machine.lines("info tlb")).toEqual(["PG disabled"]);
    expect(machine.lines("info mem")).toEqual(["PG disabled"]);
  });

  it("show tables of 32 bits, with large pages where CR4 has them", () => {
    const tables = {
      0: { 0: table(1) | 7, 1: 0x40_0083, 2: 0xc0_0187, 4: table(2) | 3, 512: 0x1200_00e3 },
      1: { 0x40: 0x4_0007, 0x41: 0x4_1105, 0x42: 0x9_901b, 0x44: 0x4_4001, 0x3ff: 0x12_3007 },
      2: { 0: 0x5007, 5: 0x6003, 6: 0x7003 },
    };
    const machine = new Paged(tables, 4, { cr3: ROOT, cr4: 0x90, cr0: ON });
    expect(machine.lines("info tlb")).toEqual([
      "0000000000040000: 0000000000040000 -------UW",
      "0000000000041000: 0000000000041000 -G-----U-",
      "0000000000042000: 0000000000099000 -----CT-W",
      "0000000000044000: 0000000000044000 ---------",
      "00000000003ff000: 0000000000123000 -------UW",
      "0000000000400000: 0000000000400000 --P-----W",
      "0000000000800000: 0000000000c00000 -GP----UW",
      "0000000001000000: 0000000000005000 -------UW",
      "0000000001005000: 0000000000006000 --------W",
      "0000000001006000: 0000000000007000 --------W",
      "0000000080000000: 0000000012000000 --PDA---W",
    ]);
    expect(machine.lines("info mem")).toEqual([
      "0000000000040000-0000000000041000 0000000000001000 urw",
      "0000000000041000-0000000000042000 0000000000001000 ur-",
      "0000000000042000-0000000000043000 0000000000001000 -rw",
      "0000000000044000-0000000000045000 0000000000001000 -r-",
      "00000000003ff000-0000000000400000 0000000000001000 urw",
      "0000000000400000-0000000000800000 0000000000400000 -rw",
      "0000000000800000-0000000000c00000 0000000000400000 urw",
      "0000000001000000-0000000001001000 0000000000001000 -rw",
      "0000000001005000-0000000001007000 0000000000002000 -rw",
      "0000000080000000-0000000080400000 0000000000400000 -rw",
    ]);
  });

  it("show tables of PAE, whose four pointers allow everything", () => {
    const tables = {
      0: { 0: table(1) | 1, 3: table(2) | 1 },
      1: { 0: table(3) | 7, 1: 0x20_0083, 2: 0x1_0060_00e7n | NO_EXECUTE, 4: table(4) | 5 },
      2: { 0: table(4) | 7, 511: 0x40_0083 },
      3: { 0x40: 0x4_0007, 0x41: 0x4_1105n | NO_EXECUTE, 0x1ff: 0x1_2345_6007 },
      4: { 0: 0x8007, 1: 0x9003, 511: 0xa063n | NO_EXECUTE },
    };
    const machine = new Paged(tables, 8, { cr3: ROOT, cr4: 0xb0, cr0: ON });
    expect(machine.lines("info tlb")).toEqual([
      "0000000000040000: 0000000000040000 -------UW",
      "0000000000041000: 0000000000041000 XG-----U-",
      "00000000001ff000: 0000000123456000 -------UW",
      "0000000000200000: 0000000000200000 --P-----W",
      "0000000000400000: 0000000100600000 X-PDA--UW",
      "0000000000800000: 0000000000008000 -------UW",
      "0000000000801000: 0000000000009000 --------W",
      "00000000009ff000: 000000000000a000 X--DA---W",
      "00000000c0000000: 0000000000008000 -------UW",
      "00000000c0001000: 0000000000009000 --------W",
      "00000000c01ff000: 000000000000a000 X--DA---W",
      "00000000ffe00000: 0000000000400000 --P-----W",
    ]);
    expect(machine.lines("info mem").slice(-3)).toEqual([
      "00000000c0001000-00000000c0002000 0000000000001000 -rw",
      "00000000c01ff000-00000000c0200000 0000000000001000 -rw",
      "00000000ffe00000-0000000100000000 0000000000200000 -rw",
    ]);
  });

  it("come to an end whatever the tables say", () => {
    // Every entry leads to the table itself, which maps itself a million times.
    const self = Object.fromEntries(Array.from({ length: 1024 }, (_entry, n) => [n, ROOT | 7]));
    const machine = new Paged({ 0: self }, 4, { cr3: ROOT, cr4: 0x90, cr0: ON });
    const lines = machine.lines("info tlb");
    expect(lines).toHaveLength(2 ** 18 + 2);
    expect(lines.at(-1)).toBe("...");
    expect(machine.lines("info mem")).toEqual([
      "0000000000000000-0000000100000000 0000000100000000 urw",
    ]);
  });
});

describe("info irq", () => {
  it("counts how often the lines of the controllers rose", () => {
    const machine = new Paged();
    const before = machine.lines("info irq");
    const { isa, context } = machine.pc.board;
    const line = context.board?.irq(5);
    for (let n = 0; n < 3; n++) {
      line?.set(true);
      line?.set(true);
      line?.set(false);
    }
    const added = machine.lines("info irq").filter((text) => !before.includes(text));
    expect(added).toEqual([" 5: 3", " 5: 3"]);
    expect(isa.ioApic.gpios[0]?.rises(5)).toBe(3);
    expect(before[0]).toBe("IRQ statistics for ioapic:");
  });
});

describe("info roms", () => {
  it("tells firmware and what it is handed", () => {
    const lines = new Paged().lines("info roms");
    const bytes = embeddedFirmware().length;
    const at = (2 ** 32 - bytes).toString(16).padStart(16, "0");
    const size = bytes.toString(16).padStart(6, "0");
    expect(lines[0]).toBe(`addr=${at} size=0x${size} mem=rom name="pc.bios"`);
    expect(lines[1]).toMatch(
      /^\/rom@etc\/acpi\/tables size=0x[0-9a-f]{6} name="etc\/acpi\/tables"$/,
    );
  });
});
