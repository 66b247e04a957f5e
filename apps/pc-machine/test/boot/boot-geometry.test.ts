/** `lcyls`, `lheads`, `lsecs`: what firmware is told of the geometries by which it addresses disks. */
import { describe, expect, it } from "vitest";

import { plug, type DeviceRequest } from "../../src/device/properties/request.js";
import { ideHd } from "../../src/devices/ide-drive/index.js";
import { scsiHd } from "../../src/devices/scsi-drive/index.js";
import { virtioBlk, virtioScsi } from "../../src/devices/virtio/index.js";
import { driveOf } from "../../src/storage/drive-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { Rig } from "../support/board-rig.js";

const drive = (): ReturnType<typeof driveOf> => driveOf(new MemoryImage(new Uint8Array(1 << 20)));

/** The file as firmware reads it. */
function biosGeometry(...devices: DeviceRequest[]): string {
  const { board } = new Rig({ devices }).pc;
  return new TextDecoder().decode(board.fwCfg.items.file("bios-geometry")?.bytes);
}

describe("geometries for firmware", () => {
  it("are of the disks that were given one, and nothing else", () => {
    expect(biosGeometry(plug(ideHd, { drive: drive() }))).toBe("");
  });

  it("are told as they were given, with the paths of the disks", () => {
    const answer = biosGeometry(
      { ...plug(ideHd, { drive: drive(), lcyls: 120, lheads: 10, lsecs: 30 }), bus: "ide.1" },
      plug(virtioBlk, { drive: drive(), lcyls: 12, lheads: 1, lsecs: 3 }, { addr: "4" }),
      plug(virtioScsi, {}, { id: "s", addr: "5" }),
      plug(scsiHd, { drive: drive(), lcyls: 5, lheads: 6, lsecs: 7 }),
    );
    expect(answer).toBe(
      [
        "/pci@i0cf8/ide@1,1/drive@1/disk@0 120 10 30",
        "/pci@i0cf8/scsi@4/disk@0,0 12 1 3",
        "/pci@i0cf8/scsi@5/channel@0/disk@0,0 5 6 7\0",
      ].join("\n"),
    );
  });

  it("are told anew at a reset, as is the order of booting", () => {
    const disk = { drive: drive(), lcyls: 20, lheads: 20, lsecs: 20, bootindex: 1 };
    const { pc } = new Rig({
      devices: [
        plug(virtioBlk, disk, { id: "a", addr: "4" }),
        plug(virtioBlk, { ...disk, drive: drive(), bootindex: 2 }, { id: "b", addr: "5" }),
      ],
    });
    const { items } = pc.board.fwCfg;
    const told = (name: string): string => new TextDecoder().decode(items.file(name)?.bytes);
    const keys = items.fileNames;
    const [both, order] = [told("bios-geometry"), told("bootorder")];
    pc.unplug("a");
    expect([told("bios-geometry"), told("bootorder")]).toEqual([both, order]);
    pc.reset();
    expect(told("bios-geometry")).toBe("/pci@i0cf8/scsi@5/disk@0,0 20 20 20\0");
    expect(told("bootorder")).toBe("/pci@i0cf8/scsi@5/disk@0,0\0");
    expect(items.fileNames).toEqual(keys);
  });

  it("are told however little they make sense", () => {
    const disk = { ...plug(ideHd, { drive: drive(), lheads: 70_000 }), bus: "ide.0" };
    expect(biosGeometry(disk)).toBe("/pci@i0cf8/ide@1,1/drive@0/disk@0 0 70000 0\0");
  });
});
