import { MemTxResult } from "@mem/flat";
import { describe, expect, it } from "vitest";

import {
  defineDevice,
  DeviceRegistry,
  IsaDevice,
  Monitor,
  NullBackend,
  PciDevice,
  PcOptionsError,
  plug,
  property,
  builtinDevices,
  type DeviceContext,
  type DeviceRequest,
  type PcOptions,
  type PcProblem,
} from "../../src/index.js";
import { MIB, Rig } from "../support/board-rig.js";

/** A byte at a port; a write raises an interrupt. */
class Latch extends IsaDevice {
  value = 0;
  disposed = 0;

  constructor(context: DeviceContext, iobase: number, irq: number) {
    super(context, "isa-latch");
    const wire = this.irq(irq);
    const region = context.machine.mmio({
      name: "latch",
      size: 1,
      owner: this.object,
      impl: { maxAccessSize: 1 },
      read: () => this.value,
      write: (_offset, value) => {
        this.value = value;
        wire.set(value !== 0);
      },
    });
    this.mapPorts(iobase, region);
  }

  override reset(): void {
    this.value = 0;
  }

  dispose(): void {
    this.disposed++;
  }
}

const latch = defineDevice({
  name: "isa-latch",
  bus: "ISA",
  category: "Misc",
  description: "a byte",
  properties: {
    iobase: property.uint({ bits: 16, default: 0x300, what: "I/O port", help: "its port" }),
    irq: property.uint({ bits: 8, max: 15, default: 5, help: "its interrupt" }),
    label: property.text({ default: "", help: "anything" }),
    quiet: property.bool({ default: false, help: "whether it is" }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 1 }],
  create: (context, { iobase, irq }) => new Latch(context, iobase, irq),
});

/** A function with a window of memory, one of ports, and messages. */
class Card extends PciDevice {
  constructor(context: DeviceContext, vectors: number) {
    super(context, {
      name: "card",
      vendorId: 0x1234,
      deviceId: 0xcafe,
      classCode: 0xff0000,
      interruptPin: 1,
    });
    this.enableMsi(vectors);
    const ram = context.machine.ram({ name: "card.ram", size: 0x1000, owner: this.object });
    this.registerBar(0, ram, "mem");
    const ports = context.machine.mmio({
      name: "card.ports",
      size: 0x10,
      owner: this.object,
      read: () => 7,
      write: () => undefined,
    });
    this.registerBar(1, ports, "io");
  }
}

const card = defineDevice({
  name: "card",
  bus: "PCI",
  category: "Misc",
  description: "a card",
  properties: { vectors: property.uint({ bits: 8, default: 1, help: "messages" }) },
  create: (context, { vectors }) => new Card(context, vectors),
});

const registry = builtinDevices.with(latch, card);

function rig(options: Partial<PcOptions> = {}): Rig {
  return new Rig({ ramSize: 16 * MIB, registry, ...options });
}

function problems(devices: readonly DeviceRequest[], more: Partial<PcOptions> = {}): string[] {
  try {
    rig({ devices, ...more });
  } catch (error) {
    if (!(error instanceof PcOptionsError)) throw error;
    return error.problems.map(({ option, message }: PcProblem) => `${option}: ${message}`);
  }
  return [];
}

function monitorOn(pc: Rig["pc"]): (line: string) => string {
  let printed = "";
  const monitor = new Monitor(
    {
      pc,
      name: null,
      status: "running",
      stop: () => undefined,
      cont: () => undefined,
      reset: () => undefined,
      quit: () => undefined,
    },
    (text) => (printed += text),
  );
  return (line) => {
    printed = "";
    monitor.execute(line);
    return printed;
  };
}

describe("a device that is asked for", () => {
  it("by its name, with texts, is at its ports and in the object tree", () => {
    const { pc, ...bench } = rig({
      devices: [
        { device: "isa-latch", id: "one", properties: { iobase: "0x310", irq: "7", quiet: "on" } },
        { device: "isa-latch" },
      ],
    });
    expect(pc.io.load(0x310, 1)).toBe(0);
    pc.io.store(0x310, 1, 0x5a);
    expect([pc.io.load(0x310, 1), pc.io.load(0x300, 1)]).toEqual([0x5a, 0]);
    const { objects } = pc.machine;
    expect(objects.resolve("/machine/peripheral/one")?.klass.name).toBe("isa-latch");
    expect(objects.resolve("/machine/peripheral-anon/device[0]")?.klass.name).toBe("isa-latch");
    const [plugged] = pc.devices.filter(({ id }) => id === "one");
    expect(plugged?.values).toEqual({ iobase: 0x310, irq: 7, label: "", quiet: true });
    pc.reset();
    expect(pc.io.load(0x310, 1)).toBe(0);
    expect(bench.messages).toEqual([]);
  });

  it("by its definition, raises its interrupt", () => {
    const { pc } = rig({ devices: [plug(latch, { irq: 6 })] });
    pc.io.store(0x300, 1, 1);
    // The request register of the first controller.
    pc.io.store(0x20, 1, 0x0a);
    expect(pc.io.load(0x20, 1) & 0x40).toBe(0x40);
  });

  it("on PCI, gets the first free slot, or its own", () => {
    const { pc } = rig({
      vga: true,
      devices: [
        { device: "card" },
        plug(card, {}, { addr: "3.0" }),
        plug(card, {}, { addr: "1f" }),
      ],
    });
    const places = pc.devices.filter(({ definition }) => definition === card);
    expect(places.map(({ devfn }) => devfn)).toEqual([4 << 3, 3 << 3, 0x1f << 3]);
  });

  it("is let go of with the machine", () => {
    const { pc } = rig({ devices: [plug(latch)] });
    const [device] = pc.devices.flatMap((plugged) =>
      plugged.device instanceof Latch ? [plugged.device] : [],
    );
    pc.dispose();
    pc.dispose();
    expect(device?.disposed).toBe(1);
  });

  it("serial ports take what is free, whoever asks", () => {
    const chardev = new NullBackend();
    const { pc } = rig({
      serial: [chardev],
      devices: [{ device: "isa-serial", properties: { chardev } }],
    });
    const ports = pc.devices.filter(({ definition }) => definition.name === "isa-serial");
    expect(ports.map(({ values }) => values["iobase"])).toEqual([0x3f8, 0x2f8]);
  });
});

describe("what cannot be", () => {
  it("is told all at once, before anything is built", () => {
    const chardev = new NullBackend();
    const found = problems(
      [
        { device: "isa-lacth" },
        { device: "isa-latch", properties: { iobase: "x", colour: "red", irq: 16 } },
        { device: "isa-latch", properties: { iobase: 0x3f8 } },
        { device: "isa-latch", id: "a" },
        { device: "isa-latch", id: "a", properties: { iobase: 0x40 } },
        { device: "isa-latch", id: "0", properties: { iobase: 0x302 }, addr: "5" },
        { device: "card", addr: "1" },
        { device: "card", addr: "40" },
        { device: "card", addr: "7", bus: "pci.1" },
        { device: "isa-latch", bus: "pci.0", properties: { iobase: 0x310 } },
        { device: "usb-mouse", bus: "usb-bus.0" },
        { device: "isa-serial" },
        { device: "PIIX3" },
        { device: "VGA" },
        { device: "VGA" },
      ],
      { serial: [chardev], ramSize: 5 },
    );
    expect(found).toEqual([
      "ramSize: 5 bytes is not 8 KiB to 1 TiB of RAM",
      "device card: PCI slot 1, function 0 holds PIIX3 already",
      "device card: addr=40: a PCI address is SLOT.FUNCTION, 0.0 to 1f.7",
      'device isa-lacth: there is no device "isa-lacth"; did you mean isa-latch?',
      'device isa-latch: iobase=x: "x" is no I/O port (0 to 0xffff)',
      "device isa-latch: irq=16: not a uint8",
      'device isa-latch: "colour" is no property of isa-latch',
      "device isa-latch: I/O port 0x3f8 is isa-serial's already",
      'device isa-latch: there is a device "a" already',
      "device isa-latch: I/O port 0x40 is isa-pit's already",
      "device isa-latch: id=0: a name has letters, digits, - . _ and begins with a letter",
      "device isa-latch: addr= is for devices on the PCI bus",
      "device card: Bus 'pci.1' not found",
      "device isa-latch: Device 'isa-latch' can't go on PCI bus",
      "device usb-mouse: Bus 'usb-bus.0' not found",
      "device isa-serial: chardev= is missing",
      "device VGA: there is a display adapter already",
      'device PIIX3: "PIIX3" is soldered to the board: there can be no other one',
    ]);
  });

  it("is two devices at one port", () => {
    expect(problems([plug(latch, {}, { id: "a" }), plug(latch, {}, { id: "b" })])).toEqual([
      'device isa-latch: I/O port 0x300 is isa-latch "a"\'s already',
    ]);
  });

  it("is more slots than there are", () => {
    const many = Array.from({ length: 31 }, () => plug(card));
    expect(problems(many)).toEqual(["device card: every slot of the PCI bus is taken"]);
  });

  it("is two kinds of one name", () => {
    expect(() => new DeviceRegistry([latch, latch])).toThrow('there are two devices "isa-latch"');
  });
});

describe("a device that comes and goes", () => {
  it("is found by the guest where it was plugged in, and is gone after", () => {
    const { pc, ...bench } = rig();
    const config = (offset: number): number => {
      pc.io.store(0xcf8, 4, (0x8000_0000 | (2 << 11) | offset) >>> 0);
      return pc.io.load(0xcfc, 4);
    };
    expect(config(0)).toBe(0xffff_ffff);
    const plugged = pc.plug(plug(card, {}, { id: "c" }));
    expect(config(0)).toBe(0xcafe_1234);
    pc.io.store(0xcf8, 4, 0x8000_1010);
    pc.io.store(0xcfc, 4, 0xe000_0000);
    pc.io.store(0xcf8, 4, 0x8000_1004);
    pc.io.store(0xcfc, 4, 2);
    pc.memory.store(0xe000_0010, 4, 42);
    expect(pc.memory.load(0xe000_0010, 4)).toBe(42);
    expect(plugged.ranges[0]?.place).toMatchObject({ first: 0xe000_0000n, last: 0xe000_0fffn });
    pc.unplug("c");
    expect(config(0)).toBe(0xffff_ffff);
    expect(pc.memory.read(0xe000_0010, new Uint8Array(4))).not.toBe(MemTxResult.OK);
    expect(pc.machine.objects.resolve("/machine/peripheral/c")).toBeNull();
    expect(pc.machine.addressSpaces.map(({ name }) => name)).not.toContain("card");
    expect(bench.messages).toEqual([]);
    pc.plug(plug(card, {}, { id: "c" }));
    pc.dispose();
  });

  it("does so by the monitor", () => {
    const { pc } = rig();
    const run = monitorOn(pc);
    expect(run("device_add card,id=c,addr=6")).toBe("");
    expect(run("info qtree")).toContain(
      '      dev: card, id "c"\n        vectors = 1 (0x1)\n        addr = 06.0\n',
    );
    // QEMU shows classes that it has no name for in decimal.
    expect(run("info pci")).toMatch(/Class 65280: PCI device 1234:cafe\n(.*\n)*? {6}id "c"/);
    expect(run("device_add card,id=c")).toMatch(/^device_add: there is a device "c" already/);
    expect(run("device_add cadr")).toMatch(/there is no device "cadr"; did you mean card\?/);
    expect(run("device_add isa-latch")).toMatch(/cannot be plugged in while the machine is there/);
    expect(run("device_add card,vectors=x")).toMatch(/vectors=x: "x" is no number \(0 to 255\)/);
    expect(run("device_add help")).toContain('name "card", bus PCI, desc "a card"');
    expect(run("device_add card,help")).toContain("  vectors=<uint8>");
    expect(run("device_del c")).toBe("");
    expect(run("device_del c")).toMatch(/^device_del: Device c is already in the process of unplug/);
    // Nobody ejects it: it goes at the next reset.
    pc.reset();
    expect(run("device_del c")).toMatch(/^device_del: there is no device "c"/);
    expect(run("info qtree")).not.toContain("dev: card");
  });
});

describe("info qtree", () => {
  it("has buses, devices, and what is set about them", () => {
    const { pc } = rig({ vga: true, devices: [plug(latch, { label: "x" }, { id: "l" })] });
    const text = monitorOn(pc)("info qtree");
    expect(text).toMatch(/^bus: main-system-bus\n {2}type System\n {2}dev: fw_cfg_io, id ""\n/);
    expect(text).toContain("    bus: pci.0\n      type PCI\n      dev: VGA");
    expect(text).toContain(
      [
        '          dev: isa-latch, id "l"',
        "            iobase = 768 (0x300)",
        "            irq = 5 (0x5)",
        '            label = "x"',
        "            quiet = false",
      ].join("\n"),
    );
    expect(text).toContain(
      "class VGA controller, addr 00:02.0, pci id 1234:1111 (sub 1af4:1100)\n" +
        "        bar 0: mem at 0xffffffffffffffff [0xfffffe]\n",
    );
    expect(text.match(/dev: isa-i8259/g)).toHaveLength(2);
  });
});

describe("a range of a device", () => {
  it("is counted, traced, and stops, wherever it is mapped", () => {
    const { pc, cpu } = rig({ devices: [plug(card, {}, { id: "c" })] });
    const range = pc.devices.find(({ id }) => id === "c")?.ranges[1];
    if (range === undefined) throw new Error("the card has no second range");
    expect([range.name, range.place, range.isCounting]).toEqual(["card.ports", null, false]);
    const place = (port: number): void => {
      pc.io.store(0xcf8, 4, 0x8000_1014);
      pc.io.store(0xcfc, 4, port);
      pc.io.store(0xcf8, 4, 0x8000_1004);
      pc.io.store(0xcfc, 4, 1);
    };
    place(0xc000);
    range.startCounting();
    const told: string[] = [];
    const tracing = range.trace(({ type, address }) => told.push(`${type} ${address}`));
    const stops: unknown[] = [];
    const breaking = range.breakOn({ value: 3, types: ["write"] }, ({ value }) =>
      stops.push(value),
    );
    cpu.wiring.io.load(0xc000, 4);
    place(0xd000);
    cpu.wiring.io.store(0xd000, 4, 3);
    cpu.wiring.io.store(0xd000, 4, 4);
    expect(range.counts).toEqual({ reads: 1, writes: 2, failed: 0 });
    expect(told).toEqual(["read 49152", "write 53248", "write 53248"]);
    expect(stops).toEqual([3]);
    tracing[Symbol.dispose]();
    breaking[Symbol.dispose]();
    range.stopCounting();
    cpu.wiring.io.load(0xd000, 4);
    expect([told.length, range.counts.reads]).toEqual([3, 0]);
  });

  it("has a name in the monitor", () => {
    const { pc, cpu } = rig({ devices: [plug(latch, {}, { id: "l" }), plug(card)] });
    const run = monitorOn(pc);
    expect(run("trace on l")).toBe("");
    expect(run("trace on -c mc146818rtc")).toBe("");
    expect(run("break card:card.ports w 5")).toBe("break 1: card:card.ports\n");
    expect(run("trace")).toBe("l\nmc146818rtc (counted only)\n");
    expect(run("break")).toBe("1: card:card.ports write value 0x5\n");
    cpu.wiring.io.load(0x300, 1);
    cpu.wiring.io.load(0x71, 1);
    expect(run("info ranges l")).toBe("l:latch I/O 0x300-0x300 [1 reads, 0 writes, 0 failed]\n");
    expect(run("info ranges mc146818rtc")).toContain("[1 reads, 0 writes");
    expect(run("info ranges")).toContain("card:card.ram cpu-memory-0 not mapped\n");
    expect(run("delete 1")).toBe("");
    expect(run("trace off l")).toBe("");
    expect(run("trace")).toBe("mc146818rtc (counted only)\n");
    expect(run("trace on nobody")).toMatch(/^trace: no device or range is called 'nobody'/);
    expect(run("info ranges nobody")).toMatch(/^ranges: no device or range is called 'nobody'/);
  });
});

describe("message signalled interrupts", () => {
  function msiRig(vectors: number) {
    const { pc, messages } = rig({ devices: [plug(card, { vectors })] });
    const device = pc.devices.flatMap((plugged) =>
      plugged.device instanceof Card ? [plugged.device] : [],
    )[0];
    if (device === undefined) throw new Error("there is no card");
    const write = (offset: number, value: number): void => {
      pc.io.store(0xcf8, 4, (0x8000_1000 | offset) >>> 0);
      pc.io.store(0xcfc, 4, value);
    };
    const read = (offset: number): number => {
      pc.io.store(0xcf8, 4, (0x8000_1000 | offset) >>> 0);
      return pc.io.load(0xcfc, 4);
    };
    return { pc, device, messages, write, read };
  }

  it("are a capability that the guest finds", () => {
    const { read, write } = msiRig(4);
    expect(read(0x04) & 0x0010_0000).toBe(0x0010_0000);
    expect(read(0x34)).toBe(0x40);
    // The ID, the end of the list, 64-bit addresses, four vectors.
    expect(read(0x40)).toBe(0x0084_0005);
    write(0x44, 0xffff_ffff);
    write(0x40, 0xffff_ffff);
    expect(read(0x44)).toBe(0xffff_fffc);
    expect(read(0x40)).toBe(0x00f5_0005);
  });

  it("are stores to where the guest wants them", () => {
    const { pc, device, write } = msiRig(4);
    expect(device.sendMsi()).toBe(false);
    write(0x04, 0x06);
    write(0x44, 0x2000);
    write(0x4c, 0x4030);
    write(0x40, 0x0001_0000);
    expect(device.sendMsi(3)).toBe(true);
    expect(pc.memory.load(0x2000, 4)).toBe(0x4030);
    write(0x40, 0x0021_0000);
    device.sendMsi(3);
    expect(pc.memory.load(0x2000, 4)).toBe(0x4033);
  });

  it("keep the pin quiet, and end with a reset", () => {
    const { pc, device, write, read } = msiRig(1);
    write(0x40, 0x0001_0000);
    device.setInterrupt(true);
    expect(pc.board.pci.pirqLevel(1)).toBe(false);
    write(0x40, 0);
    expect(pc.board.pci.pirqLevel(1)).toBe(true);
    write(0x40, 0x0001_0000);
    expect(pc.board.pci.pirqLevel(1)).toBe(false);
    pc.reset();
    expect(read(0x40)).toBe(0x0080_0005);
    expect(device.sendMsi()).toBe(false);
  });

  it("that reach nothing are a line in the log", () => {
    const { device, messages, write } = msiRig(1);
    write(0x40, 0x0001_0000);
    expect(device.sendMsi()).toBe(true);
    expect(messages).toEqual(["card: the message of an interrupt reaches nothing"]);
  });

  it("need room in configuration space", () => {
    const { device } = msiRig(1);
    expect(() => device.addCapability(9, 0xc0)).toThrow(/no room for capability 9 of 192 bytes/);
  });
});
