import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { Hpet } from "../../src/devices/hpet/index.js";
import { DeviceRig, Wire } from "./device-rig.js";

const BASE = 0xfed0_0000;
const CONFIG = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const comparator = (n: number): number => 0x100 + 0x20 * n;
const VALUE = 8;
const ENABLE = 0x04;
const LEVEL = 0x02;
const PERIODIC = 0x08;
const SET_VALUE = 0x40;
const NARROW = 0x100;
const route = (n: number): number => n << 9;

function setUp() {
  const rig = new DeviceRig();
  const wires = Array.from({ length: 24 }, () => new Wire());
  const device = new Hpet(rig.ctx, {
    routes: 0x04,
    interrupt: (n) => wires[n] ?? new Wire(),
  });
  rig.memory.addSubregion(BASE, device.region);
  device.reset();
  const read = (offset: number): number => rig.memorySpace.load(BASE + offset, 4);
  const write = (offset: number, value: number): void =>
    void rig.memorySpace.store(BASE + offset, 4, value);
  const wire = (n: number): Wire => wires[n] ?? new Wire();
  return { rig, device, read, write, wire };
}

describe("the HPET", () => {
  it("says what it is", () => {
    const { read } = setUp();
    expect(read(0)).toBe(0x8086_a201);
    expect(read(4)).toBe(10_000_000);
    expect(read(comparator(0))).toBe(0x30);
    expect(read(comparator(2) + 4)).toBe(0x04);
    expect([read(comparator(1) + VALUE), read(comparator(1) + VALUE + 4)]).toEqual([
      0xffff_ffff, 0xffff_ffff,
    ]);
    expect([read(0x160), read(0x3fc), read(0x08)]).toEqual([0, 0, 0]);
  });

  it("counts 100 MHz while it is on, from where it stood", () => {
    const { rig, read, write } = setUp();
    rig.clock.advance(1000);
    expect(read(COUNTER)).toBe(0);
    write(CONFIG, 1);
    rig.clock.advance(1000);
    expect(read(COUNTER)).toBe(100);
    write(CONFIG, 0);
    rig.clock.advance(1000);
    expect(read(COUNTER)).toBe(100);
    write(COUNTER, 0xffff_fff0);
    write(COUNTER + 4, 7);
    write(CONFIG, 1);
    rig.clock.advance(1000);
    expect([read(COUNTER), read(COUNTER + 4)]).toEqual([0x54, 8]);
  });

  it("interrupts once when the counter reaches a value", () => {
    const { rig, write, wire } = setUp();
    write(CONFIG, 1);
    write(comparator(0), ENABLE | route(2));
    write(comparator(0) + VALUE + 4, 0);
    write(comparator(0) + VALUE, 100);
    const before = wire(2).edges;
    rig.clock.advance(990);
    expect(wire(2).edges).toBe(before);
    rig.clock.advance(10);
    expect(wire(2).edges).toBe(before + 1);
    rig.clock.advance(1e9);
    expect(wire(2).edges).toBe(before + 1);
  });

  it("interrupts in periods, and catches up with what was missed", () => {
    const { rig, read, write, wire } = setUp();
    write(comparator(0), ENABLE | PERIODIC | SET_VALUE | NARROW | route(2));
    write(comparator(0) + VALUE, 1000);
    write(comparator(0) + VALUE, 1000);
    write(CONFIG, 1);
    rig.clock.advance(50_000);
    expect(wire(2).edges).toBe(5);
    expect(read(comparator(0) + VALUE)).toBe(6000);
  });

  it("keeps a level until the status is cleared", () => {
    const { rig, read, write, wire } = setUp();
    write(comparator(1), ENABLE | LEVEL | NARROW | route(2));
    write(comparator(1) + VALUE, 10);
    write(CONFIG, 1);
    rig.clock.advance(200);
    expect([wire(2).level, read(STATUS)]).toEqual([true, 2]);
    write(STATUS, 1);
    expect(wire(2).level).toBe(true);
    write(STATUS, 2);
    expect([wire(2).level, read(STATUS)]).toEqual([false, 0]);
  });

  it("takes the places of PIT and clock while legacy routes are on", () => {
    const { rig, device, write, wire } = setUp();
    const pit = device.gate(0);
    const clock = device.gate(8);
    pit.set(true);
    expect(wire(0).level).toBe(true);
    write(comparator(0), ENABLE | NARROW);
    write(comparator(0) + VALUE, 100);
    write(CONFIG, 3);
    expect(wire(0).level).toBe(false);
    clock.set(true);
    expect(wire(8).level).toBe(false);
    rig.clock.advance(1000);
    expect(wire(0).edges).toBe(2);
    write(CONFIG, 0);
    expect([wire(0).level, wire(8).level]).toEqual([true, true]);
  });

  it("is routed nowhere but where it can be", () => {
    const { rig, write, wire } = setUp();
    write(comparator(0), ENABLE | NARROW | route(7));
    write(comparator(0) + VALUE, 1);
    write(CONFIG, 1);
    rig.clock.advance(1000);
    expect(wire(7).edges).toBe(0);
  });

  it("is as after power-on when it was reset, with nothing armed", () => {
    const { rig, device, read, write } = setUp();
    write(comparator(0), ENABLE | NARROW | route(2));
    write(comparator(0) + VALUE, 1000);
    write(CONFIG, 3);
    device.reset();
    expect([read(CONFIG), read(COUNTER), read(comparator(0))]).toEqual([0, 0, 0x30]);
    expect(rig.clock.next).toBe(Infinity);
  });

  it("never has time stand still, whatever a guest writes", () => {
    const { rig, write } = setUp();
    const random = new Random(7);
    for (let round = 0; round < 2000; round += 1) {
      write(4 * random.below(0x80), random.next());
      rig.clock.advance(random.below(5000));
    }
    expect(rig.faults).toEqual([]);
    expect(rig.clock.nowNs()).toBeGreaterThan(1_000_000);
  });
});
