import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../src/board/errors.js";
import { PcMachine } from "../src/board/pc-machine.js";
import { RealTimeClock } from "../src/host/real-time-clock.js";
import { MemoryImage } from "../src/storage/memory-image.js";
import { FakeCpu, markedFirmware, MIB, Rig } from "./support/board-rig.js";

const PIT_CHANNEL_0 = 0x40;
const PIT_CONTROL = 0x43;

/** Unmask the timer's interrupt, vectors from 8. */
function setUpPic(rig: Rig): void {
  for (const [port, value] of [
    [0x20, 0x11],
    [0x21, 0x08],
    [0x21, 0x04],
    [0x21, 0x01],
    [0x21, 0xfe],
  ] as const) {
    rig.out(port, 1, value);
  }
}

/** Count down from `ticks`, once. */
function startPit(rig: Rig, ticks: number): void {
  rig.out(PIT_CONTROL, 1, 0x30);
  rig.out(PIT_CHANNEL_0, 1, ticks & 0xff);
  rig.out(PIT_CHANNEL_0, 1, ticks >> 8);
}

describe("step", () => {
  it("runs as many instructions as it is told", () => {
    const rig = new Rig();
    expect(rig.pc.step(12_345)).toEqual({ kind: "ran" });
    expect(rig.cpu.instructionCount).toBe(12_345);
  });

  it("delivers a timer's interrupt to a halted processor, jumping over the wait", () => {
    const rig = new Rig();
    setUpPic(rig);
    startPit(rig, 11932);
    rig.cpu.halted = true;
    let atWake = -1;
    let vector = -1;
    rig.cpu.execute = () => {
      if (atWake < 0) {
        atWake = rig.clock.nowNs();
        vector = rig.pc.board.isa.interrupts.acknowledge();
      }
    };
    expect(rig.pc.step(1000)).toEqual({ kind: "ran" });
    expect(vector).toBe(8);
    expect(atWake).toBeGreaterThanOrEqual(9_999_000);
    expect(atWake).toBeLessThan(10_010_000);
  });

  it("ends with HLT while interrupts are disabled", () => {
    const rig = new Rig();
    rig.cpu.halted = true;
    rig.cpu.interruptFlag = false;
    const result = rig.pc.step(100);
    expect(result.kind).toBe("ended");
    expect(rig.pc.end).toMatchObject({ kind: "halted" });
    expect(rig.pc.step(100)).toEqual(result);
    rig.pc.reset();
    expect(rig.pc.step(100)).toEqual({ kind: "ran" });
  });

  it("does not hang on a timer that no interrupt comes of", () => {
    const rig = new Rig();
    const timer = rig.clock.timer(() => timer.arm(rig.clock.nowNs() + 1000));
    timer.arm(1000);
    rig.cpu.halted = true;
    expect(rig.pc.step(500)).toEqual({ kind: "ran" });
    expect(rig.cpu.instructionCount).toBe(0);
  });

  it("resets at a triple fault, or ends there when told to", () => {
    const rebooting = new Rig();
    const resets = rebooting.cpu.resets;
    rebooting.cpu.shutdown = true;
    expect(rebooting.pc.step(10)).toEqual({ kind: "ran" });
    expect(rebooting.cpu.resets).toBe(resets + 1);

    const ending = new Rig({ noReboot: true });
    ending.cpu.shutdown = true;
    expect(ending.pc.step(10)).toEqual({ kind: "ended", end: { kind: "shutdown" } });
  });

  it.each([
    ["port 0x92", (rig: Rig): void => rig.out(0x92, 1, 1)],
    ["the keyboard controller", (rig: Rig): void => rig.out(0x64, 1, 0xfe)],
    ["port 0xcf9", (rig: Rig): void => rig.out(0xcf9, 1, 6)],
  ])("resets through %s", (_name, pull) => {
    let told = 0;
    const rig = new Rig({ onReset: () => told++ });
    rig.cpu.execute = () => {
      rig.cpu.execute = null;
      pull(rig);
    };
    const before = rig.cpu.resets;
    rig.pc.step(100);
    expect(rig.cpu.resets).toBe(before + 1);
    expect(told).toBe(1);
    const ending = new Rig({ noReboot: true });
    pull(ending);
    expect(ending.pc.step(100)).toEqual({ kind: "ended", end: { kind: "reset" } });
  });

  it("opens and shuts the A20 gate for the processor", () => {
    const rig = new Rig();
    expect(rig.cpu.a20).toBe(true);
    rig.out(0x92, 1, 0);
    expect(rig.cpu.a20).toBe(false);
    rig.out(0x92, 1, 2);
    expect(rig.cpu.a20).toBe(true);
  });
});

describe("run", () => {
  it("lets the host go on, and stops when asked to", async () => {
    const rig = new Rig({ clock: new RealTimeClock() });
    let hostTurns = 0;
    setImmediate(function turn() {
      if (++hostTurns === 3) {
        rig.pc.stop();
      } else {
        setImmediate(turn);
      }
    });
    await expect(rig.pc.run()).resolves.toBeNull();
    expect(hostTurns).toBe(3);
    expect(rig.pc.running).toBe(false);
  });

  it("sleeps until something outside happens", async () => {
    const rig = new Rig({ clock: new RealTimeClock(), startTimeMs: 0 });
    setUpPic(rig);
    rig.cpu.halted = true;
    rig.cpu.execute = () => {
      rig.pc.stop();
      return false;
    };
    setImmediate(() => rig.pc.board.isa.interrupts.line(0).set(true));
    await expect(rig.pc.run()).resolves.toBeNull();
    expect(rig.cpu.instructionCount).toBe(1);
  });

  it("resolves to the machine's end", async () => {
    const rig = new Rig({ noReboot: true });
    rig.cpu.execute = () => rig.out(0xcf9, 1, 6);
    await expect(rig.pc.run()).resolves.toEqual({ kind: "reset" });
  });

  it("is taken apart once, and not while it runs", async () => {
    const rig = new Rig({ clock: new RealTimeClock() });
    const run = rig.pc.run();
    expect(() => rig.pc.dispose()).toThrow(/running/);
    rig.pc.stop();
    await run;
    rig.pc.dispose();
    rig.pc.dispose();
    expect(rig.pc.machine.addressSpaces).toEqual([]);
  });

  it("does not run twice at once", async () => {
    const rig = new Rig({ clock: new RealTimeClock() });
    const first = rig.pc.run();
    await expect(rig.pc.run()).rejects.toThrow(/running/);
    rig.pc.stop();
    await first;
  });
});

describe("options", () => {
  it("are checked together, before anything is built", () => {
    const build = (): PcMachine =>
      new PcMachine({
        ramSize: 1000,
        bios: new Uint8Array(100_000),
        bootOrder: "cx",
        createCpu: () => {
          throw new Error("must not be reached");
        },
      });
    expect(build).toThrow(PcOptionsError);
    expect(build).toThrow(/^ramSize: .*\nbios: .*64 KiB.*\nbootOrder: /);
  });

  it.each([64, 128, 192, 256])("map %i KiB of firmware below 4 GiB and below 1 MiB", (kib) => {
    const size = kib * 1024;
    const rig = new Rig({ bios: markedFirmware(size) });
    expect(rig.read(2 ** 32 - size)).toBe(0);
    expect(rig.read(2 ** 32 - 16)).toBe(size - 16);
    expect(rig.read(0xffff0)).toBe(size - 16);
    const isa = Math.min(size, 0x20000);
    expect(rig.read(0x100000 - isa)).toBe(size - isa);
    rig.write(2 ** 32 - 16, 0);
    rig.write(0xffff0, 0);
    expect(rig.read(0xffff0)).toBe(size - 16);
  });
});

describe("CMOS", () => {
  function cmos(rig: Rig, index: number): number {
    rig.out(0x70, 1, index);
    return rig.in(0x71, 1);
  }
  function cells(ramSize: number, bootOrder?: string): Record<string, number> {
    const rig = new Rig({ ramSize, ...(bootOrder === undefined ? {} : { bootOrder }) });
    const found: Record<string, number> = {};
    for (let index = 0x10; index < 0x80; index++) {
      const value = cmos(rig, index);
      if (value !== 0 && index !== 0x32 && index !== 0x37) {
        found[index.toString(16)] = value;
      }
    }
    return found;
  }
  const always = { 14: 6, 15: 0x80, 16: 2 };

  it("holds the sizes of memory and the boot order, as on QEMU", () => {
    expect(cells(2 * MIB)).toEqual({ ...always, 18: 4, 31: 4, 38: 0x30, "3d": 0x12 });
    expect(cells(64 * MIB)).toEqual({
      ...always,
      18: 0xfc,
      31: 0xfc,
      35: 3,
      38: 0x30,
      "3d": 0x12,
    });
    expect(cells(3584 * MIB, "d")).toEqual({
      ...always,
      17: 0xff,
      18: 0xff,
      30: 0xff,
      31: 0xff,
      35: 0xbf,
      "3d": 3,
      "5c": 0x20,
    });
    expect(cells(6144 * MIB, "dca")).toMatchObject({ 38: 0x10, "3d": 0x23, "5c": 0xc0 });
  });
});

describe("CMOS and disks", () => {
  it("knows hard disks, and no CD drive", () => {
    const backend = new MemoryImage(new Uint8Array(2 * MIB));
    const disk = { kind: "disk", backend } as const;
    const cd = { kind: "cdrom", backend } as const;
    const types = (disks: readonly (typeof disk | typeof cd | null)[]): number => {
      const rig = new Rig({ disks });
      rig.out(0x70, 1, 0x12);
      return rig.in(0x71, 1);
    };
    expect(types([disk, cd])).toBe(0xf0);
    expect(types([cd, disk])).toBe(0x0f);
    expect(types([null, null, disk, cd])).toBe(0);
  });
});

describe("a processor of one's own", () => {
  it("is wired to memory, ports and interrupts", () => {
    const rig = new Rig();
    expect(rig.cpu).toBeInstanceOf(FakeCpu);
    rig.cpu.wiring.memory.store(0x1000, 4, 0xcafe);
    expect(rig.read(0x1000)).toBe(0xcafe);
    expect(rig.cpu.wiring.io.load(0xcf9, 1)).toBe(0);
  });
});

describe("console.log of a machine", () => {
  it("is a line, its processor and its devices", () => {
    const bios = markedFirmware(0x10000);
    using pc = new PcMachine({ ramSize: 16 * MIB, bios });
    const lines = inspect(pc).split("\n");
    const count = pc.devices.length;
    expect(lines[0]).toBe(`PcMachine, 0x1000000 bytes of RAM, ${count} device(s), stopped`);
    expect(lines[1]).toBe("  X86Cpu at f000:fff0, real mode, 0 instruction(s)");
    expect(lines.slice(2).join("\n")).toContain("  i440FX, PCI 00.0");
    expect(lines.length).toBeLessThanOrEqual(18);
    expect(String(pc)).toBe(lines[0]);
    const data = JSON.parse(JSON.stringify(pc)) as { devices: unknown[] };
    expect(data).toMatchObject({ ramSize: 16 * MIB, condition: "stopped", cpu: { halted: false } });
    expect(data.devices).toHaveLength(count);
  });

  it("asks nothing of a processor that somebody else made", () => {
    const { pc } = new Rig();
    expect(inspect(pc).split("\n")[1]).toBe("  FakeCpu");
    expect(JSON.parse(JSON.stringify(pc))).toMatchObject({ cpu: null });
  });
});
