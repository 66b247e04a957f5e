import { describe, expect, it } from "vitest";

import { SecondaryVga } from "../../src/devices/vga/index.js";
import { PciBus } from "../../src/pci/index.js";
import { DeviceRig } from "./device-rig.js";

describe("a second adapter", () => {
  function plug() {
    const rig = new DeviceRig();
    const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
    const vga = new SecondaryVga(rig.ctx, 16);
    bus.add(vga, 3, 0);
    const config = (offset: number, value: number): void => vga.configWrite(offset, value, 4);
    config(0x10, 0xe000_0000);
    config(0x18, 0xf000_0000);
    config(0x04, 0x02);
    const dispi = (index: number, value: number): void => {
      rig.memorySpace.store(0xf000_0500 + 2 * index, 2, value);
    };
    return { rig, vga, config, dispi };
  }

  it("is a display controller that is no VGA, and answers at BARs alone", () => {
    const { rig, vga } = plug();
    expect([...vga.config.subarray(0x00, 0x0c)]).toEqual([
      0x34, 0x12, 0x11, 0x11, 0x02, 0, 0, 0, 0x02, 0, 0x80, 0x03,
    ]);
    rig.memorySpace.store(0xa0000, 1, 0x55);
    expect(vga.vram.ramBytes(0, 1)[0]).toBe(0);
    rig.out(0x3c2, 0x67);
    expect(rig.memorySpace.load(0xf000_040c, 1)).toBe(0);
    rig.memorySpace.store(0xf000_0402, 1, 0x67);
    expect(rig.memorySpace.load(0xf000_040c, 1)).toBe(0x67);
  });

  it("shows a linear mode that is set through its registers in memory, until a reset", () => {
    const { rig, vga, dispi } = plug();
    for (const [index, value] of [
      [1, 320],
      [2, 200],
      [3, 32],
      [4, 0x41],
    ] as const)
      dispi(index, value);
    rig.memorySpace.store(0xe000_0000, 4, 0x0011_2233);
    const { width, height, pixels } = vga.renderFrame();
    expect([width, height]).toEqual([320, 200]);
    expect([...pixels.subarray(0, 3)]).toEqual([0x11, 0x22, 0x33]);
    vga.reset();
    expect(rig.memorySpace.load(0xf000_0508, 2)).not.toBe(0x41);
  });
});
