import { describe, expect, it } from "vitest";

import { pamAttribute, PAM_WINDOWS, pamWindow } from "../src/devices/i440fx/pam.js";
import { PM_TIMER_HZ } from "../src/devices/piix4-pm/acpi-pm.js";
import { FakeCpu, Rig } from "./support/board-rig.js";

describe("PAM", () => {
  /** RAM under the windows holds this pattern; firmware and ROM do not. */
  function shadowed(rig: Rig, address: number): number {
    return rig.pc.board.map.ram.ramBytes(address, 1)[0] ?? -1;
  }

  it("knows the chip's table of windows and registers", () => {
    expect(pamWindow(0)).toEqual({ base: 0xf0000, size: 0x10000 });
    expect(pamWindow(1)).toEqual({ base: 0xc0000, size: 0x4000 });
    expect(pamWindow(12)).toEqual({ base: 0xec000, size: 0x4000 });
    expect(pamAttribute(0)).toEqual({ register: 0x59, shift: 4 });
    expect(pamAttribute(1)).toEqual({ register: 0x5a, shift: 0 });
    expect(pamAttribute(2)).toEqual({ register: 0x5a, shift: 4 });
    expect(pamAttribute(12)).toEqual({ register: 0x5f, shift: 4 });
  });

  it("shows the ROM and drops writes while a window is on PCI", () => {
    const rig = new Rig();
    expect(rig.read(0xf0000)).toBe(0x30000);
    rig.write(0xf0000, 0x1234_5678);
    expect(rig.read(0xf0000)).toBe(0x30000);
    expect(shadowed(rig, 0xf0000)).toBe(0);
  });

  it.each(Array.from({ length: PAM_WINDOWS }, (_unused, index) => index))(
    "switches window %i through all its modes, and no other",
    (index) => {
      const rig = new Rig();
      const { base, size } = pamWindow(index);
      const last = base + size - 1;
      const { register, shift } = pamAttribute(index);
      const set = (mode: number): void => rig.setConfig(0, 0, register, mode << shift, 1);
      const rom = rig.read(last, 1);

      set(3);
      rig.write(base, 0xa5, 1);
      rig.write(last, 0x5a, 1);
      expect([rig.read(base, 1), rig.read(last, 1)]).toEqual([0xa5, 0x5a]);
      expect([shadowed(rig, base), shadowed(rig, last)]).toEqual([0xa5, 0x5a]);
      rig.write(base - 1, 0x77, 1);
      const beyond = last === 0xfffff ? 0xe0000 : last + 1;
      rig.write(beyond, 0x77, 1);
      expect(shadowed(rig, beyond)).toBe(0);

      set(1);
      expect(rig.read(last, 1)).toBe(0x5a);
      rig.write(last, 0x11, 1);
      expect(rig.read(last, 1)).toBe(0x5a);

      set(2);
      rig.write(last, 0x22, 1);
      expect(shadowed(rig, last)).toBe(0x22);

      set(0);
      expect(rig.read(last, 1)).toBe(rom);
      expect(shadowed(rig, last)).toBe(0x22);
    },
  );

  it("protects a shadow copy from the processor, but not from DMA", () => {
    const rig = new Rig();
    const { memory } = rig.cpu.wiring;
    rig.setConfig(0, 0, 0x5a, 0x13, 1);
    rig.write(0xc3ffc, 0x1122_3344);
    rig.write(0xc4000, 0x1122_3344);
    expect(rig.read(0xc3ffc)).toBe(0x1122_3344);
    expect(rig.read(0xc4000)).toBe(0);
    expect(memory.lookup(0xc3fff).readonly).toBe(false);
    expect(memory.lookup(0xc4000).readonly).toBe(true);
    expect(memory.lookup(0xc4000).bytes).not.toBeNull();
    expect(memory.lookup(0xc8000).region.plainWrite).toBe(false);
    rig.pc.memory.store(0xc4000, 4, 0x5566_7788);
    expect(rig.read(0xc4000)).toBe(0x5566_7788);
  });

  it("changes several windows in one commit", () => {
    const rig = new Rig();
    let commits = 0;
    rig.pc.memory.listen({ commit: () => commits++ });
    commits = 0;
    rig.setConfig(0, 0, 0x5c, 0x3333_3333);
    expect(commits).toBe(1);
    rig.setConfig(0, 0, 0x5c, 0x3333_3333);
    expect(commits).toBeLessThanOrEqual(2);
  });

  it("survives a reset, as the shadow copy must", () => {
    const rig = new Rig();
    rig.setConfig(0, 0, 0x59, 0x30, 1);
    rig.write(0xf0000, 0x42, 1);
    rig.pc.reset();
    expect(rig.config(0, 0, 0x59, 1)).toBe(0x30);
    expect(rig.read(0xf0000, 1)).toBe(0x42);
  });
});

describe("SMRAM", () => {
  it("is hidden, then open to everyone, then for SMM alone", () => {
    const rig = new Rig();
    const smm = rig.cpu.wiring.smmMemory;
    const { machine, board } = rig.pc;
    const screen = machine.mmio({
      name: "screen",
      size: 0x20000,
      read: () => 0,
      write: () => undefined,
    });
    board.map.pci.addSubregion(0xa0000, screen, { priority: 1 });
    expect(rig.config(0, 0, 0x72, 1)).toBe(0x02);
    rig.write(0xa0000, 0x1111_1111);
    expect(rig.read(0xa0000)).toBe(0);
    rig.setConfig(0, 0, 0x72, 0x4a, 1);
    rig.write(0xa0000, 0x2222_2222);
    expect(rig.read(0xa0000)).toBe(0x2222_2222);
    rig.setConfig(0, 0, 0x72, 0x0a, 1);
    expect(rig.read(0xa0000)).toBe(0);
    expect(smm.load(0xa0000, 4)).toBe(0x2222_2222);
    rig.setConfig(0, 0, 0x72, 0x02, 1);
    expect(smm.load(0xa0000, 4)).toBe(0);
  });
});

describe("PIIX3", () => {
  it("routes the PCI wires to the interrupt controllers", () => {
    const rig = new Rig();
    const { pci, isa } = rig.pc.board;
    // Level triggered IRQ 11, everything unmasked.
    rig.out(0x4d1, 1, 0x08);
    for (const [port, ...words] of [
      [0x20, 0x11],
      [0x21, 0x08, 0x04, 0x01, 0x00],
      [0xa0, 0x11],
      [0xa1, 0x70, 0x02, 0x01, 0x00],
    ] as const) {
      for (const word of words) {
        rig.out(port, 1, word);
      }
    }
    pci.interrupt(1 << 3, 1, true);
    expect(rig.cpu.intr).toBe(false);
    rig.setConfig(1, 0, 0x60, 11, 1);
    expect(rig.cpu.intr).toBe(true);
    expect(isa.interrupts.acknowledge()).toBe(0x73);
    rig.out(0xa0, 1, 0x20);
    rig.out(0x20, 1, 0x20);
    expect(rig.cpu.intr).toBe(true);
    rig.setConfig(1, 0, 0x60, 0x80, 1);
    expect(rig.cpu.intr).toBe(false);
  });

  it("resets the machine through 0xcf9, which lies over the index port", () => {
    const rig = new Rig();
    const before = rig.cpu.resets;
    rig.out(0xcf9, 1, 0x02);
    expect(rig.in(0xcf9, 1)).toBe(0x02);
    rig.out(0xcf9, 1, 0x06);
    rig.pc.step(1);
    expect(rig.cpu.resets).toBe(before + 1);
    expect(rig.in(0xcf9, 1)).toBe(0);
  });

  it("has QEMU's power-on values", () => {
    const rig = new Rig();
    expect(rig.config(1, 0, 0x4c)).toBe(0x0003004d);
    expect(rig.config(1, 0, 0x60)).toBe(0x80808080);
    expect(rig.config(1, 0, 0x68)).toBe(0x00000200);
    expect(rig.config(1, 0, 0x74)).toBe(0x0c0c0000);
    expect(rig.config(1, 0, 0x04)).toBe(0x02000000);
  });
});

describe("PIIX4 power management", () => {
  function pmRig(): Rig {
    const rig = new Rig();
    rig.setConfig(1, 3, 0x40, 0x601);
    rig.setConfig(1, 3, 0x80, 1, 1);
    return rig;
  }

  it("appears at its base, moves, and vanishes", () => {
    const rig = pmRig();
    rig.out(0x602, 2, 0x0321);
    expect([rig.in(0x600, 2), rig.in(0x602, 2)]).toEqual([0x0001, 0x0321]);
    // The block takes no accesses wider than its registers.
    expect(rig.in(0x600, 4)).toBe(0);
    rig.setConfig(1, 3, 0x40, 0xb001);
    expect(rig.in(0x600, 4)).toBe(0xffff_ffff);
    expect(rig.in(0xb002, 2)).toBe(0x0321);
    rig.setConfig(1, 3, 0x80, 0, 1);
    expect(rig.in(0xb002, 2)).toBe(0xffff);
  });

  it("counts 3.579545 MHz in 24 bits", () => {
    const rig = pmRig();
    const start = rig.in(0x608, 4);
    rig.clock.advance(1e9);
    expect((rig.in(0x608, 4) - start) & 0xff_ffff).toBe(PM_TIMER_HZ);
    rig.clock.advance(4e9);
    expect(rig.in(0x608, 4)).toBe((PM_TIMER_HZ * 5) % 2 ** 24);
  });

  it("raises the SCI when bit 23 of the timer changes and the guest listens", () => {
    const rig = pmRig();
    expect(rig.in(0x600, 2)).toBe(1);
    rig.out(0x600, 2, 1);
    rig.out(0x602, 2, 1);
    expect(rig.in(0x600, 2)).toBe(0);
    rig.clock.advance((2 ** 23 / PM_TIMER_HZ) * 1e9 + 1000);
    rig.clock.runDue();
    expect(rig.in(0x600, 2)).toBe(1);
    rig.out(0x600, 2, 1);
    expect(rig.in(0x600, 2)).toBe(0);
  });

  it("switches ACPI mode by command, and raises an SMI when armed", () => {
    const rig = pmRig();
    rig.out(0xb2, 1, 0xf1);
    expect(rig.in(0x604, 2)).toBe(1);
    rig.out(0xb2, 1, 0xf0);
    expect(rig.in(0x604, 2)).toBe(0);
    expect(rig.cpu.smis).toBe(0);
    rig.setConfig(1, 3, 0x58, 0x0200_0000);
    rig.out(0xb2, 1, 0x55);
    rig.out(0xb3, 1, 0x66);
    expect(rig.cpu.smis).toBe(1);
    expect(rig.in(0xb2, 2)).toBe(0x6655);
  });

  it("finds nothing on the SMBus beside the EEPROMs: busy first, then an error", () => {
    const rig = pmRig();
    rig.out(0xb104, 1, 0x31);
    rig.out(0xb102, 1, 0x48);
    expect([rig.in(0xb100, 1), rig.in(0xb100, 1)]).toEqual([0x01, 0x04]);
    expect(rig.in(0xb102, 1)).toBe(0x08);
    rig.out(0xb100, 1, 0xff);
    expect(rig.in(0xb100, 1)).toBe(0);
    expect(rig.in(0xb10d, 1)).toBe(0x02);
  });

  it("does a transaction at once that is to interrupt, fails one that is killed, and calls all at address 0", () => {
    const rig = pmRig();
    const status = (): number => rig.in(0xb100, 1);
    rig.out(0xb104, 1, 0x31);
    rig.out(0xb102, 1, 0x49);
    expect(status()).toBe(0x04);
    rig.out(0xb100, 1, 0xff);
    rig.out(0xb102, 1, 0x48);
    rig.out(0xb102, 1, 0x02);
    expect([status(), status()]).toEqual([0x10, 0x10]);
    rig.out(0xb100, 1, 0xff);
    for (const [register, value] of [
      [4, 0x00],
      [3, 0x07],
      [5, 0x5a],
      [2, 0x49],
    ] as const) {
      rig.out(0xb100 + register, 1, value);
    }
    expect(status()).toBe(0x02);
    for (const address of [0x51, 0x56]) {
      rig.out(0xb105, 1, 0);
      rig.out(0xb104, 1, (address << 1) | 1);
      rig.out(0xb102, 1, 0x49);
      expect(rig.in(0xb105, 1)).toBe(0x5a);
    }
  });

  it("keeps what the SMBus was told over a reset", () => {
    const rig = pmRig();
    rig.out(0xb104, 1, 0x31);
    rig.pc.reset();
    expect(rig.in(0xb104, 1)).toBe(0x31);
  });

  it.each([0x50, 0x57])("keeps in the EEPROM at 0x%s of the SMBus what is written", (address) => {
    const rig = pmRig();
    const done = (read: number, command: number, protocol: number): readonly number[] => {
      rig.out(0xb104, 1, (address << 1) | read);
      rig.out(0xb103, 1, command);
      rig.out(0xb102, 1, 0x40 | (protocol << 2));
      const status = [rig.in(0xb100, 1), rig.in(0xb100, 1)];
      rig.out(0xb100, 1, 0xff);
      return status;
    };
    rig.out(0xb105, 1, 0x55);
    rig.out(0xb106, 1, 0x66);
    expect(done(0, 0x10, 3)).toEqual([1, 2]);
    expect(done(1, 0x11, 2)).toEqual([1, 2]);
    expect(rig.in(0xb105, 1)).toBe(0x66);
    expect(done(0, 0x10, 1)).toEqual([1, 2]);
    expect(done(1, 0, 1)).toEqual([1, 2]);
    expect(rig.in(0xb105, 1)).toBe(0x55);
    expect(done(0, 0, 0)).toEqual([1, 2]);
    expect(done(0, 0, 7)).toEqual([1, 4]);
  });

  it("says that nothing can be plugged, and one processor is there", () => {
    const rig = new Rig();
    expect(rig.in(0xae0c, 4)).toBe(0xffff_fffc);
    expect(rig.in(0xae00, 4)).toBe(0);
    expect(rig.in(0xaf00, 1)).toBe(1);
    rig.out(0xafe2, 1, 0xff);
    expect(rig.in(0xafe0, 4)).toBe(0x00ff_0000);
  });

  it("ends the machine at soft off", () => {
    const rig = pmRig();
    rig.out(0x604, 2, 0x2000);
    expect(rig.pc.step(100)).toEqual({ kind: "ended", end: { kind: "power-off" } });
    expect(rig.pc.end).toEqual({ kind: "power-off" });
    rig.pc.reset();
    expect(rig.pc.step(100)).toEqual({ kind: "ran" });
  });

  it("tells firmware that SMM needs no set-up when the processor has none", () => {
    class PlainCpu extends FakeCpu {}
    Object.defineProperty(PlainCpu.prototype, "raiseSmi", { value: undefined });
    const rig = new Rig({}, (wiring) => new PlainCpu(wiring));
    expect(rig.config(1, 3, 0x58)).toBe(0x0200_0000);
    expect(new Rig().config(1, 3, 0x58)).toBe(0);
  });
});
