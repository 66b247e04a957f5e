/** Serial ports behind virtio that come and go while the machine runs. */
import { describe, expect, it } from "vitest";

import { RingBuffer } from "../../src/chardev/ring-buffer.js";
import { plug } from "../../src/device/properties/request.js";
import { virtioSerial } from "../../src/devices/virtio/index.js";
import { VirtioSerialPort } from "../../src/devices/virtio/serial/serial-port.js";
import { Rig } from "./qmp-rig.js";

const PORT = { driver: "virtserialport", id: "late", chardev: "ring" };

/** A controller, and a character device that nobody has. */
function rigWithController(): Rig {
  const rig = new Rig(true, false, [plug(virtioSerial)]);
  rig.characters.add("ring", new RingBuffer());
  return rig;
}

const problem = (desc: string): unknown => ({ error: { class: "GenericError", desc } });

describe("device_add of a port", () => {
  it("takes a character device, which is free again when the port is gone", () => {
    const rig = rigWithController();
    expect(rig.execute("device_add", { ...PORT, chardev: "none" })).toEqual(
      problem("Property 'virtserialport.chardev' can't find value 'none'"),
    );
    expect(rig.execute("device_add", PORT)).toEqual({});
    expect(rig.execute("chardev-remove", { id: "ring" })).toEqual(
      problem("Chardev 'ring' is busy"),
    );
    expect(rig.execute("device_add", { ...PORT, id: "other" })).toEqual(
      problem(
        "Property 'virtserialport.chardev' can't take value 'ring': Device 'ring' is in use",
      ),
    );
    expect(rig.execute("device_del", { id: "late" })).toEqual({});
    expect(rig.execute("device_add", { ...PORT, id: "other" })).toEqual({});
  });

  it("leaves the character device free where the port cannot be", () => {
    const rig = rigWithController();
    expect(rig.execute("device_add", { ...PORT, nr: 0 })).toHaveProperty("error");
    expect(rig.execute("device_add", PORT)).toEqual({});
  });

  it("tells that a program of the guest opens it", () => {
    const rig = rigWithController();
    rig.execute("device_add", PORT);
    rig.wire.take();
    for (const { device } of rig.session.pc.devices) {
      if (device instanceof VirtioSerialPort) device.setGuestOpen(true);
    }
    expect(JSON.parse(rig.wire.take())).toMatchObject({
      event: "VSERPORT_CHANGE",
      data: { id: "late", open: true },
    });
  });
});
