import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { virtioNet } from "../../../src/devices/virtio/index.js";
import { romFor } from "../../../src/devices/virtio/net/option-rom.js";
import { Tap } from "../../support/tap.js";
import { DEVICE, VirtioDriver, type Part } from "./virtio-driver.js";

const VERSION_1 = 1n << 32n;
const MERGE = 1n << 15n;
const STATUS = 1n << 16n;
const VLANS = 1n << 19n;
const NEEDS_RESET = 0x40;
const RECEIVE = 0;
const TRANSMIT = 1;
const CONTROL = 2;

const MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];

function frame(to: readonly number[] = MAC, length = 100): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_none, at) => at);
  bytes.set(to);
  bytes.set([8, 0], 12);
  return bytes;
}

function setUp(features = VERSION_1, legacy = false) {
  const tap = new Tap();
  const driver = new VirtioDriver(plug(virtioNet, { netdev: tap }), legacy);
  driver.start(features);
  const receive = (bytes: Uint8Array): boolean => tap.card!.receive(bytes);
  return { driver, tap, receive };
}

const room = (bytes: number): Part => ({ bytes, write: true });

/** A command, and its outcome. */
function command(driver: VirtioDriver, kind: number, name: number, data: readonly number[]) {
  const parts = [{ bytes: Uint8Array.of(kind, name) }, { bytes: Uint8Array.from(data) }, room(1)];
  return driver.request(parts, CONTROL)[2]![0];
}

describe.each([
  ["version 1", false, VERSION_1, 12],
  ["the legacy interface", true, 0n, 10],
  ["the legacy interface, with buffers merged", true, MERGE, 12],
])("virtio-net, by %s", (_name, legacy, features, headerBytes) => {
  it("sends frames, behind a header in a buffer of its own or not", () => {
    const { driver, tap } = setUp(features, legacy);
    driver.request([{ bytes: headerBytes }, { bytes: frame() }], TRANSMIT);
    const whole = new Uint8Array(headerBytes + 60);
    whole.set(frame(MAC, 60), headerBytes);
    driver.request([{ bytes: whole }], TRANSMIT);
    expect(tap.sent).toEqual([frame(), frame(MAC, 60)]);
    expect(driver.usedIndex(TRANSMIT)).toBe(2);
  });

  it("receives frames behind a header", () => {
    const { driver, receive } = setUp(features, legacy);
    expect(receive(frame())).toBe(false);
    const [place = 0] = driver.offer([room(1600)], RECEIVE);
    expect(receive(frame())).toBe(true);
    expect(driver.usedLength(0, RECEIVE)).toBe(headerBytes + 100);
    const bytes = driver.bytes(place, headerBytes + 100);
    expect(bytes.slice(headerBytes)).toEqual(frame());
    const buffers = headerBytes === 12 ? [1, 0] : [];
    expect([...bytes.slice(0, headerBytes)]).toEqual([...new Array(10).fill(0), ...buffers]);
    expect(driver.causes()).toBe(1);
  });
});

describe("buffers for frames", () => {
  const offer = (driver: VirtioDriver, sizes: readonly number[]) =>
    sizes.map((bytes, head) => driver.offer([room(bytes)], RECEIVE, false, head)[0]!);

  it("take a long frame together where the driver wants that", () => {
    const { driver, receive } = setUp(VERSION_1 | MERGE);
    const [first = 0, second = 0] = offer(driver, [64, 64]);
    expect(receive(frame())).toBe(true);
    expect(driver.usedIndex(RECEIVE)).toBe(2);
    expect(driver.bytes(first, 12)[10]).toBe(2);
    expect(driver.bytes(second, 48)).toEqual(frame().slice(52));
    expect([driver.usedLength(0), driver.usedLength(1)]).toEqual([64, 48]);
  });

  it("stay where they are while they are too few", () => {
    const { driver, tap, receive } = setUp(VERSION_1 | MERGE);
    offer(driver, [64]);
    expect(receive(frame())).toBe(false);
    expect(driver.usedIndex(RECEIVE)).toBe(0);
    const before = tap.rooms;
    driver.offer([room(64)], RECEIVE, false, 1);
    driver.kick(RECEIVE);
    expect(tap.rooms).toBe(before + 1);
    expect(receive(frame())).toBe(true);
    expect(driver.usedIndex(RECEIVE)).toBe(2);
  });

  it("lose a frame that is longer than one, where they are not merged", () => {
    const { driver, receive } = setUp();
    offer(driver, [64]);
    expect(receive(frame())).toBe(true);
    expect(driver.usedIndex(RECEIVE)).toBe(0);
    expect(receive(frame(MAC, 20))).toBe(true);
    expect(driver.usedIndex(RECEIVE)).toBe(1);
  });

  it.each([
    ["no room", RECEIVE, [{ bytes: 16 }]],
    ["no header", TRANSMIT, [{ bytes: 4 }]],
    ["no command", CONTROL, [{ bytes: 1 }, room(1)]],
  ])("have to be reset: %s", (_name, queue, parts: readonly Part[]) => {
    const { driver, receive } = setUp();
    driver.offer(parts, queue);
    driver.kick(queue);
    if (queue === RECEIVE) receive(frame());
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
    expect(receive(frame())).toBe(false);
  });
});

describe("what a card receives", () => {
  const OTHER = [2, 0, 0, 0, 0, 1];
  const GROUP = [1, 0, 0x5e, 0, 0, 1];
  const ALL = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

  /** True for each frame that came. */
  function receives(driver: VirtioDriver, tap: Tap, frames: readonly Uint8Array[]): boolean[] {
    return frames.map((bytes) => {
      const before = driver.usedIndex(RECEIVE);
      driver.offer([room(1600)], RECEIVE);
      tap.card!.receive(bytes);
      const came = driver.usedIndex(RECEIVE) !== before;
      // What was not taken is for the next one.
      if (!came) tap.card!.receive(frame());
      return came;
    });
  }

  it("is chosen by commands", () => {
    const { driver, tap } = setUp();
    const frames = [MAC, OTHER, GROUP, ALL].map((to) => frame(to));
    const now = () => receives(driver, tap, frames);
    expect(now()).toEqual([true, true, true, true]);
    expect(command(driver, 0, 0, [0])).toBe(0);
    expect(now()).toEqual([true, false, false, true]);
    expect(command(driver, 0, 1, [1])).toBe(0);
    expect(command(driver, 0, 5, [1])).toBe(0);
    expect(now()).toEqual([true, false, true, false]);
    expect(command(driver, 1, 0, [1, 0, 0, 0, ...OTHER, 1, 0, 0, 0, ...GROUP])).toBe(0);
    expect(command(driver, 0, 1, [0])).toBe(0);
    expect(now()).toEqual([true, true, true, false]);
  });

  it("is what has the address that the driver set, until a reset", () => {
    const { driver, tap } = setUp();
    expect(command(driver, 1, 1, OTHER)).toBe(0);
    expect([...tap.card!.mac]).toEqual(OTHER);
    expect(driver.rig.read(DEVICE, 2)).toBe(2);
    driver.start();
    expect([...tap.card!.mac]).toEqual(MAC);
  });

  it("is of the VLANs that it is in", () => {
    const { driver, tap } = setUp(VERSION_1 | VLANS);
    command(driver, 0, 0, [0]);
    const tagged = frame();
    tagged.set([0x81, 0, 0x20, 5], 12);
    expect(receives(driver, tap, [tagged, frame()])).toEqual([false, true]);
    expect(command(driver, 2, 0, [5, 0])).toBe(0);
    expect(receives(driver, tap, [tagged])).toEqual([true]);
    expect(command(driver, 2, 1, [5, 0])).toBe(0);
    expect(receives(driver, tap, [tagged])).toEqual([false]);
  });

  it.each([
    [0, 6, [1]],
    [1, 0, [9, 0, 0, 0]],
    [1, 1, [1, 2, 3]],
    [2, 0, [0, 0x10]],
    [5, 0, [1, 0, 0, 0, 0, 0, 0, 0]],
    [3, 0, [0]],
    [9, 9, [0]],
  ])("command %i %i %j is refused", (kind, name, data) => {
    expect(command(setUp().driver, kind, name, data)).toBe(1);
  });
});

describe("the cable", () => {
  it("is told of, and nothing passes while it is out", () => {
    const { driver, tap, receive } = setUp(VERSION_1 | STATUS);
    const { rig } = driver;
    expect(rig.read(DEVICE + 6, 2)).toBe(1);
    tap.card!.setLink!(false);
    expect([rig.read(DEVICE + 6, 2), driver.causes()]).toEqual([0, 3]);
    driver.request([{ bytes: 12 }, { bytes: frame() }], TRANSMIT);
    expect([receive(frame()), tap.sent.length]).toEqual([true, 0]);
    tap.card!.setLink!(true);
    expect(rig.read(DEVICE + 6, 2)).toBe(1);
  });
});

describe("option ROMs", () => {
  /** A ROM of 512 bytes, all of which sum up to 0, and more behind it. */
  function rom(vendor: number, device: number): Uint8Array {
    const bytes = new Uint8Array(1024).fill(7, 512);
    const view = new DataView(bytes.buffer);
    bytes.set([0x55, 0xaa, 1]);
    view.setUint16(0x18, 0x20, true);
    view.setUint32(0x20, 0x5249_4350, true);
    view.setUint16(0x24, vendor, true);
    view.setUint16(0x26, device, true);
    bytes[6] = -bytes.subarray(0, 512).reduce((sum, byte) => sum + byte, 0);
    return bytes;
  }

  it("are for either form of the card", () => {
    expect(romFor(rom(0x1af4, 0x1041), 0x1000)).toEqual(rom(0x1af4, 0x1000));
    expect(romFor(rom(0x1af4, 0x1000), 0x1041)).toEqual(rom(0x1af4, 0x1041));
  });

  it.each([
    ["of another card", rom(0x8086, 0x100e)],
    ["without a structure", new Uint8Array(512).fill(0xff).fill(1, 2, 3)],
    ["that is cut off", rom(0x1af4, 0x1041).subarray(0, 100)],
    ["of nothing", new Uint8Array(0)],
  ])("%s stay as they are", (_name, bytes) => {
    expect(romFor(bytes, 0x1000)).toEqual(bytes);
  });
});

describe("virtio-net-pci", () => {
  it.each([{ rx_queue_size: 128 }, { tx_queue_size: 300 }])("refuses %j", (properties) => {
    expect(() => new VirtioDriver(plug(virtioNet, properties), false)).toThrow("power of 2");
  });
});
