import { describe, expect, it } from "vitest";

import { DebugConsole } from "../../src/devices/isa-debugcon/debugcon.js";
import { DmaController } from "../../src/devices/i8257/dma8237.js";
import {
  CoprocessorErrorPort,
  PostCodePort,
} from "../../src/devices/ignored-ports/ignored-ports.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { DeviceRig, Wire } from "./device-rig.js";

describe("debug console", () => {
  it("writes to the host and reads back its mark", () => {
    const rig = new DeviceRig();
    const backend = new MemoryBackend();
    rig.map({ port: 0x402, region: new DebugConsole(rig.ctx, { backend }).region });
    for (const c of "hello") {
      rig.out(0x402, c.charCodeAt(0));
    }
    expect(backend.text).toBe("hello");
    expect(rig.in(0x402)).toBe(0xe9);
  });
});

describe("ignored ports", () => {
  it("remembers the POST code and drops the coprocessor's interrupt", () => {
    const rig = new DeviceRig();
    const irq = new Wire();
    const post = new PostCodePort(rig.ctx);
    rig.map(
      { port: 0x80, region: post.region },
      { port: 0xf0, region: new CoprocessorErrorPort(rig.ctx, { irq }).region },
    );
    irq.set(true);
    rig.out(0x80, 0x42);
    rig.out(0xf0, 0);
    expect(post.lastCode).toBe(0x42);
    expect(irq.level).toBe(false);
    expect([rig.in(0x80), rig.in(0xf0)]).toEqual([0xff, 0xff]);
  });

  it("raises IRQ 13 for an x87 exception, which is ignored from the write on until it is over", () => {
    const rig = new DeviceRig();
    const irq = new Wire();
    const port = new CoprocessorErrorPort(rig.ctx, { irq });
    rig.map({ port: 0xf0, region: port.region });
    // A write with no exception waiting is no promise for the next.
    rig.out(0xf0, 0);
    expect([port.raise(), irq.level]).toEqual([false, true]);
    expect(port.raise()).toBe(false);
    rig.out(0xf0, 0);
    expect([port.raise(), irq.level]).toEqual([true, false]);
    port.end();
    expect([port.raise(), irq.level]).toEqual([false, true]);
    port.reset();
    expect(irq.level).toBe(false);
  });
});

describe("8237A", () => {
  it("takes addresses and counts through the byte pointer", () => {
    const rig = new DeviceRig();
    const dma = new DmaController(rig.ctx, { second: false });
    rig.map(...dma.windows);
    rig.out(0x0c, 0);
    rig.out(0x04, 0x34);
    rig.out(0x04, 0x12);
    rig.out(0x05, 0xff);
    rig.out(0x05, 0x01);
    rig.out(0x81, 0x05);
    rig.out(0x0b, 0x46);
    rig.out(0x0a, 0x02);
    expect(dma.channel(2)).toEqual({ address: 0x51234, bytes: 0x200, mode: 0x44, masked: false });
    rig.out(0x0c, 0);
    expect([rig.in(0x04), rig.in(0x04)]).toEqual([0x34, 0x12]);
    rig.out(0x0d, 0);
    expect(dma.channel(2).masked).toBe(true);
  });

  it("spreads the second controller over even ports and counts words", () => {
    const rig = new DeviceRig();
    const dma = new DmaController(rig.ctx, { second: true });
    rig.map(...dma.windows);
    rig.out(0xc4, 0x00);
    rig.out(0xc4, 0x10);
    rig.out(0xc6, 0x07);
    rig.out(0xc6, 0x00);
    rig.out(0x8b, 0x02);
    expect(dma.channel(1)).toMatchObject({ address: 0x22000, bytes: 16 });
    rig.out(0xd4, 0x01);
    expect(dma.channel(1).masked).toBe(false);
  });
});
