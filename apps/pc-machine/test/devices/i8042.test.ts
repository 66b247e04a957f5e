import { describe, expect, it } from "vitest";

import { A20Gate } from "../../src/devices/port92/a20.js";
import { I8042 } from "../../src/devices/i8042/i8042.js";
import { Port92 } from "../../src/devices/port92/port92.js";
import { KEY_PAUSE } from "../../src/devices/i8042/scancodes.js";
import { DeviceRig, Wire } from "./device-rig.js";

const MS = 1e6;

function setUp() {
  const rig = new DeviceRig();
  const keyboardIrq = new Wire();
  const mouseIrq = new Wire();
  const a20: boolean[] = [];
  const gate = new A20Gate((enabled) => a20.push(enabled));
  let resets = 0;
  const requestReset = (): void => {
    resets++;
  };
  const i8042 = new I8042(rig.ctx, {
    keyboardIrq,
    mouseIrq,
    a20: gate.keyboardController,
    requestReset,
  });
  const port92 = new Port92(rig.ctx, { a20: gate.port92, requestReset });
  rig.map(
    { port: 0x60, region: i8042.dataRegion },
    { port: 0x64, region: i8042.commandRegion },
    { port: 0x92, region: port92.region },
  );
  const command = (value: number, ...data: number[]): void => {
    rig.out(0x64, value);
    for (const byte of data) {
      rig.out(0x60, byte);
    }
  };
  /** Everything that comes out, with time between the bytes. */
  const drain = (): number[] => {
    const bytes: number[] = [];
    while ((rig.in(0x64) & 1) !== 0) {
      bytes.push(rig.in(0x60));
      rig.clock.advance(MS);
    }
    return bytes;
  };
  return {
    rig,
    i8042,
    port92,
    gate,
    a20,
    keyboardIrq,
    mouseIrq,
    command,
    drain,
    resets: () => resets,
  };
}

describe("8042 controller", () => {
  it("tests itself and its lines", () => {
    const { rig, command, drain } = setUp();
    expect(rig.in(0x64)).toBe(0x18);
    command(0xaa);
    expect(rig.in(0x64) & 0x05).toBe(0x05);
    expect(drain()).toEqual([0x55]);
    command(0xab);
    expect(drain()).toEqual([0x00]);
    command(0xa9);
    expect(drain()).toEqual([0x00]);
  });

  it("keeps its command byte", () => {
    const { command, drain } = setUp();
    command(0x60, 0x61);
    command(0x20);
    expect(drain()).toEqual([0x61]);
    command(0xad);
    command(0xa7);
    command(0x20);
    expect(drain()).toEqual([0x71 | 0x20]);
  });

  it("drives A20 and reset, the last writer winning", () => {
    const { rig, gate, command, drain, resets } = setUp();
    command(0xd1, 0x01);
    expect(gate.enabled).toBe(false);
    rig.out(0x92, 0x02);
    expect(gate.enabled).toBe(true);
    expect(rig.in(0x92)).toBe(0x02);
    command(0xdd);
    expect(gate.enabled).toBe(false);
    command(0xd0);
    expect(drain()).toEqual([0x01]);
    command(0xdf);
    expect(gate.enabled).toBe(true);
    expect(resets()).toBe(0);
    command(0xfe);
    expect(resets()).toBe(1);
    rig.out(0x92, 0x03);
    rig.out(0x92, 0x03);
    expect(resets()).toBe(2);
  });

  it("gives both devices' interrupts only when enabled", () => {
    const { command, keyboardIrq, mouseIrq, drain } = setUp();
    command(0x60, 0x00);
    command(0xd2, 0x11);
    expect(keyboardIrq.edges).toBe(0);
    expect(drain()).toEqual([0x11]);
    command(0x60, 0x03);
    command(0xd2, 0x12);
    expect(keyboardIrq.level).toBe(true);
    command(0xd3, 0x13);
    expect(mouseIrq.level).toBe(true);
    expect(keyboardIrq.level).toBe(false);
  });

  it("logs a command it does not know", () => {
    const { rig, command } = setUp();
    command(0xb7);
    expect(rig.messages).toHaveLength(1);
  });
});

describe("PS/2 keyboard", () => {
  it("resets, identifies itself, and takes its parameters", () => {
    const { rig, i8042, drain } = setUp();
    rig.out(0x60, 0xff);
    expect(drain()).toEqual([0xfa, 0xaa]);
    rig.out(0x60, 0xf2);
    expect(drain()).toEqual([0xfa, 0xab, 0x83]);
    rig.out(0x60, 0xed);
    rig.out(0x60, 0x06);
    expect(drain()).toEqual([0xfa, 0xfa]);
    expect(i8042.keyboard.leds).toBe(6);
    rig.out(0x60, 0xf0);
    rig.out(0x60, 0x00);
    expect(drain()).toEqual([0xfa, 0xfa, 0x02]);
    rig.out(0x60, 0xee);
    expect(drain()).toEqual([0xee]);
  });

  it("sends set 2, translated to set 1 when asked", () => {
    const { rig, i8042, command, drain, keyboardIrq } = setUp();
    i8042.keyPress(0x1e);
    expect(keyboardIrq.edges).toBe(1);
    expect(drain()).toEqual([0x1c, 0xf0, 0x1c]);
    command(0x60, 0x41);
    i8042.keyPress(0x1e);
    expect(drain()).toEqual([0x1e, 0x9e]);
    i8042.keyPress(0xe048);
    expect(drain()).toEqual([0xe0, 0x48, 0xe0, 0xc8]);
    i8042.keyPress(KEY_PAUSE);
    expect(drain()).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
    rig.out(0x60, 0xf2);
    expect(drain()).toEqual([0xfa, 0xab, 0x41]);
  });

  it("translates each key of set 1 back to itself", () => {
    const { i8042, command, drain } = setUp();
    command(0x60, 0x41);
    for (let code = 1; code <= 0x7f; code++) {
      i8042.keyPress(code);
      expect(drain()).toEqual([code, code | 0x80]);
    }
  });

  it("leaves the guest time between two bytes of its own", () => {
    const { rig, i8042, keyboardIrq } = setUp();
    i8042.keyPress(0x1e);
    expect(rig.in(0x60)).toBe(0x1c);
    // A second read gives the same byte again: the next is still on its way.
    expect(rig.in(0x60)).toBe(0x1c);
    expect(rig.in(0x64) & 1).toBe(0);
    rig.clock.advance(MS);
    expect(keyboardIrq.edges).toBe(2);
    expect(rig.in(0x60)).toBe(0xf0);
  });

  it("is silent while disabled, at either end", () => {
    const { rig, i8042, command, drain } = setUp();
    rig.out(0x60, 0xf5);
    expect(drain()).toEqual([0xfa]);
    i8042.keyPress(0x1e);
    expect(drain()).toEqual([]);
    rig.out(0x60, 0xf4);
    expect(drain()).toEqual([0xfa]);
    command(0xad);
    i8042.keyPress(0x1e);
    expect(rig.in(0x64) & 1).toBe(0);
    command(0xae);
    expect(drain()).toEqual([0x1c, 0xf0, 0x1c]);
  });
});

describe("PS/2 mouse", () => {
  function mouse() {
    const setup = setUp();
    const tell = (...bytes: number[]): number[] =>
      bytes.flatMap((byte) => {
        setup.command(0xd4, byte);
        return setup.drain();
      });
    return { ...setup, tell };
  }

  it("resets and identifies itself", () => {
    const { tell } = mouse();
    expect(tell(0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(tell(0xf2)).toEqual([0xfa, 0x00]);
    expect(tell(0xe9)).toEqual([0xfa, 0x00, 0x02, 100]);
  });

  it("sends packets once enabled", () => {
    const { i8042, tell, drain, mouseIrq, rig } = mouse();
    i8042.mouse.move(5, 0);
    expect(drain()).toEqual([]);
    tell(0xf6, 0xf4);
    const before = mouseIrq.edges;
    i8042.mouse.move(5, 3, 0, 1);
    expect(mouseIrq.edges).toBe(before + 1);
    expect(rig.in(0x64) & 0x21).toBe(0x21);
    expect(drain()).toEqual([0x08 | 0x20 | 1, 5, 0xfd]);
    i8042.mouse.move(-300, 0, 0, 1);
    expect(drain()).toEqual([0x19, 0x00, 0, 0x19, 0xd4, 0]);
  });

  it("shows its wheel after the knock", () => {
    const { i8042, tell, drain } = mouse();
    tell(0xf3, 200, 0xf3, 100, 0xf3, 80);
    expect(tell(0xf2)).toEqual([0xfa, 0x03]);
    tell(0xf4);
    i8042.mouse.move(0, 0, -1);
    expect(drain()).toEqual([0x08, 0, 0, 0xff]);
  });

  it("tells of two more buttons after the other knock", () => {
    const { i8042, tell, drain } = mouse();
    tell(0xf3, 200, 0xf3, 200, 0xf3, 80);
    expect(tell(0xf2)).toEqual([0xfa, 0x04]);
    tell(0xf4);
    i8042.mouse.move(0, 0, -1, 0x19);
    expect(drain()).toEqual([0x09, 0, 0, 0x3f]);
    i8042.mouse.move(0, 0, 0, 0);
    expect(drain()).toEqual([0x08, 0, 0, 0]);
  });
});
