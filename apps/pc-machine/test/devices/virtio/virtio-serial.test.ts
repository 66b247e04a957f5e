import { describe, expect, it } from "vitest";

import { plug, type DeviceRequest } from "../../../src/device/properties/request.js";
import { virtConsole, virtioSerial, virtSerialPort } from "../../../src/devices/virtio/index.js";
import { qtreeText } from "../../../src/monitor/text/machine/qtree-text.js";
import { SerialHost } from "./serial-host.js";
import { DEVICE, VirtioDriver } from "./virtio-driver.js";

const VERSION_1 = 1n << 32n;
const MULTIPORT = 1n << 1n;
const [CONTROL_IN, CONTROL_OUT] = [2, 3];
const NEEDS_RESET = 0x40;
const Message = { READY: 0, ADD: 1, REMOVE: 2, PORT: 3, CONSOLE: 4, OPEN: 6, NAME: 7 } as const;

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bytesOf = (word: string): Uint8Array => new TextEncoder().encode(word);

/** A driver that has given the device room for messages. */
class SerialDriver extends VirtioDriver {
  #rooms: number[] = [];
  #seen = 0;

  begin(features = VERSION_1 | MULTIPORT): void {
    this.start(features, 32);
    this.#rooms = [];
    this.#seen = 0;
    if ((features & MULTIPORT) !== 0n) this.giveRoom(16);
  }

  /** Room for `count` messages. */
  giveRoom(count: number): void {
    for (let at = 0; at < count; at++) {
      const head = this.#rooms.length % 32;
      this.#rooms.push(this.offer([{ bytes: 32, write: true }], CONTROL_IN, false, head)[0]!);
    }
    this.kick(CONTROL_IN);
  }

  say(port: number, event: number, value = 1): void {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, port, true);
    view.setUint16(4, event, true);
    view.setUint16(6, value, true);
    this.request([{ bytes }], CONTROL_OUT);
  }

  /** Messages that came since the last call: port, event, value, name. */
  heard(): (number | string)[][] {
    const messages: (number | string)[][] = [];
    for (; this.#seen < this.usedIndex(CONTROL_IN); this.#seen++) {
      const length = this.usedLength(this.#seen, CONTROL_IN);
      const bytes = this.bytes(this.#rooms[this.#seen]!, length);
      const view = new DataView(bytes.buffer);
      const name = text(bytes.subarray(8));
      messages.push([
        view.getUint32(0, true),
        view.getUint16(4, true),
        view.getUint16(6, true),
        ...(name === "" ? [] : [name]),
      ]);
    }
    return messages;
  }
}

/** A controller with a console and a port, which a driver has opened if `open`. */
function setUp({ open = true, features = VERSION_1 | MULTIPORT, host = new SerialHost() } = {}) {
  const console = new SerialHost();
  const driver = new SerialDriver(plug(virtioSerial), false, [
    plug(virtConsole, { chardev: console }),
    plug(virtSerialPort, { chardev: host, name: "org.mem.0" }, { id: "port0" }),
  ]);
  driver.begin(features);
  if (open) {
    driver.say(0, Message.READY);
    for (const port of [0, 1]) driver.say(port, Message.PORT);
    driver.say(1, Message.OPEN);
    driver.heard();
  }
  return { driver, console, host };
}

/** The queues of port 1. */
const [INPUT, OUTPUT] = [4, 5];

describe("virtio-serial", () => {
  it("offers ports by the number, and queues for each", () => {
    const { driver } = setUp({ open: false });
    expect(driver.rig.config(5, 0, 0, 4)).toBe(0x1003_1af4);
    expect(driver.offered & 0xffn).toBe(0b110n);
    expect([0, 4, 8].map((at) => driver.rig.read(DEVICE + at))).toEqual([0, 31, 0]);
    expect(driver.queues).toHaveLength(64);
    const single = new VirtioDriver(plug(virtioSerial, { max_ports: 1 }), false);
    expect(single.offered & 0xffn).toBe(0b100n);
  });

  it("tells of its ports when the driver asks, and of their names and ends", () => {
    const { driver } = setUp({ open: false });
    driver.say(0, Message.READY);
    expect(driver.heard()).toEqual([
      [0, Message.ADD, 1],
      [1, Message.ADD, 1],
    ]);
    driver.say(0, Message.PORT);
    expect(driver.heard()).toEqual([
      [0, Message.CONSOLE, 1],
      [0, Message.OPEN, 1],
    ]);
    driver.say(1, Message.PORT);
    expect(driver.heard()).toEqual([
      [1, Message.NAME, 1, "org.mem.0\0"],
      [1, Message.OPEN, 1],
    ]);
  });

  it("keeps messages until there is room", () => {
    const { driver, host } = setUp({ open: false });
    for (let turn = 0; turn < 20; turn++) host.plug(turn % 2 === 1);
    expect(driver.heard()).toHaveLength(16);
    driver.giveRoom(8);
    expect(driver.heard().at(-1)).toEqual([1, Message.OPEN, 1]);
  });

  it("moves bytes both ways", () => {
    const { driver, host, console } = setUp();
    driver.request([{ bytes: bytesOf("to the host") }], OUTPUT);
    driver.request([{ bytes: bytesOf("boot") }], 1);
    expect([host.text, console.text]).toEqual(["to the host", "boot"]);
    host.send("to the guest");
    const [first] = driver.request([{ bytes: 8, write: true }], INPUT);
    const [second] = driver.request([{ bytes: 8, write: true }], INPUT);
    expect(text(first!) + text(second!)).toBe("to the guest\0\0\0\0");
    expect([driver.usedLength(0, INPUT), driver.usedLength(1, INPUT)]).toEqual([8, 4]);
  });

  it("keeps what comes for a port until the guest has it open", () => {
    const { driver, host } = setUp({ open: false });
    host.send("early");
    const [room] = driver.offer([{ bytes: 8, write: true }], INPUT);
    driver.kick(INPUT);
    driver.settle();
    expect(driver.usedIndex(INPUT)).toBe(0);
    driver.say(1, Message.OPEN);
    expect(text(driver.bytes(room!, 5))).toBe("early");
  });

  it("has the guest wait for a slow reader, and goes on when that has read", () => {
    const { driver, host } = setUp();
    host.pending = 1 << 17;
    driver.request([{ bytes: bytesOf("slow") }], OUTPUT);
    expect([host.text, driver.usedIndex(OUTPUT)]).toEqual(["", 0]);
    expect(qtreeText(driver.rig.pc.devices)).toContain("port 1, guest on, host on, throttle on");
    host.drain();
    driver.settle();
    expect([host.text, driver.usedIndex(OUTPUT)]).toEqual(["slow", 1]);
  });

  it("holds back a writer whom the guest does not read, and loses nothing", () => {
    const { driver, host } = setUp();
    const much = "0123456789abcdef".repeat(1 << 12);
    host.send(much);
    expect(host.paused).toBe(true);
    let got = "";
    for (let turn = 0; turn < 17; turn++) {
      const [bytes] = driver.request([{ bytes: 4096, write: true }], INPUT);
      got += text(bytes!.subarray(0, driver.usedLength(turn, INPUT)));
      if (turn === 15) break;
    }
    expect(got).toBe(much);
    expect(host.paused).toBe(false);
  });

  it("loses what is written to a port at which nobody is, and tells who comes and goes", () => {
    const host = new SerialHost(false);
    const { driver } = setUp({ host });
    driver.request([{ bytes: bytesOf("nobody") }], OUTPUT);
    expect([host.text, driver.usedIndex(OUTPUT)]).toEqual(["", 1]);
    host.plug(true);
    expect(driver.heard()).toEqual([[1, Message.OPEN, 1]]);
    driver.request([{ bytes: bytesOf("you") }], OUTPUT);
    host.plug(false);
    expect([host.text, driver.heard()]).toEqual(["you", [[1, Message.OPEN, 0]]]);
  });

  it("serves a driver that knows one port alone", () => {
    const { driver, console } = setUp({ open: false, features: VERSION_1 });
    driver.request([{ bytes: bytesOf("hello") }], 1);
    console.send("hi");
    const [got] = driver.request([{ bytes: 4, write: true }], 0);
    expect([console.text, text(got!)]).toEqual(["hello", "hi\0\0"]);
  });

  it("writes a byte of an emergency past the queues, before a driver is there", () => {
    const { driver, console } = setUp({ open: false });
    driver.status = 0;
    driver.rig.write(DEVICE + 8, "!".charCodeAt(0));
    driver.rig.write(DEVICE + 8, 0);
    expect(console.text).toBe("!");
  });

  it("has ports come and go while the machine runs", () => {
    const { driver } = setUp();
    const { pc } = driver.rig;
    const host = new SerialHost();
    pc.plug(plug(virtSerialPort, { chardev: host, nr: 7 }, { id: "late" }));
    expect(driver.heard()).toEqual([[7, Message.ADD, 1]]);
    driver.request([{ bytes: bytesOf("late") }], 17);
    expect(host.text).toBe("late");
    pc.unplug("late");
    expect(driver.heard()).toEqual([[7, Message.REMOVE, 1]]);
    expect(host.receive).toBeNull();
    driver.request([{ bytes: bytesOf("gone") }], 17);
    expect([host.text, driver.usedIndex(17)]).toEqual(["late", 2]);
  });

  it("tells of a port that a program of the guest opens and closes", () => {
    const { driver } = setUp({ open: false });
    const { events } = driver;
    driver.say(1, Message.OPEN);
    driver.say(1, Message.OPEN);
    driver.say(1, Message.OPEN, 0);
    driver.say(1, Message.OPEN);
    driver.status = 0;
    expect(events).toEqual(
      [true, false, true, false].map((open) => ({ kind: "port", id: "port0", open })),
    );
  });

  it.each<[string, DeviceRequest]>([
    ["reserved for virtconsole", plug(virtSerialPort, { nr: 0 })],
    ["Out-of-range port id specified, max. allowed: 30", plug(virtSerialPort, { nr: 31 })],
    ["A port already exists by name org.mem.0", plug(virtSerialPort, { name: "org.mem.0" })],
    ["has a unit 0 already", plug(virtConsole, { nr: 0 })],
  ])("refuses a port: %s", (message, request) => {
    const { driver } = setUp();
    expect(() => driver.rig.pc.plug(request)).toThrow(message);
  });

  it("takes no notice of messages that are none", () => {
    const { driver } = setUp();
    driver.request([{ bytes: Uint8Array.of(1, 0, 0) }], CONTROL_OUT);
    driver.say(99, Message.OPEN);
    driver.say(1, 0x1234);
    driver.say(1, Message.PORT, 0);
    driver.say(0xffff_ffff, Message.READY, 0);
    expect([driver.heard(), driver.status & NEEDS_RESET]).toEqual([[], 0]);
  });

  it("stops at room for messages that is none", () => {
    const { driver, host } = setUp({ features: VERSION_1 | MULTIPORT });
    host.plug(false);
    driver.begin();
    driver.status = 0;
    driver.start(VERSION_1 | MULTIPORT, 32);
    driver.offer([{ bytes: 4, write: true }], CONTROL_IN);
    driver.say(0, Message.READY);
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});
