/** USB: the controller as a driver sees it, and the devices at its ports. */
import { describe, expect, it } from "vitest";

import type { PcMachine } from "../../src/board/index.js";
import { plug, type DeviceRequest } from "../../src/device/properties/request.js";
import { piix3UsbUhci } from "../../src/devices/piix3-usb-uhci/index.js";
import { usbKbd, usbMouse, usbTablet } from "../../src/devices/usb-hid/index.js";
import { usbStorage } from "../../src/devices/usb-storage/index.js";
import { BlockError } from "../../src/storage/block-backend.js";
import { driveOf } from "../../src/storage/drive-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { readLe, writeLe } from "../../src/pci/config-space.js";
import { Rig } from "../support/board-rig.js";
import { Ended, UsbHost } from "./usb-host.js";

const CONTROLLER = plug(piix3UsbUhci, {}, { addr: "5", id: "uhci" });
const PIN = 0x08;

function setUp(devices: readonly DeviceRequest[]): { host: UsbHost; pc: PcMachine } {
  const rig = new Rig({ ramSize: 2 ** 20, devices: [CONTROLLER, ...devices] });
  return { host: new UsbHost(rig), pc: rig.pc };
}

const text = (bytes: Uint8Array | null): string =>
  new TextDecoder("utf-16le").decode(bytes?.subarray(2));

describe("the controller", () => {
  it("is who it is", () => {
    const { host } = setUp([]);
    expect(host.rig.config(5, 0, 0)).toBe(0x7020_8086);
    expect(host.rig.config(5, 0, 8)).toBe(0x0c03_0001);
    expect(host.rig.config(5, 0, 0x60, 1)).toBe(0x10);
    expect(host.rig.config(5, 0, 0x3d, 1)).toBe(4);
  });

  it("tells which ports have devices, and that there are two", () => {
    const { host } = setUp([plug(usbTablet, { port: "2" })]);
    expect([0x10, 0x12, 0x14].map((port) => host.in(port))).toEqual([0x80, 0x83, 0xff7f]);
    host.out(0x12, 0x0002);
    expect(host.in(0x12)).toBe(0x81);
    host.out(0x10, 0x0004);
    expect(host.in(0x10)).toBe(0x80);
  });

  it("counts frames while it runs, also those that it had no time for", () => {
    const { host } = setUp([]);
    expect(host.in(2) & 0x20).toBe(0);
    host.pass(3);
    expect(host.in(6)).toBe(3);
    host.pass(500);
    expect(host.in(6)).toBe(503);
    host.out(0, 0);
    host.pass(5);
    expect([host.in(6), host.in(2)]).toEqual([503, 0x20]);
  });

  it("gives up where nobody answers, and tells so", () => {
    const { host } = setUp([plug(usbTablet)]);
    // The port is off, and three tries are allowed.
    const { state } = host.packet("in", 0, 0, 8);
    expect(state).toBe(Ended.ACTIVE | Ended.TIMEOUT);
  });

  it("halts on a schedule that is none", () => {
    const { host } = setUp([]);
    host.poke(0x2_1004, 0x0080_0000);
    host.poke(0x2_1008, 0x55);
    host.poke(0x2_0004, 0x2_1000);
    host.pass(1);
    expect(host.in(2) & 0x30).toBe(0x30);
    expect(host.rig.config(5, 0, 6, 2) & PIN).toBe(PIN);
  });

  it("ends a frame though its queues are a ring, or memory does not answer", () => {
    const { host } = setUp([]);
    host.poke(0x2_0000, 0x2_0002);
    host.pass(2);
    expect(host.in(2)).toBe(0);
    host.out(8, 0xf000_0000, 4);
    host.pass(1);
    expect(host.in(2) & 0x28).toBe(0x28);
  });

  it("interrupts at the end of a descriptor that asks for it, until it is told", () => {
    const { host } = setUp([plug(usbTablet)]);
    host.enable(0);
    host.packet("setup", 0, 0, new Uint8Array(8));
    expect([host.in(2) & 1, host.rig.config(5, 0, 6, 2) & PIN]).toEqual([1, PIN]);
    host.out(2, 1);
    expect([host.in(2) & 1, host.rig.config(5, 0, 6, 2) & PIN]).toEqual([0, 0]);
  });

  it("wakes when a device comes or goes while it sleeps", () => {
    const { host, pc } = setUp([]);
    host.out(0, 0x08);
    pc.plug(plug(usbMouse, {}, { id: "m" }));
    expect([host.in(2) & 4, host.in(0x10)]).toEqual([4, 0x83]);
    host.out(2, 4);
    host.out(0x10, 2);
    pc.unplug("m");
    expect([host.in(2) & 4, host.in(0x10)]).toEqual([4, 0x82]);
  });
});

describe("a device", () => {
  it("tells what it is", () => {
    const { host } = setUp([plug(usbTablet)]);
    host.configure(0, 7);
    const device = host.ask(7, 0x80, 6, 0x0100, 0, 18) ?? new Uint8Array();
    expect([device.length, readLe(device, 8, 2), device[7]]).toEqual([18, 0x0627, 8]);
    expect(text(host.ask(7, 0x80, 6, 0x0302, 0x409, 255))).toBe("QEMU USB Tablet");
    const configuration = host.ask(7, 0x80, 6, 0x0200, 0, 255) ?? new Uint8Array();
    expect(readLe(configuration, 2, 2)).toBe(configuration.length);
    expect(host.ask(7, 0x80, 8, 0, 0, 1)).toEqual(Uint8Array.of(1));
    const report = host.ask(7, 0x81, 6, 0x2200, 0, 255) ?? new Uint8Array();
    expect(report.length).toBe(readLe(configuration, 9 + 9 + 7, 2));
  });

  it("refuses what it does not know, and goes on", () => {
    const { host } = setUp([plug(usbTablet)]);
    host.configure(0, 7);
    expect(host.ask(7, 0x80, 6, 0x0600, 0, 10)).toBeNull();
    expect(host.tell(7, 0x00, 9, 5, 0)).toBe(false);
    expect(host.tell(7, 0x00, 99, 0, 0)).toBe(false);
    expect(host.ask(7, 0x80, 0, 0, 0, 2)).toEqual(Uint8Array.of(0, 0));
  });

  it("answers at no endpoint before it is configured, and at none that it has not", () => {
    const { host } = setUp([plug(usbTablet)]);
    host.enable(0);
    host.tell(0, 0x00, 5, 7, 0);
    expect(host.packet("in", 7, 1, 8).state).toBe(Ended.STALL);
    host.tell(7, 0x00, 9, 1, 0);
    expect(host.packet("in", 7, 1, 8).state).toBe(Ended.ACTIVE | Ended.NAK);
    expect(host.packet("in", 7, 3, 8).state).toBe(Ended.STALL);
  });

  it("is found where its port was reset", () => {
    const { host } = setUp([plug(usbTablet)]);
    host.configure(0, 7);
    host.enable(0);
    expect(host.ask(0, 0x80, 8, 0, 0, 1)).toEqual(Uint8Array.of(0));
  });
});

describe("what the user does", () => {
  const report = (host: UsbHost): number[] => [...host.packet("in", 7, 1, 8).bytes];

  it("goes to the tablet as places, once the guest asks it", () => {
    const { host, pc } = setUp([plug(usbTablet)]);
    host.configure(0, 7);
    const { input } = pc.board;
    expect(input.pointer()?.name).toBe("QEMU PS/2 Mouse");
    expect(report(host)).toEqual([]);
    expect(input.pointer()?.name).toBe("QEMU HID Tablet");
    input.point(0x1234, 0x7fff, 0, 1);
    input.move(0, 0, -2, 0);
    expect(report(host)).toEqual([1, 0x34, 0x12, 0xff, 0x7f, 0]);
    expect(report(host)).toEqual([0, 0x34, 0x12, 0xff, 0x7f, 2]);
    expect(report(host)).toEqual([]);
  });

  it("goes to the mouse as steps, of which a report holds 127", () => {
    const { host, pc } = setUp([plug(usbMouse)]);
    host.configure(0, 7);
    report(host);
    pc.board.input.move(200, -3, 0, 2);
    expect(report(host)).toEqual([2, 127, 0xfd, 0]);
    expect(report(host)).toEqual([2, 73, 0, 0]);
    expect(report(host)).toEqual([]);
  });

  it("goes to the keyboard as keys that are down", () => {
    const { host, pc } = setUp([plug(usbKbd)]);
    host.configure(0, 7);
    report(host);
    // Ctrl, A, Delete; then all are let go.
    pc.board.input.chord([0x1d, 0x1e, 0xe053]);
    const keys = [[1], [1, 0, 4], [1, 0, 4, 0x4c], [1, 0, 4], [1], []];
    for (const down of keys) {
      expect(report(host)).toEqual([...down, ...Array<number>(8 - down.length).fill(0)]);
    }
    expect(host.tell(7, 0x21, 9, 0x0200, 0, Uint8Array.of(2))).toBe(true);
  });

  it("is told anew after the idle time", () => {
    const { host } = setUp([plug(usbKbd)]);
    host.configure(0, 7);
    host.tell(7, 0x21, 0x0a, 0x0500, 0);
    host.pass(20);
    expect(report(host).length).toBe(8);
    expect(report(host)).toEqual([]);
  });

  it("goes to the mouse of the keyboard controller when the tablet is gone", () => {
    const { host, pc } = setUp([plug(usbTablet, {}, { id: "tab" })]);
    host.configure(0, 7);
    report(host);
    pc.unplug("tab");
    expect(pc.board.input.pointers.map(({ handler }) => handler.name)).toEqual(["QEMU PS/2 Mouse"]);
  });
});

describe("a disk", () => {
  const SECTORS = 4096;

  function disk(options: { fails?: boolean; readonly?: boolean } = {}) {
    const image = new MemoryImage(new Uint8Array(SECTORS * 512));
    const backend = {
      sectors: SECTORS,
      readonly: options.readonly ?? false,
      read: (lba: number, into: Uint8Array) => image.read(lba, into),
      write: (lba: number, from: Uint8Array) => {
        if (options.fails === true) throw new BlockError("disk full", { rule: "test" });
        image.write(lba, from);
      },
    };
    const { host } = setUp([plug(usbStorage, { drive: driveOf(backend), serial: "S1" })]);
    host.configure(0, 7);
    let tag = 0;
    /** A command with its data. @returns the status, the residue and what came */
    const command = (cdb: readonly number[], data: Uint8Array | number) => {
      const wrapper = new Uint8Array(31);
      const isIn = typeof data === "number";
      const length = isIn ? data : data.length;
      writeLe(wrapper, 0, 0x4342_5355, 4);
      writeLe(wrapper, 4, ++tag, 4);
      writeLe(wrapper, 8, length, 4);
      wrapper[12] = isIn ? 0x80 : 0;
      wrapper[14] = cdb.length;
      wrapper.set(cdb, 15);
      host.packet("out", 7, 2, wrapper);
      const came: number[] = [];
      for (let at = 0; at < length; at += 64) {
        const size = Math.min(64, length - at);
        if (isIn) came.push(...host.packet("in", 7, 1, size).bytes);
        else host.packet("out", 7, 2, data.subarray(at, at + size));
      }
      const { bytes } = host.packet("in", 7, 1, 13);
      expect([readLe(bytes, 0, 4), readLe(bytes, 4, 4)]).toEqual([0x5342_5355, tag]);
      return { status: bytes[12], residue: readLe(bytes, 8, 4), came: Uint8Array.from(came) };
    };
    const sense = (): number[] => {
      const { came } = command([3, 0, 0, 0, 18, 0], 18);
      return [came[2] ?? 0, came[12] ?? 0, came[13] ?? 0];
    };
    return { host, image, command, sense };
  }

  it("tells what it is and how large", () => {
    const { command, host } = disk();
    expect(host.ask(7, 0xa1, 0xfe, 0, 0, 1)).toEqual(Uint8Array.of(0));
    const { came } = command([0x12, 0, 0, 0, 36, 0], 36);
    expect(new TextDecoder().decode(came.subarray(8))).toBe("QEMU    QEMU HARDDISK   1.0 ");
    const capacity = command([0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8).came;
    expect([...capacity]).toEqual([0, 0, 0x0f, 0xff, 0, 0, 2, 0]);
    expect(command([0x12, 1, 0x80, 0, 36, 0], 6).came.subarray(4)).toEqual(
      new TextEncoder().encode("S1"),
    );
  });

  it("keeps what is written", () => {
    const { command } = disk();
    const data = Uint8Array.from({ length: 1024 }, (_byte, at) => at * 7);
    expect(command([0x2a, 0, 0, 0, 0, 9, 0, 0, 2, 0], data)).toMatchObject({
      status: 0,
      residue: 0,
    });
    expect(command([0x28, 0, 0, 0, 0, 9, 0, 0, 2, 0], 1024).came).toEqual(data);
    expect(command([0x28, 0, 0, 0, 0, 10, 0, 0, 1, 0], 512).came).toEqual(data.subarray(512));
  });

  it("says why it did not", () => {
    const { command, sense } = disk();
    expect(command([0x28, 0, 0, 0, 0x10, 0, 0, 0, 1, 0], 512).status).toBe(1);
    expect(sense()).toEqual([5, 0x21, 0]);
    expect(command([0xff, 0, 0, 0, 0, 0], 0).status).toBe(1);
    expect(sense()).toEqual([5, 0x20, 0]);
    expect(sense()).toEqual([0, 0, 0]);
  });

  it("tells the guest of an error of the host", () => {
    const { command, sense } = disk({ fails: true });
    expect(command([0x2a, 0, 0, 0, 0, 9, 0, 0, 1, 0], new Uint8Array(512)).status).toBe(1);
    expect(sense()).toEqual([3, 0x0c, 0]);
    const guarded = disk({ readonly: true });
    expect(guarded.command([0x2a, 0, 0, 0, 0, 9, 0, 0, 1, 0], new Uint8Array(512)).status).toBe(1);
    expect(guarded.sense()).toEqual([7, 0x27, 0]);
  });

  it("stalls what is no command, until it is reset", () => {
    const { host, command } = disk();
    expect(host.packet("out", 7, 2, new Uint8Array(31)).state).toBe(Ended.STALL);
    expect(host.packet("in", 7, 1, 13).state).toBe(Ended.STALL);
    host.tell(7, 0x21, 0xff, 0, 0);
    host.tell(7, 0x02, 1, 0, 0x81);
    host.tell(7, 0x02, 1, 0, 0x02);
    expect(command([0, 0, 0, 0, 0, 0], 0).status).toBe(0);
  });
});

describe("places on the bus", () => {
  it("are asked for by port and bus, and are two", () => {
    const pc = new Rig({
      devices: [CONTROLLER, plug(piix3UsbUhci), plug(usbTablet, { port: "2" }), plug(usbKbd)],
    }).pc;
    expect(pc.devices.flatMap(({ unit }) => unit ?? [])).toEqual([1, 0]);
    pc.plug({ device: "usb-mouse", bus: "usb-bus.0", id: "m" });
    expect(pc.devices.at(-1)?.unit).toBe(2);
    expect(() => pc.plug({ device: "usb-mouse", bus: "uhci.0" })).toThrow("every place of uhci.0");
    expect(() => pc.plug({ device: "usb-mouse", bus: "ehci.0" })).toThrow("Bus 'ehci.0' not found");
    expect(() => pc.plug({ device: "usb-mouse", properties: { port: "9" } })).toThrow("no unit 8");
  });

  it("need a controller", () => {
    expect(() => new Rig({ devices: [plug(usbTablet)] })).toThrow(
      "No 'usb-bus' bus found for device 'usb-tablet'",
    );
  });
});
