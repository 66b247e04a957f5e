import { describe, expect, it } from "vitest";

import { Rtc } from "../../src/devices/mc146818rtc/rtc.js";
import { DeviceRig, Wire } from "./device-rig.js";
import { PcError } from "../../src/pc-error.js";

const SECOND = 1e9;

function setUp(start = "2024-02-28T23:59:58Z") {
  const rig = new DeviceRig();
  const irq = new Wire();
  const rtc = new Rtc(rig.ctx, { irq, startTimeMs: Date.parse(start) });
  rig.map({ port: 0x70, region: rtc.region });
  rtc.reset();
  const get = (index: number): number => {
    rig.out(0x70, index);
    return rig.in(0x71);
  };
  const set = (index: number, value: number): void => {
    rig.out(0x70, index);
    rig.out(0x71, value);
  };
  const clock = (): number[] => [0x32, 9, 8, 7, 4, 2, 0].map(get);
  return { rig, irq, rtc, get, set, clock };
}

describe("MC146818", () => {
  it("shows the time in BCD and rolls over into a leap day", () => {
    const { rig, clock, get } = setUp();
    expect(clock()).toEqual([0x20, 0x24, 0x02, 0x28, 0x23, 0x59, 0x58]);
    expect(get(6)).toBe(4);
    rig.clock.advance(2 * SECOND);
    expect(clock()).toEqual([0x20, 0x24, 0x02, 0x29, 0x00, 0x00, 0x00]);
    expect(get(6)).toBe(5);
  });

  it("shows binary values and 12-hour time on request", () => {
    const { get, set } = setUp("2023-12-31T15:45:30Z");
    set(0x0b, 0x04);
    expect([get(4), get(2), get(0), get(8), get(9), get(0x32)]).toEqual([
      0x80 | 3,
      45,
      30,
      12,
      23,
      20,
    ]);
  });

  it("keeps midnight and noon apart in 12-hour time", () => {
    const midnight = setUp("2023-12-31T00:10:00Z");
    midnight.set(0x0b, 0x00);
    expect(midnight.get(4)).toBe(0x12);
    const noon = setUp("2023-12-31T12:10:00Z");
    noon.set(0x0b, 0x00);
    expect(noon.get(4)).toBe(0x92);
  });

  it("is set while SET holds it, and goes on from there", () => {
    const { rig, set, clock } = setUp();
    set(0x0b, 0x82);
    for (const [index, value] of [
      [0, 0x59],
      [2, 0x30],
      [4, 0x12],
      [7, 0x31],
      [8, 0x12],
      [9, 0x99],
      [0x32, 0x19],
    ] as const) {
      set(index, value);
    }
    rig.clock.advance(10 * SECOND);
    expect(clock()).toEqual([0x19, 0x99, 0x12, 0x31, 0x12, 0x30, 0x59]);
    set(0x0b, 0x02);
    rig.clock.advance(SECOND);
    expect(clock()).toEqual([0x19, 0x99, 0x12, 0x31, 0x12, 0x31, 0x00]);
  });

  it("warns of an update 244 microseconds ahead", () => {
    const { rig, get } = setUp();
    rig.clock.advanceTo(SECOND - 244_141);
    expect(get(0x0a)).toBe(0x26);
    rig.clock.advanceTo(SECOND - 244_140);
    expect(get(0x0a)).toBe(0xa6);
    rig.clock.advanceTo(SECOND);
    expect(get(0x0a)).toBe(0x26);
  });

  it("interrupts periodically until register C is read each time", () => {
    const { rig, irq, get, set } = setUp("2024-01-01T10:00:00Z");
    set(0x0b, 0x42);
    rig.clock.advance(5 * SECOND);
    expect(irq.edges).toBe(1);
    expect(get(0x0c)).toBe(0xd0);
    expect(irq.level).toBe(false);
    let interrupts = 0;
    const until = rig.clock.nowNs() + SECOND;
    while (rig.clock.next <= until) {
      rig.clock.advanceTo(rig.clock.next);
      interrupts++;
      expect(get(0x0c) & 0xc0).toBe(0xc0);
    }
    expect(interrupts).toBe(1024);
  });

  it("sets the flags without interrupts too", () => {
    const { rig, irq, get } = setUp();
    rig.clock.advance(SECOND);
    expect(get(0x0c)).toBe(0x50);
    expect(get(0x0c)).toBe(0x00);
    expect(irq.edges).toBe(0);
  });

  it("interrupts at the end of each update", () => {
    const { rig, irq, get, set } = setUp();
    set(0x0b, 0x12);
    rig.clock.advance(SECOND - 1);
    expect(irq.edges).toBe(0);
    rig.clock.advance(1);
    expect(irq.edges).toBe(1);
    expect(get(0x0c) & 0x90).toBe(0x90);
    rig.clock.advance(SECOND);
    expect(irq.edges).toBe(2);
  });

  it("interrupts at the alarm, with wildcards", () => {
    const { rig, irq, get, set } = setUp("2024-01-01T10:00:00Z");
    set(1, 0x30);
    set(3, 0xff);
    set(5, 0xc0);
    set(0x0b, 0x22);
    rig.clock.advance(29 * SECOND);
    expect(irq.edges).toBe(0);
    rig.clock.advance(SECOND);
    expect(irq.edges).toBe(1);
    expect(get(0x0c) & 0xa0).toBe(0xa0);
    rig.clock.advance(59 * SECOND);
    expect(irq.edges).toBe(1);
    rig.clock.advance(SECOND);
    expect(irq.edges).toBe(2);
  });

  it("starts half a second before an update when the divider is released", () => {
    const { rig, get, set } = setUp();
    set(0x0a, 0x76);
    rig.clock.advance(3 * SECOND);
    expect(get(0)).toBe(0x58);
    set(0x0a, 0x26);
    rig.clock.advance(SECOND / 2 - 1);
    expect(get(0)).toBe(0x58);
    rig.clock.advance(1);
    expect(get(0)).toBe(0x59);
  });

  it("keeps the calendar's format over a reset, which disables interrupts and the square wave", () => {
    const { rtc, get, set } = setUp();
    set(0x0b, 0x7f);
    rtc.reset();
    expect(get(0x0b)).toBe(0x07);
  });

  it("keeps the board's bytes and ignores the NMI bit", () => {
    const { rig, rtc, get, set } = setUp();
    rtc.setCmos(0x34, 0xab);
    expect(get(0x80 | 0x34)).toBe(0xab);
    set(0x7f, 0x5a);
    expect(get(0x7f)).toBe(0x5a);
    rtc.reset();
    expect(get(0x7f)).toBe(0x5a);
    expect(rig.in(0x70)).toBe(0xff);
    expect(() => rtc.setCmos(0x0b, 0)).toThrow(PcError);
  });
});
