import { describe, expect, it } from "vitest";
import { DeliveryMode, DestinationMode, LocalApics, TriggerMode } from "@mem/x86";

import { IoApic, type InterruptBus } from "../../src/devices/ioapic/index.js";
import { DeviceRig } from "./device-rig.js";

const BASE = 0xfec0_0000;
const MASKED = 0x1_0000;
const LEVEL = 0x8000;
const REMOTE_IRR = 0x4000;

/** A bus that writes down what it is told. */
class Messages implements InterruptBus {
  readonly all: string[] = [];
  #end: ((vector: number) => void) | null = null;

  deliver(...words: [number, number, number, number, number]): void {
    this.all.push(words.join(" "));
  }

  onEndOfInterrupt(listener: (vector: number) => void): Disposable {
    this.#end = listener;
    return { [Symbol.dispose]: () => (this.#end = null) };
  }

  end(vector: number): void {
    this.#end?.(vector);
  }

  get isHeard(): boolean {
    return this.#end !== null;
  }
}

function setUp(apics: InterruptBus | null = new Messages()) {
  const rig = new DeviceRig();
  const device = new IoApic(rig.ctx, { version: 0x20, apics, acknowledge: () => 0x77 });
  rig.memory.addSubregion(BASE, device.region);
  const read = (register: number): number => {
    rig.memorySpace.store(BASE, 4, register);
    return rig.memorySpace.load(BASE + 0x10, 4);
  };
  const write = (register: number, value: number): void => {
    rig.memorySpace.store(BASE, 4, register);
    rig.memorySpace.store(BASE + 0x10, 4, value);
  };
  return { rig, device, read, write };
}

describe("the registers of the I/O APIC", () => {
  it("are identification, version, and 24 entries that are masked", () => {
    const { device, read, write } = setUp();
    device.reset();
    expect(read(1)).toBe(0x17_0020);
    write(0, 0xff00_0000);
    expect(read(0)).toBe(0x0f00_0000);
    expect(read(2)).toBe(0x0f00_0000);
    for (let pin = 0; pin < 24; pin += 1) {
      expect([read(0x10 + 2 * pin), read(0x11 + 2 * pin)]).toEqual([MASKED, 0]);
    }
    expect([read(0x0f), read(0x40), read(0xff)]).toEqual([0, 0, 0]);
  });

  it("keep what is written but what is only read", () => {
    const { read, write } = setUp();
    write(0x10 + 2 * 5, 0xffff_ffff);
    write(0x11 + 2 * 5, 0xff12_3456);
    expect(read(0x10 + 2 * 5)).toBe(0xffff_afff);
    expect(read(0x11 + 2 * 5)).toBe(0xff12_3456);
  });

  it("answer narrow accesses of the window with nothing", () => {
    const { rig, read, write } = setUp();
    write(0x10, 0x31);
    rig.memorySpace.store(BASE + 0x10, 1, 0xff);
    expect(rig.memorySpace.load(BASE + 0x10, 2)).toBe(0);
    expect(read(0x10)).toBe(0x31);
  });
});

describe("an input of the I/O APIC", () => {
  it("that is edge triggered becomes one message an edge", () => {
    const bus = new Messages();
    const { device, write } = setUp(bus);
    write(0x10 + 2 * 4, 0x0931);
    write(0x11 + 2 * 4, 0x0200_0000);
    device.setInput(4, true);
    device.setInput(4, false);
    device.setInput(4, true);
    expect(bus.all).toEqual(["2 1 1 49 0", "2 1 1 49 0"]);
  });

  it("forgets edges that come while it is masked", () => {
    const bus = new Messages();
    const { device, write } = setUp(bus);
    write(0x10 + 2 * 4, MASKED | 0x31);
    device.setInput(4, true);
    write(0x10 + 2 * 4, 0x31);
    expect(bus.all).toEqual([]);
  });

  it("that is level triggered asks again at its end while the line is high", () => {
    const bus = new Messages();
    const { device, read, write } = setUp(bus);
    write(0x10 + 2 * 11, MASKED | LEVEL | 0x61);
    device.setInput(11, true);
    write(0x10 + 2 * 11, LEVEL | 0x61);
    expect(bus.all).toEqual(["0 0 0 97 1"]);
    expect(read(0x10 + 2 * 11)).toBe(LEVEL | REMOTE_IRR | 0x61);
    device.setInput(11, true);
    bus.end(0x60);
    expect(bus.all).toHaveLength(1);
    bus.end(0x61);
    expect(bus.all).toHaveLength(2);
    device.setInput(11, false);
    bus.end(0x61);
    expect(bus.all).toHaveLength(2);
    expect(read(0x10 + 2 * 11)).toBe(LEVEL | 0x61);
  });

  it("ends by its own register, too, and a change to edges ends it", () => {
    const bus = new Messages();
    const { rig, device, read, write } = setUp(bus);
    write(0x10 + 2 * 9, LEVEL | 0x51);
    device.setInput(9, true);
    rig.memorySpace.store(BASE + 0x40, 4, 0x51);
    expect(bus.all).toHaveLength(2);
    write(0x10 + 2 * 9, 0x51);
    expect(read(0x10 + 2 * 9)).toBe(0x51);
  });

  it("0 is pin 2, and external interrupts take the vector of the 8259", () => {
    const bus = new Messages();
    const { device, write } = setUp(bus);
    write(0x10 + 2 * 2, 0x0730);
    device.setInput(0, true);
    expect(bus.all).toEqual(["0 0 7 119 0"]);
  });

  it("reaches a local APIC", () => {
    const apics = new LocalApics();
    const { device, write } = setUp(apics);
    write(0x10 + 2 * 1, 0x31);
    expect(() => device.setInput(1, true)).not.toThrow();
    expect([DeliveryMode.FIXED, DestinationMode.PHYSICAL, TriggerMode.LEVEL]).toEqual([0, 0, 1]);
  });

  it("does nothing without local APICs", () => {
    const { device, write } = setUp(null);
    write(0x10 + 2 * 1, 0x31);
    expect(() => device.setInput(1, true)).not.toThrow();
  });
});

it("shows itself as QEMU's `info pic` does", () => {
  const { device, write } = setUp(new Messages());
  write(0x10 + 2 * 9, LEVEL | 0x951);
  write(0x11 + 2 * 9, 0x0300_0000);
  device.setInput(9, true);
  const lines = device.text.split("\n");
  expect(lines[0]).toBe("ioapic0: ver=0x20 id=0x00 sel=0x23");
  expect(lines[1]).toBe(
    "  pin 0  0x0000000000010000 dest=0 vec=0   active-hi edge  masked fixed  physical",
  );
  expect(lines[10]).toBe(
    "  pin 9  0x030000000000c951 dest=3 vec=81  active-hi level        lowest logical",
  );
  expect(lines.slice(25)).toEqual(["  IRR      9", "  Remote IRR 9", ""]);
});

it("lets go of the bus", () => {
  const bus = new Messages();
  const { device } = setUp(bus);
  expect(bus.isHeard).toBe(true);
  device.dispose();
  expect(bus.isHeard).toBe(false);
});
