import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { A20Gate } from "../../src/devices/port92/a20.js";
import { DmaController } from "../../src/devices/i8257/dma8237.js";
import { I8042 } from "../../src/devices/i8042/i8042.js";
import { Piix3Ide } from "../../src/devices/piix3-ide/index.js";
import { InterruptController } from "../../src/devices/i8259/interrupt-controller.js";
import { PcSpeaker } from "../../src/devices/isa-pcspk/pc-speaker.js";
import { Pit } from "../../src/devices/i8254/pit.js";
import { Port92 } from "../../src/devices/port92/port92.js";
import { Rtc } from "../../src/devices/mc146818rtc/rtc.js";
import { Serial } from "../../src/devices/isa-serial/serial.js";
import { NullBackend } from "../../src/host/chardev.js";
import { PciBus } from "../../src/pci/index.js";
import { MemoryImage } from "../../src/storage/index.js";
import { Vga } from "../../src/devices/vga/index.js";
import { DeviceRig, Wire } from "./device-rig.js";

function board() {
  const rig = new DeviceRig();
  const { ctx } = rig;
  const pics = new InterruptController(ctx, { intr: new Wire() });
  const rtc = new Rtc(ctx, { irq: pics.line(8), startTimeMs: 0 });
  const pit = new Pit(ctx, { irq: pics.line(0) });
  const speaker = new PcSpeaker(ctx, { pit });
  const gate = new A20Gate(() => undefined);
  const requestReset = (): void => undefined;
  const i8042 = new I8042(ctx, {
    keyboardIrq: pics.line(1),
    mouseIrq: pics.line(12),
    a20: gate.keyboardController,
    requestReset,
  });
  const port92 = new Port92(ctx, { a20: gate.port92, requestReset });
  const serial = new Serial(ctx, { irq: pics.line(4), backend: new NullBackend() });
  const dma = [false, true].map((second) => new DmaController(ctx, { second }));
  const bus = new PciBus({ memory: rig.memory, io: rig.io, dmaRoot: rig.memory });
  const ide = new Piix3Ide(ctx, {
    primaryIrq: pics.line(14),
    secondaryIrq: pics.line(15),
    drives: [{ backend: new MemoryImage(0x100000) }],
  });
  const vga = new Vga(ctx);
  bus.add(ide, 1, 1);
  bus.add(vga, 2, 0);
  rig.map(
    { port: 0x20, region: pics.master.region },
    { port: 0xa0, region: pics.slave.region },
    { port: 0x4d0, region: pics.master.elcrRegion },
    { port: 0x4d1, region: pics.slave.elcrRegion },
    { port: 0x70, region: rtc.region },
    { port: 0x40, region: pit.region },
    { port: 0x61, region: speaker.region },
    { port: 0x60, region: i8042.dataRegion },
    { port: 0x64, region: i8042.commandRegion },
    { port: 0x92, region: port92.region },
    { port: 0x3f8, region: serial.region },
    ...dma.flatMap((one) => [...one.windows]),
    ...ide.windows,
    ...vga.windows,
  );
  rig.memory.addSubregion(0xa0000, vga.lowMemory, { priority: 1 });
  rig.memory.addSubregion(0, rig.machine.ram({ name: "ram", size: 0xa0000 }));
  const devices = [pics, rtc, pit, speaker, i8042, port92, serial, ...dma, ide, vga];
  devices.forEach((device) => device.reset());
  ide.configWrite(0x20, 0xc000, 4);
  ide.configWrite(0x04, 0x05, 2);
  const ports = [
    ...[0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x64],
    ...[0x70, 0x71, 0x92, 0x00, 0x05, 0x08, 0x0b, 0x0c, 0x0f, 0x81, 0xc0, 0xd6, 0x1ce, 0x1cf],
    ...[0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3b4, 0x3b5, 0x3c0, 0x3c2, 0x3c4],
    ...[0x3c5, 0x3c7, 0x3c8, 0x3c9, 0x3ce, 0x3cf, 0x3d4, 0x3d5, 0x3da, 0x1f0, 0x1f1, 0x1f2],
    ...[0x1f3, 0x1f4, 0x1f5, 0x1f6, 0x1f7, 0x3f6, 0x170, 0x177, 0xc000, 0xc002, 0xc004, 0xc008],
  ];
  return { rig, ports, devices, i8042, vga };
}

describe("a guest that writes anything anywhere", () => {
  it.each([1, 2, 3, 4])("makes no device throw (seed %i)", (seed) => {
    const random = new Random(seed);
    const below = (limit: number) => random.below(limit);
    const { rig, ports, devices, i8042, vga } = board();
    const sizes = [1, 1, 1, 2, 4] as const;
    let tooWide = 0;
    let shortFrames = 0;
    for (let i = 0; i < 60_000; i++) {
      const size = sizes[below(sizes.length)]!;
      const value = below(4) === 0 ? 0 : below(2 ** (8 * size));
      const port = ports[below(ports.length)]!;
      const address = 0xa0000 + below(0x20000 - 3);
      switch (below(8)) {
        case 0:
        case 1:
        case 2:
          rig.out(port, value, size);
          break;
        case 3:
        case 4:
          tooWide += rig.in(port, size) < 2 ** (8 * size) ? 0 : 1;
          break;
        case 5:
          rig.memorySpace.store(address, size, value);
          break;
        case 6:
          rig.memorySpace.load(address, size);
          break;
        case 7:
          rig.clock.advance(below(2_000_000));
          if (below(50) === 0) {
            i8042.keyPress(below(0x80));
            i8042.mouse.move(below(600) - 300, below(600) - 300, below(5) - 2, below(8));
          }
          break;
      }
      if (i % 20_000 === 0) {
        vga.textScreen();
        vga.textCursor();
        const { width, height, pixels } = vga.renderFrame();
        shortFrames += pixels.length === 4 * width * height ? 0 : 1;
      }
    }
    expect(rig.faults).toEqual([]);
    expect([tooWide, shortFrames]).toEqual([0, 0]);
    devices.forEach((device) => device.reset());
  });
});
