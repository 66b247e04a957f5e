import { describe, expect, it } from "vitest";

import { PcSpeaker } from "../../src/devices/isa-pcspk/pc-speaker.js";
import { PIT_HZ, Pit, pitTickNs, pitTicks } from "../../src/devices/i8254/pit.js";
import { DeviceRig, Wire } from "./device-rig.js";

function setUp() {
  const rig = new DeviceRig();
  const irq = new Wire();
  const pit = new Pit(rig.ctx, { irq });
  const speaker = new PcSpeaker(rig.ctx, { pit });
  rig.map({ port: 0x40, region: pit.region }, { port: 0x61, region: speaker.region });
  pit.reset();
  speaker.reset();
  const toTick = (tick: number): void => rig.clock.advanceTo(pitTickNs(tick));
  const load = (counter: number, mode: number, count: number, bcd = 0): void => {
    rig.out(0x43, (counter << 6) | 0x30 | (mode << 1) | bcd);
    rig.out(0x40 + counter, count & 0xff);
    rig.out(0x40 + counter, count >> 8);
  };
  const latch = (counter: number): number => {
    rig.out(0x43, counter << 6);
    return rig.in(0x40 + counter) | (rig.in(0x40 + counter) << 8);
  };
  return { rig, irq, pit, toTick, load, latch };
}

describe("PIT time", () => {
  it("converts exactly over days", () => {
    const day = 86_400 * PIT_HZ;
    for (const tick of [0, 1, 2, 17, PIT_HZ - 1, PIT_HZ, day + 1, 100 * day + 12_345]) {
      const ns = pitTickNs(tick);
      expect(pitTicks(ns)).toBe(tick);
      expect(pitTicks(ns - 1)).toBe(tick - 1);
    }
  });
});

describe("8254", () => {
  it("interrupts at exactly the programmed rate (mode 2)", () => {
    const { rig, irq, toTick, load } = setUp();
    load(0, 2, 1193);
    toTick(1193);
    expect(irq.edges).toBe(0);
    toTick(1194);
    expect(irq.edges).toBe(1);
    toTick(1 + 1193 * 1000);
    expect(irq.edges).toBe(1000);
    expect(rig.clock.nowNs()).toBe(pitTickNs(1 + 1193 * 1000));
  });

  it("interrupts once at the terminal count (mode 0) and again only when reloaded", () => {
    const { irq, toTick, load, rig } = setUp();
    load(0, 0, 100);
    expect(irq.level).toBe(false);
    toTick(101);
    expect(irq.edges).toBe(1);
    toTick(100_000);
    expect(irq.edges).toBe(1);
    rig.out(0x40, 50);
    expect(irq.level).toBe(false);
    rig.out(0x40, 0);
    toTick(100_051);
    expect(irq.edges).toBe(2);
  });

  it("powers on as a square wave of 18.2 Hz", () => {
    const { irq, toTick } = setUp();
    toTick(65536 * 10);
    expect(irq.edges).toBe(10);
  });

  it("counts down by one in mode 2 and by two in mode 3", () => {
    const { latch, toTick, load } = setUp();
    load(0, 2, 1000);
    toTick(1 + 300);
    expect(latch(0)).toBe(700);
    load(1, 3, 1000);
    toTick(301 + 1 + 100);
    expect(latch(1)).toBe(800);
    toTick(301 + 1 + 600);
    expect(latch(1)).toBe(800);
  });

  it("holds a latched count until it is read", () => {
    const { rig, toTick, load } = setUp();
    load(0, 2, 0x8000);
    toTick(1 + 0x100);
    rig.out(0x43, 0x00);
    toTick(1 + 0x300);
    rig.out(0x43, 0x00);
    expect(rig.in(0x40) | (rig.in(0x40) << 8)).toBe(0x7f00);
    expect(rig.in(0x40) | (rig.in(0x40) << 8)).toBe(0x7d00);
  });

  it("reads back status and count of several counters at once", () => {
    const { rig, toTick, load } = setUp();
    load(0, 2, 500);
    rig.out(0x43, 0xb0);
    toTick(11);
    rig.out(0x43, 0xc0 | 0x02 | 0x08);
    expect(rig.in(0x40)).toBe(0x80 | 0x30 | 0x04);
    expect(rig.in(0x40) | (rig.in(0x40) << 8)).toBe(490);
    // Counter 2 waits for its count, its output low in mode 0.
    expect(rig.in(0x42)).toBe(0x40 | 0x30);
  });

  it("transfers single bytes as the control word says", () => {
    const { rig, toTick } = setUp();
    rig.out(0x43, 0x14);
    rig.out(0x40, 200);
    toTick(1 + 50);
    expect(rig.in(0x40)).toBe(150);
    rig.out(0x43, 0x24);
    rig.out(0x40, 0x02);
    toTick(51 + 1);
    expect(rig.in(0x40)).toBe(0x02);
  });

  it("counts in decimal", () => {
    const { latch, toTick, load } = setUp();
    load(0, 2, 0x1000, 1);
    toTick(1 + 1);
    expect(latch(0)).toBe(0x0999);
    load(0, 4, 0x0000, 1);
    toTick(2 + 1 + 1);
    expect(latch(0)).toBe(0x9999);
  });

  it("finishes the running period before a new count counts (mode 2)", () => {
    const { rig, irq, toTick, load } = setUp();
    load(0, 2, 1000);
    toTick(500);
    rig.out(0x40, 100);
    rig.out(0x40, 0);
    toTick(1000);
    expect(irq.edges).toBe(0);
    toTick(1001);
    expect(irq.edges).toBe(1);
    toTick(1101);
    expect(irq.edges).toBe(2);
  });

  it("changes a square wave at the end of the half period", () => {
    const { rig, pit, toTick, load } = setUp();
    load(0, 3, 1000);
    toTick(100);
    rig.out(0x40, 100);
    rig.out(0x40, 0);
    toTick(500);
    expect(pit.output(0)).toBe(true);
    toTick(501);
    expect(pit.output(0)).toBe(false);
    toTick(550);
    expect(pit.output(0)).toBe(false);
    toTick(551);
    expect(pit.output(0)).toBe(true);
  });

  it("strobes low for one tick (mode 4)", () => {
    const { irq, pit, toTick, load } = setUp();
    load(0, 4, 10);
    toTick(10);
    expect(pit.output(0)).toBe(true);
    toTick(11);
    expect(pit.output(0)).toBe(false);
    toTick(12);
    expect(pit.output(0)).toBe(true);
    expect(irq.edges).toBe(1);
  });

  it("starts on the gate's rising edge (modes 1 and 5)", () => {
    const { pit, rig, toTick, load } = setUp();
    load(2, 1, 100);
    expect(pit.output(2)).toBe(true);
    toTick(1000);
    expect(pit.output(2)).toBe(true);
    rig.out(0x61, 1);
    toTick(1001);
    expect(pit.output(2)).toBe(false);
    toTick(1101);
    expect(pit.output(2)).toBe(true);
  });
});

describe("port 0x61", () => {
  it("gates counter 2 and shows its output", () => {
    const { rig, toTick, load } = setUp();
    load(2, 0, 1000);
    toTick(5000);
    expect(rig.in(0x61) & 0x2f).toBe(0x00);
    rig.out(0x61, 0x01);
    toTick(5999);
    expect(rig.in(0x61) & 0x2f).toBe(0x01);
    toTick(6001);
    expect(rig.in(0x61) & 0x2f).toBe(0x21);
  });

  it("pauses counter 2 while the gate is low", () => {
    const { rig, latch, toTick, load } = setUp();
    rig.out(0x61, 0x01);
    load(2, 0, 1000);
    toTick(1 + 400);
    rig.out(0x61, 0x00);
    toTick(10_000);
    expect(latch(2)).toBe(600);
    rig.out(0x61, 0x01);
    toTick(10_100);
    expect(latch(2)).toBe(500);
  });

  it("toggles the refresh bit every 15 microseconds", () => {
    const { rig } = setUp();
    let changes = 0;
    let last = rig.in(0x61) & 0x10;
    for (let us = 0; us < 1000; us++) {
      rig.clock.advance(1000);
      const now = rig.in(0x61) & 0x10;
      changes += now === last ? 0 : 1;
      last = now;
    }
    expect(changes).toBe(66);
  });
});
