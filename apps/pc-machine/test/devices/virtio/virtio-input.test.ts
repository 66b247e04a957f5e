import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { virtioKeyboard, virtioMouse, virtioTablet } from "../../../src/devices/virtio/index.js";
import { keyNumber } from "../../../src/devices/virtio/input/key-codes.js";
import { DEVICE, VirtioDriver } from "./virtio-driver.js";

const NEEDS_RESET = 0x40;
const kinds = { keyboard: virtioKeyboard, mouse: virtioMouse, tablet: virtioTablet };

/** A driver with `buffers` buffers for events. */
function setUp(kind: keyof typeof kinds, properties = {}, buffers = 8) {
  const driver = new VirtioDriver(plug(kinds[kind], properties), false);
  driver.start();
  const places = Array.from({ length: buffers }, (_none, head) =>
    driver.offer([{ bytes: 8, write: true }], 0, false, head),
  );
  /** The events that came, without those that end a moment. */
  const events = (): number[][] => {
    const came = driver.usedIndex();
    return places.slice(0, came).map(([address = 0]) => {
      const view = new DataView(driver.bytes(address, 8).buffer);
      return [view.getUint16(0, true), view.getUint16(2, true), view.getInt32(4, true)];
    });
  };
  return { driver, events, input: driver.rig.pc.board.input };
}

/** A fact of the configuration: kind and what it is about. */
function fact(driver: VirtioDriver, select: number, about = 0): string {
  const { rig } = driver;
  rig.write(DEVICE, select, 1);
  rig.write(DEVICE + 1, about, 1);
  const length = rig.read(DEVICE + 2, 1);
  return Array.from({ length }, (_none, at) =>
    rig
      .read(DEVICE + 8 + at, 1)
      .toString(16)
      .padStart(2, "0"),
  ).join("");
}

const ascii = (text: string): string => Buffer.from(`${text}\0`).toString("hex");

describe("an input device behind virtio", () => {
  it("tells what it is, as QEMU's do", () => {
    const keyboard = setUp("keyboard", { serial: "k1" }).driver;
    expect(fact(keyboard, 1)).toBe(ascii("QEMU Virtio Keyboard"));
    expect(fact(keyboard, 2)).toBe(ascii("k1"));
    expect(fact(keyboard, 3)).toBe("0600270601000100");
    expect(fact(keyboard, 0x11, 0x11)).toBe("07");
    expect(fact(keyboard, 0x11, 0x14)).toBe("00");
    expect(fact(keyboard, 0x11, 3)).toBe("");
    const mouse = setUp("mouse").driver;
    expect(fact(mouse, 2)).toBe("");
    expect(fact(mouse, 0x11, 1)).toBe(`${"00".repeat(34)}1f${"00".repeat(7)}03`);
    expect(fact(mouse, 0x11, 2)).toBe("0301");
    const tablet = setUp("tablet").driver;
    expect(fact(tablet, 0x11, 2)).toBe("0001");
    expect(fact(tablet, 0x12, 1)).toBe(`00000000ff7f0000${"00".repeat(12)}`);
    expect(fact(tablet, 0x12, 2)).toBe("");
  });

  it("sends the events of a moment, and an end to them", () => {
    const keyboard = setUp("keyboard");
    keyboard.input.key(0xe048, true);
    keyboard.input.key(0xe048, false);
    expect(keyboard.events()).toEqual([
      [1, 103, 1],
      [0, 0, 0],
      [1, 103, 0],
      [0, 0, 0],
    ]);
    const mouse = setUp("mouse");
    mouse.input.move(3, -4, 1, 2);
    expect(mouse.events()).toEqual([
      [2, 0, 3],
      [2, 1, -4],
      [2, 8, -1],
      [1, 0x111, 1],
      [0, 0, 0],
    ]);
    const tablet = setUp("tablet", { "wheel-axis": false });
    tablet.input.point(100, 0x7fff, -1, 0);
    expect(tablet.events()).toEqual([
      [3, 0, 100],
      [3, 1, 0x7fff],
      [1, 0x151, 1],
      [1, 0x151, 0],
      [0, 0, 0],
    ]);
  });

  it("loses a moment that the driver has no room for, whole", () => {
    const { input, events, driver } = setUp("mouse", {}, 4);
    input.move(1, 1, 1, 1);
    expect(events()).toEqual([]);
    input.move(1, 0, 0, 1);
    expect(events()).toEqual([
      [2, 0, 1],
      [0, 0, 0],
    ]);
    expect(driver.causes()).toBe(1);
  });

  it("is what the user's hands are at while its driver is there", () => {
    const { driver, input } = setUp("mouse");
    expect(input.pointer()?.name).toBe("QEMU Virtio Mouse");
    driver.status = 0;
    expect(input.pointer()?.name).not.toBe("QEMU Virtio Mouse");
    driver.start();
    expect(input.pointer()?.name).toBe("QEMU Virtio Mouse");
  });

  it("takes what the driver says of lights", () => {
    const { driver } = setUp("keyboard");
    driver.request([{ bytes: Uint8Array.of(0x11, 0, 1, 0, 1, 0, 0, 0) }], 1);
    expect(driver.usedIndex(1)).toBe(1);
  });

  it("has to be reset where a buffer is too small for an event", () => {
    const driver = new VirtioDriver(plug(virtioKeyboard), false);
    driver.start();
    for (const head of [0, 1]) driver.offer([{ bytes: 4, write: true }], 0, false, head);
    driver.rig.pc.board.input.key(0x1e, true);
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  it.each([{ "disable-modern": true }, { "disable-legacy": "off" }])("refuses %j", (properties) => {
    expect(() => setUp("mouse", properties)).toThrow("device is modern-only");
  });
});

describe("numbers of keys", () => {
  it.each([
    [0x01, 1],
    [0x54, 99],
    [0x55, null],
    [0x58, 88],
    [0x59, null],
    [0xe01c, 96],
    [0xe05b, 125],
    [0xe000, null],
    [0xe1_1d45, 119],
  ])("%i is %s", (code, number) => {
    expect(keyNumber(code)).toBe(number);
  });
});
