import { beforeEach, describe, expect, it } from "vitest";

import { MIB } from "../support/board-rig.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";

const missing = seabiosMissing();
describe("SeaBIOS", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it("finds the board's devices and memory, and no boot device", () => {
    const { pc, log } = boot({});
    const { text } = log;
    expect(text).toContain("Running on QEMU (i440fx)");
    expect(text).toContain("QEMU fw_cfg DMA interface supported");
    expect(text).toContain("qemu/e820: addr 0x0000000000000000 len 0x0000000004000000 [RAM]");
    expect(text).toContain("PCI: init bdf=00:00.0 id=8086:1237");
    expect(text).toContain("PCI: init bdf=00:01.0 id=8086:7000");
    expect(text).toContain("PCI: init bdf=00:01.1 id=8086:7010");
    expect(text).toContain("PCI: init bdf=00:01.3 id=8086:7113");
    expect(text).toContain("PIIX3/PIIX4 init: elcr=00 0c");
    expect(text).toMatch(/Using pmtimer, ioport 0x[0-9a-f]+08/);
    expect(text).toContain("PS2 keyboard initialized");
    expect(text).toMatch(/0: 0000000000000000 - 000000000009fc00 = 1 RAM/);
    expect(text).toMatch(/5: 00000000fffc0000 - 0000000100000000 = 2 RESERVED/);
    expect(pc.end).toBeNull();
  });

  it("runs from its shadow copy, which is then write protected", () => {
    const { pc } = boot({});
    const { hostBridge, map } = pc.board;
    expect(hostBridge.config[0x59]).toBe(0x10);
    const windows = [...map.system.subregions].filter(
      (region) => region.enabled && region.name === "pam-rom",
    );
    expect(windows.length).toBeGreaterThan(0);
  });

  it("does the same in every run", () => {
    const run = (): [string, number, number] => {
      const { pc, log } = boot({});
      return [log.text, pc.cpu.instructionCount, pc.clock.nowNs()];
    };
    expect(run()).toEqual(run());
  });

  it("does the same when it is translated", () => {
    const [translated, interpreted] = [boot({ accel: "jit" }), boot({ accel: "interp" })];
    const { board } = translated.pc;
    expect(board.whyInterpreted).toBeNull();
    expect(board.translation?.translator.counters.entries).toBeGreaterThan(1000);
    const outcome = ({ pc, log }: SeabiosPc): unknown[] => [
      log.text,
      pc.cpu.instructionCount,
      pc.clock.nowNs(),
    ];
    expect(outcome(translated)).toEqual(outcome(interpreted));
  });

  it("starts over after a reset", () => {
    const machine = boot({});
    const from = machine.log.text.length;
    machine.pc.reset();
    machine.runUntil("No bootable device", { from });
    expect(machine.log.text.slice(from)).toContain("PCI: init bdf=00:01.3 id=8086:7113");
  });

  it("sees RAM above 4 GiB", () => {
    const { log } = boot({ ramSize: 6144 * MIB });
    expect(log.text).toMatch(/0000000100000000 - 00000001c0000000 = 1 RAM/);
  });
});

function boot(options: ConstructorParameters<typeof SeabiosPc>[0]): SeabiosPc {
  const machine = new SeabiosPc(options);
  machine.runUntil("No bootable device");
  return machine;
}
