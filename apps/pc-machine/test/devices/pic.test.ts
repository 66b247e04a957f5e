import { describe, expect, it } from "vitest";

import { InterruptController } from "../../src/devices/i8259/interrupt-controller.js";
import { DeviceRig, Wire } from "./device-rig.js";
import { PcError } from "../../src/pc-error.js";

function setUp() {
  const rig = new DeviceRig();
  const intr = new Wire();
  const pics = new InterruptController(rig.ctx, { intr });
  rig.map(
    { port: 0x20, region: pics.master.region },
    { port: 0xa0, region: pics.slave.region },
    { port: 0x4d0, region: pics.master.elcrRegion },
    { port: 0x4d1, region: pics.slave.elcrRegion },
  );
  pics.reset();
  return { rig, intr, pics };
}

function initialize(rig: DeviceRig, icw4 = 0x01): void {
  for (const [port, base, cascade] of [
    [0x20, 0x08, 0x04],
    [0xa0, 0x70, 0x02],
  ] as const) {
    rig.out(port, 0x11);
    rig.out(port + 1, base);
    rig.out(port + 1, cascade);
    rig.out(port + 1, icw4);
    rig.out(port + 1, 0x00);
  }
}

describe("8259A pair", () => {
  it("delivers a vector, holds it in service, and ends it", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    pics.line(1).set(true);
    expect(intr.level).toBe(true);
    expect(rig.in(0x20)).toBe(0x02);
    expect(pics.acknowledge()).toBe(0x09);
    expect(intr.level).toBe(false);
    rig.out(0x20, 0x0b);
    expect(rig.in(0x20)).toBe(0x02);
    rig.out(0x20, 0x20);
    expect(rig.in(0x20)).toBe(0x00);
    // Edge mode: the wire that is still high asks no second time.
    expect(intr.level).toBe(false);
  });

  it("serves the higher priority first and nests it over the lower", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    pics.line(4).set(true);
    pics.line(3).set(true);
    expect(pics.acknowledge()).toBe(0x0b);
    expect(intr.level).toBe(false);
    pics.line(0).set(true);
    expect(intr.level).toBe(true);
    expect(pics.acknowledge()).toBe(0x08);
    rig.out(0x20, 0x20);
    expect(intr.level).toBe(false);
    rig.out(0x20, 0x20);
    expect(pics.acknowledge()).toBe(0x0c);
  });

  it("cascades the slave and needs an end of interrupt on both chips", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    pics.line(14).set(true);
    expect(pics.acknowledge()).toBe(0x76);
    rig.out(0x20, 0x0b);
    rig.out(0xa0, 0x0b);
    expect(rig.in(0x20)).toBe(0x04);
    expect(rig.in(0xa0)).toBe(0x40);
    rig.out(0xa0, 0x20);
    pics.line(15).set(true);
    expect(intr.level).toBe(false);
    rig.out(0x20, 0x20);
    expect(intr.level).toBe(true);
    expect(pics.acknowledge()).toBe(0x77);
  });

  it("answers with the spurious vector when the request is gone", () => {
    const { rig, pics } = setUp();
    initialize(rig);
    pics.line(5).set(true);
    pics.line(5).set(false);
    expect(pics.acknowledge()).toBe(0x0f);
    rig.out(0x20, 0x0b);
    expect(rig.in(0x20)).toBe(0x00);
    // On the slave: the cascade input is in service, the slave's input 7 is not.
    pics.line(12).set(true);
    rig.out(0xa1, 0x10);
    pics.line(8).set(true);
    pics.line(8).set(false);
    expect(rig.in(0xa0) & 0x10).toBe(0x10);
  });

  it("masks, and remembers what came while masked", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    rig.out(0x21, 0x08);
    pics.line(3).set(true);
    expect(intr.level).toBe(false);
    expect(rig.in(0x21)).toBe(0x08);
    rig.out(0x21, 0x00);
    expect(intr.level).toBe(true);
  });

  it("repeats a level triggered line until it drops, as the ELCR says", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    rig.out(0x4d1, 0xff);
    rig.out(0x4d0, 0xff);
    expect(rig.in(0x4d0)).toBe(0xf8);
    expect(rig.in(0x4d1)).toBe(0xde);
    pics.line(11).set(true);
    expect(pics.acknowledge()).toBe(0x73);
    rig.out(0xa0, 0x20);
    rig.out(0x20, 0x20);
    expect(intr.level).toBe(true);
    pics.line(11).set(false);
    expect(intr.level).toBe(false);
  });

  it("rotates priorities by command and with automatic end of interrupt", () => {
    const { rig, pics } = setUp();
    initialize(rig, 0x03);
    rig.out(0x20, 0x80);
    pics.line(0).set(true);
    expect(pics.acknowledge()).toBe(0x08);
    pics.line(0).set(false);
    pics.line(0).set(true);
    pics.line(1).set(true);
    // Input 0 is now the lowest.
    expect(pics.acknowledge()).toBe(0x09);
    rig.out(0x20, 0xc0 | 3);
    pics.line(4).set(true);
    expect(pics.acknowledge()).toBe(0x0c);
    rig.out(0x20, 0x0b);
    expect(rig.in(0x20)).toBe(0x00);
  });

  it("lets lower priorities through in special mask mode", () => {
    const { rig, intr, pics } = setUp();
    initialize(rig);
    pics.line(3).set(true);
    pics.acknowledge();
    pics.line(6).set(true);
    expect(intr.level).toBe(false);
    rig.out(0x21, 0x08);
    rig.out(0x20, 0x68);
    expect(intr.level).toBe(true);
    expect(pics.acknowledge()).toBe(0x0e);
    // The unspecific end of interrupt passes over the masked input.
    rig.out(0x20, 0x20);
    rig.out(0x20, 0x0b);
    expect(rig.in(0x20)).toBe(0x08);
  });

  it("polls", () => {
    const { rig, pics } = setUp();
    initialize(rig);
    pics.line(6).set(true);
    rig.out(0x20, 0x0c);
    expect(rig.in(0x20)).toBe(0x86);
    rig.out(0x20, 0x0c);
    expect(rig.in(0x20)).toBe(0x00);
  });

  it("refuses a line it does not have", () => {
    const { pics } = setUp();
    expect(() => pics.line(16)).toThrow(PcError);
  });
});
