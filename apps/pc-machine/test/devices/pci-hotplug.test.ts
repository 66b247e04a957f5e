/** Devices on the PCI bus that come and go, as the guest sees it by ACPI. */
import { describe, expect, it } from "vitest";

import type { UnpluggedDevice } from "../../src/device/plugged.js";
import { plug } from "../../src/device/properties/request.js";
import { edu } from "../../src/devices/edu/index.js";
import { scsiHd } from "../../src/devices/scsi-drive/index.js";
import { vga } from "../../src/devices/vga/index.js";
import { virtioRng, virtioScsi } from "../../src/devices/virtio/index.js";
import { driveOf } from "../../src/storage/drive-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { Rig } from "../support/board-rig.js";

const [CAME, GOES, EJECT, REMOVABLE, BUS] = [0xae00, 0xae04, 0xae08, 0xae0c, 0xae10];
const [GPE_STATUS, GPE_ENABLE] = [0xafe0, 0xafe2];
const HOTPLUG = 2;

/** A machine, and what was taken out of it. */
function setUp() {
  const gone: (string | null)[] = [];
  const told: UnpluggedDevice[] = [];
  const rig = new Rig({
    devices: [plug(vga, {}, { addr: "2" }), plug(edu, {}, { id: "cold", addr: "3" })],
    onUnplug: (device) => {
      told.push(device);
      gone.push(device.plugged.id);
    },
  });
  return { rig, pc: rig.pc, gone, told };
}

/** The level of the wire of ACPI's interrupt. */
function sci({ pc }: Rig): boolean {
  pc.io.store(0x20, 1, 0x0a);
  pc.io.store(0xa0, 1, 0x0a);
  return (pc.io.load(0xa0, 1) & 0x02) !== 0;
}

describe("hot plug by ACPI", () => {
  it("tells of a device that comes, once", () => {
    const { rig, pc } = setUp();
    pc.plug(plug(edu, {}, { id: "hot", addr: "5" }));
    expect(rig.in(GPE_STATUS, 1)).toBe(HOTPLUG);
    expect([rig.in(CAME, 4), rig.in(CAME, 4)]).toEqual([1 << 5, 0]);
  });

  it("interrupts a guest that has enabled the event, until it takes note", () => {
    const { rig, pc } = setUp();
    pc.plug(plug(edu, {}, { addr: "5" }));
    expect(sci(rig)).toBe(false);
    rig.out(GPE_ENABLE, 1, HOTPLUG);
    expect(sci(rig)).toBe(true);
    rig.out(GPE_STATUS, 1, HOTPLUG);
    expect([rig.in(GPE_STATUS, 1), sci(rig)]).toEqual([0, false]);
  });

  it("has a device go when the guest ejects it", () => {
    const { rig, pc, gone } = setUp();
    pc.askToUnplug("cold");
    expect([rig.in(GOES, 4), rig.in(GPE_STATUS, 1), gone]).toEqual([1 << 3, HOTPLUG, []]);
    expect(() => pc.askToUnplug("cold")).toThrow("Device cold is already in the process of unplug");
    rig.out(EJECT, 4, 1 << 3);
    expect([rig.in(GOES, 4), gone, rig.config(3, 0, 0, 4)]).toEqual([0, ["cold"], 0xffff_ffff]);
  });

  it("has a device go that the guest ejects unasked, and none that stays", () => {
    const { rig, gone } = setUp();
    expect(rig.in(REMOVABLE, 4)).toBe(0xffff_fff8);
    for (const slot of [0, 1, 2, 9]) rig.out(EJECT, 4, 1 << slot);
    rig.out(EJECT, 4, 0);
    expect([gone, rig.config(2, 0, 0, 4)]).toEqual([[], 0x1111_1234]);
    rig.out(EJECT, 4, (1 << 3) | (1 << 9));
    expect(gone).toEqual(["cold"]);
  });

  it("has a device go at a reset that the guest did not eject", () => {
    const { pc, gone } = setUp();
    pc.askToUnplug("cold");
    pc.reset();
    expect(gone).toEqual(["cold"]);
    expect(() => pc.askToUnplug("cold")).toThrow('there is no device "cold"');
  });

  it("has no slots on other buses", () => {
    const { rig, pc, gone } = setUp();
    pc.askToUnplug("cold");
    rig.out(BUS, 4, 1);
    rig.out(EJECT, 4, 1 << 3);
    expect([BUS, GOES, REMOVABLE].map((port) => rig.in(port, 4))).toEqual([1, 0, 0xffff_ffff]);
    rig.out(BUS, 4, 256);
    expect([BUS, REMOVABLE].map((port) => rig.in(port, 4))).toEqual([0, 0]);
    expect(gone).toEqual([]);
  });

  it("takes what is behind a controller out with it, and tells of its parts", () => {
    const { rig, pc, gone, told } = setUp();
    const drive = (): ReturnType<typeof driveOf> => driveOf(new MemoryImage(512));
    pc.plug(plug(virtioScsi, {}, { id: "first", addr: "5" }));
    pc.plug(plug(virtioScsi, {}, { id: "second", addr: "6" }));
    pc.plug({ ...plug(scsiHd, { drive: drive() }, { id: "a" }), bus: "first.0" });
    pc.plug({ ...plug(scsiHd, { drive: drive() }, { id: "b" }), bus: "second.0" });
    pc.askToUnplug("first");
    rig.out(EJECT, 4, 1 << 5);
    expect(gone).toEqual(["a", "first"]);
    expect(told.at(-1)?.paths).toEqual([
      "/machine/peripheral/first/virtio-backend",
      "/machine/peripheral/first",
    ]);
    // The other bus is as it was: its first place is taken.
    expect(() =>
      pc.plug({ ...plug(scsiHd, { drive: drive(), "scsi-id": 0 }), bus: "second.0" }),
    ).toThrow("second.0 has a unit 0 already");
    pc.plug({ ...plug(scsiHd, { drive: drive() }, { id: "a" }), bus: "second.0" });
    pc.unplug("b");
    expect(gone).toEqual(["a", "first", "b"]);
  });

  it("has a name free again when its device has gone", () => {
    const { rig, pc } = setUp();
    for (let turn = 0; turn < 3; turn++) {
      pc.plug(plug(virtioRng, {}, { id: "again", addr: "7" }));
      pc.askToUnplug("again");
      rig.out(EJECT, 4, 1 << 7);
    }
    expect(pc.devices.some(({ id }) => id === "again")).toBe(false);
  });
});
