import { beforeEach, describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { scsiHd } from "../../src/devices/scsi-drive/index.js";
import { virtioBlk, virtioScsi } from "../../src/devices/virtio/index.js";
import { driveOf } from "../../src/storage/drive-backend.js";
import { MemoryImage } from "../../src/storage/memory-image.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";

const missing = seabiosMissing();
/** A boot sector that reports to the debug console and halts for good. */
function bootSector(message: string): Uint8Array {
  const code: number[] = [0xba, 0x02, 0x04]; // mov dx, 0x402
  for (const letter of message) {
    code.push(0xb0, letter.charCodeAt(0), 0xee); // mov al, letter; out dx, al
  }
  code.push(0xfa, 0xf4); // cli; hlt
  const sector = new Uint8Array(512);
  sector.set(code);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** A boot sector that switches the machine off through the ACPI registers. */
function powerOffSector(): Uint8Array {
  const sector = new Uint8Array(512);
  // mov dx, 0x604; mov ax, 0x2000; out dx, ax; jmp $
  sector.set([0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xeb, 0xfe]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

function disk(sector: Uint8Array): { backend: MemoryImage } {
  const image = new Uint8Array(1024 * 1024);
  image.set(sector);
  return { backend: new MemoryImage(image) };
}

describe("booting from a disk", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it("runs its first sector, which ends the machine with HLT", () => {
    const machine = new SeabiosPc({ disks: [disk(bootSector("hello"))] });
    machine.runUntil("hello");
    expect(machine.log.text).toContain("Booting from Hard Disk...");
    expect(machine.pc.step(1000)).toMatchObject({ kind: "ended", end: { kind: "halted" } });
  });

  it("takes the primary slave when there is no master", () => {
    const machine = new SeabiosPc({ disks: [null, disk(bootSector("slave"))] });
    machine.runUntil("slave");
    expect(machine.log.text).toContain("ata0-1: QEMU HARDDISK");
  });

  it("finds it behind virtio", () => {
    const { backend } = disk(bootSector("sector runs"));
    const machine = new SeabiosPc({ devices: [plug(virtioBlk, { drive: driveOf(backend) })] });
    machine.runUntil("sector runs");
    expect(machine.log.text).toContain("Booting from Hard Disk...");
  });

  it("finds it on a SCSI controller behind virtio", () => {
    const { backend } = disk(bootSector("sector runs"));
    const drive = driveOf(backend);
    const devices = [plug(virtioScsi), plug(scsiHd, { drive, "scsi-id": 3, bootindex: 0 })];
    const machine = new SeabiosPc({ devices });
    machine.runUntil("sector runs");
    expect(machine.log.text).toContain("product='QEMU HARDDISK' rev='2.5+'");
  });

  it("can switch the machine off", () => {
    const { pc } = new SeabiosPc({ disks: [disk(powerOffSector())] });
    while (pc.step(1_000_000).kind === "ran" && pc.cpu.instructionCount < 100_000_000);
    expect(pc.end).toEqual({ kind: "power-off" });
  });
});
