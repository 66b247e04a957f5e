import { describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { edu } from "../../src/devices/edu/index.js";
import { Rig } from "../support/board-rig.js";

const SLOT = 5;
const WINDOW = 0xe000_0000;
const BUFFER = 0x4_0000;

/** A PC with the device in slot 5, its window placed, as a bus master. */
function setUp() {
  const rig = new Rig({ devices: [plug(edu, {}, { addr: String(SLOT) })] });
  rig.setConfig(SLOT, 0, 0x10, WINDOW);
  rig.setConfig(SLOT, 0, 0x04, 0x06);
  const pass = (ns: number): void => {
    rig.clock.advance(ns);
    rig.clock.runDue();
  };
  const transfer = (source: number, destination: number, count: number, command: number): void => {
    rig.write(WINDOW + 0x80, source);
    rig.write(WINDOW + 0x88, destination);
    rig.write(WINDOW + 0x90, count);
    rig.write(WINDOW + 0x98, command);
  };
  const pin = (): boolean => (rig.config(SLOT, 0, 0x06, 2) & 0x08) !== 0;
  return { rig, pass, transfer, pin };
}

describe("edu", () => {
  it("is who it is", () => {
    const { rig } = setUp();
    expect(rig.config(SLOT, 0, 0)).toBe(0x11e8_1234);
    expect(rig.config(SLOT, 0, 8)).toBe(0x00ff_0010);
    expect(rig.read(WINDOW)).toBe(0x0100_00ed);
  });

  it("is alive", () => {
    const { rig } = setUp();
    rig.write(WINDOW + 4, 0x1234_5678);
    expect(rig.read(WINDOW + 4)).toBe(0xedcb_a987);
  });

  it.each([
    [0, 1],
    [5, 120],
    [13, 1_932_053_504],
    [33, 0x8000_0000],
    [34, 0],
    [0xffff_ffff, 0],
  ])("computes the factorial of %i", (value, result) => {
    const { rig, pass } = setUp();
    rig.write(WINDOW + 8, value);
    expect(rig.read(WINDOW + 0x20)).toBe(1);
    pass(1_000);
    expect([rig.read(WINDOW + 0x20), rig.read(WINDOW + 8)]).toEqual([0, result]);
  });

  it("interrupts when a factorial is done, and until it is acknowledged", () => {
    const { rig, pass, pin } = setUp();
    rig.write(WINDOW + 0x20, 0x80);
    rig.write(WINDOW + 8, 3);
    pass(1_000);
    expect([rig.read(WINDOW + 0x24), pin()]).toEqual([1, true]);
    rig.write(WINDOW + 0x60, 6);
    rig.write(WINDOW + 0x64, 1);
    expect([rig.read(WINDOW + 0x24), pin()]).toEqual([6, true]);
    rig.write(WINDOW + 0x64, 6);
    expect([rig.read(WINDOW + 0x24), pin()]).toEqual([0, false]);
  });

  it("copies from memory and back, and tells by a message", () => {
    const { rig, pass, transfer, pin } = setUp();
    rig.setConfig(SLOT, 0, 0x44, 0x20_0000);
    rig.setConfig(SLOT, 0, 0x4c, 0x41);
    rig.setConfig(SLOT, 0, 0x40, 0x0001_0000);
    rig.write(0x1000, 0x1122_3344);
    transfer(0x1000, BUFFER + 0xffc, 4, 1);
    expect(rig.read(WINDOW + 0x98)).toBe(1);
    pass(100_000_000);
    expect(rig.read(WINDOW + 0x98)).toBe(0);
    transfer(BUFFER + 0xffc, 0x3000, 4, 7);
    pass(100_000_000);
    expect(rig.read(0x3000)).toBe(0x1122_3344);
    expect([rig.read(0x20_0000), rig.read(WINDOW + 0x24), pin()]).toEqual([0x41, 0x100, false]);
  });

  it("drives 28 bits of an address", () => {
    const { rig, pass, transfer } = setUp();
    rig.write(0x1000, 7);
    transfer(0xf000_1000, BUFFER, 4, 1);
    pass(100_000_000);
    transfer(BUFFER, 0x2000, 4, 3);
    pass(100_000_000);
    expect(rig.read(0x2000)).toBe(7);
  });

  it.each([
    [BUFFER - 1, 4, "edu: a transfer reaches beyond the buffer"],
    [BUFFER + 0xffd, 4, "edu: a transfer reaches beyond the buffer"],
    [BUFFER, 0x1001, "edu: a transfer reaches beyond the buffer"],
  ])("logs a transfer to %i of %i bytes", (destination, count, message) => {
    const { rig, pass, transfer } = setUp();
    transfer(0x1000, destination, count, 1);
    pass(100_000_000);
    expect(rig.messages).toEqual([message]);
    expect(rig.read(WINDOW + 0x98)).toBe(0);
  });

  it("logs a transfer that may not master the bus", () => {
    const { rig, pass, transfer } = setUp();
    transfer(0x1000, BUFFER, 4, 1);
    rig.setConfig(SLOT, 0, 0x04, 0x02);
    pass(100_000_000);
    expect(rig.messages).toEqual(["edu: a transfer reaches nothing in memory"]);
  });

  it("takes eight bytes at once where registers are wide", () => {
    const { rig } = setUp();
    const { memory } = rig.cpu.wiring;
    const bytes = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);
    memory.write(WINDOW + 0x80, bytes);
    const back = new Uint8Array(8);
    memory.read(WINDOW + 0x80, back);
    expect(back).toEqual(bytes);
  });

  it("forgets on reset, also what was under way", () => {
    const { rig, pass } = setUp();
    rig.write(WINDOW + 8, 5);
    rig.pc.reset();
    rig.setConfig(SLOT, 0, 0x10, WINDOW);
    rig.setConfig(SLOT, 0, 0x04, 0x06);
    pass(1_000);
    expect([rig.read(WINDOW + 8), rig.read(WINDOW + 0x20)]).toEqual([0, 0]);
  });
});
