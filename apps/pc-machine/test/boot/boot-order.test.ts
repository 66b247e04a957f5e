/** `bootindex`: what firmware is told of the order in which devices are to be tried. */
import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../../src/board/index.js";
import type { PcOptions } from "../../src/board/options/options.js";
import { plug } from "../../src/device/properties/request.js";
import { e1000 } from "../../src/devices/e1000/index.js";
import { ideCd, ideHd } from "../../src/devices/ide-drive/index.js";
import { piix3UsbUhci } from "../../src/devices/piix3-usb-uhci/index.js";
import { scsiHd } from "../../src/devices/scsi-drive/index.js";
import { usbStorage } from "../../src/devices/usb-storage/index.js";
import { virtioBlk, virtioNet, virtioScsi } from "../../src/devices/virtio/index.js";
import { driveOf } from "../../src/storage/drive-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { Rig } from "../support/board-rig.js";

const drive = (): ReturnType<typeof driveOf> => driveOf(new MemoryImage(new Uint8Array(1 << 20)));

/** The file as firmware reads it. */
function bootOrder(options: Partial<PcOptions>): string {
  const { board } = new Rig(options).pc;
  return new TextDecoder().decode(board.fwCfg.items.file("bootorder")?.bytes);
}

describe("the order of booting", () => {
  it("is empty while no device has a place in it", () => {
    expect(bootOrder({ devices: [plug(e1000), plug(ideHd, { drive: drive() })] })).toBe("");
  });

  it("has the devices' paths by their numbers", () => {
    const devices = [
      plug(e1000, { bootindex: 7 }, { addr: "5" }),
      { ...plug(ideCd, { bootindex: 2, unit: 1 }), bus: "ide.1" },
      { ...plug(ideHd, { drive: drive(), bootindex: 30 }), bus: "ide.0" },
      plug(piix3UsbUhci, {}, { addr: "1a.2", id: "more" }),
      plug(usbStorage, { drive: drive(), bootindex: 0, port: "2" }),
    ];
    expect(bootOrder({ devices })).toBe(
      [
        "/pci@i0cf8/usb@1a,2/storage@2/channel@0/disk@0,0",
        "/pci@i0cf8/ide@1,1/drive@1/disk@1",
        "/pci@i0cf8/ethernet@5/ethernet-phy@0",
        "/pci@i0cf8/ide@1,1/drive@0/disk@0\0",
      ].join("\n"),
    );
  });

  it("has the paths of devices behind virtio", () => {
    const devices = [
      plug(virtioNet, { bootindex: 2 }, { addr: "5" }),
      plug(virtioBlk, { drive: drive(), bootindex: 1 }, { addr: "6" }),
      plug(virtioScsi, {}, { addr: "1c" }),
      plug(scsiHd, { drive: drive(), "scsi-id": 16, bootindex: 0 }),
    ];
    expect(bootOrder({ devices })).toBe(
      [
        "/pci@i0cf8/scsi@1c/channel@0/disk@10,0",
        "/pci@i0cf8/scsi@6/disk@0,0",
        "/pci@i0cf8/ethernet@5/ethernet-phy@0\0",
      ].join("\n"),
    );
  });

  it("ends firmware's search where it is strict", () => {
    const devices = [plug(e1000, { bootindex: 0 }, { addr: "3" })];
    expect(bootOrder({ devices, bootStrict: true })).toBe(
      "/pci@i0cf8/ethernet@3/ethernet-phy@0\nHALT\0",
    );
  });

  it("takes a number once", () => {
    const devices = [plug(e1000, { bootindex: 1 }), plug(e1000, { bootindex: 1 })];
    expect(() => new Rig({ devices })).toThrow(PcOptionsError);
    expect(() => new Rig({ devices })).toThrow("The bootindex 1 has already been used");
  });

  it.each([
    ["1e3", '"1e3" is no number'],
    ["-2147483649", "is no number"],
    ["", "is no number"],
  ])("takes no bootindex=%j", (bootindex, message) => {
    const devices = [{ device: "e1000", properties: { bootindex } }];
    expect(() => new Rig({ devices })).toThrow(message);
  });

  it("takes numbers as a command line has them", () => {
    const devices = [{ device: "e1000", properties: { bootindex: "0x10" }, addr: "4" }];
    expect(bootOrder({ devices })).toBe("/pci@i0cf8/ethernet@4/ethernet-phy@0\0");
    expect(bootOrder({ devices: [{ device: "e1000", properties: { bootindex: "-5" } }] })).toBe("");
  });
});
