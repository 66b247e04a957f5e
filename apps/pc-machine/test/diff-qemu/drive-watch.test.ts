/** What the driver makes of the accesses to drives. */
import { describe, expect, it } from "vitest";

import { portRead, portWrite } from "../support/guest-access.js";
import { DriveWatch } from "./drive-watch.js";
import { traitsOf } from "./traits.js";

const DISK = ["-drive", "file=x,if=ide,index=0"];
const CD = ["-cdrom", "y"];
const DEVICE = 0xe0;
const IDLE = 0x50;
const DATA_REQUEST = 0x58;
const BUSY = 0xd0;
const PACKET_WAITS = 0xd8;

function watch(...args: string[]): DriveWatch {
  return new DriveWatch(traitsOf(args));
}

describe("drives", () => {
  it("are asked for the status and the device of each channel that has one", () => {
    const [statuses, devices] = [
      [0x3f6, 0x376],
      [0x1f6, 0x176],
    ];
    expect(watch(...DISK, ...CD).statuses).toEqual(
      [...statuses, ...devices].map((port) => portRead(port, 1)),
    );
    expect(watch().statuses).toEqual([]);
  });

  it("may be at work after a command, and after data while they have some", () => {
    const drives = watch(...DISK);
    expect(drives.follow(portWrite(0x1f7, 1, 0x20))).toBe(true);
    expect(drives.follow(portRead(0x1f0, 2))).toBe(true);
    expect(drives.look([IDLE])).toBe(false);
    expect(drives.follow(portRead(0x1f0, 2))).toBe(false);
    expect(drives.follow(portWrite(0x177, 1, 0x20))).toBe(false);
  });

  it("are let alone within a sector, until they are reset", () => {
    const drives = watch(...DISK);
    drives.look([IDLE, DEVICE]);
    drives.follow(portWrite(0x1f7, 1, 0x20));
    drives.look([DATA_REQUEST, DEVICE]);
    expect(drives.follow(portRead(0x1f0, 2))).toBe(false);
    drives.forget();
    expect(drives.follow(portRead(0x1f0, 2))).toBe(true);
  });

  it("are waited for while they are busy, but not with a packet for the bus master", () => {
    const drives = watch(...CD);
    expect(drives.look([BUSY])).toBe(true);
    expect(drives.look([PACKET_WAITS])).toBe(false);
  });

  it("are waited for where something else answers at their status", () => {
    const drives = watch(...DISK);
    drives.follow(portWrite(0x1f7, 1, 0x20));
    for (const other of [0x00, 0xff]) {
      expect(drives.look([other])).toBe(true);
      expect(drives.follow(portRead(0x1f0, 2))).toBe(true);
    }
  });

  it.each([
    ["READ DMA", 0xc8],
    ["WRITE DMA EXT", 0x35],
    ["a list of sectors to trim", 0x06],
  ])("wait for the bus master from a command for it until they are idle: %s", (_, command) => {
    const drives = watch(...DISK);
    drives.follow(portWrite(0x1f7, 1, command));
    drives.look([DATA_REQUEST]);
    expect(drives.isTransferring).toBe(true);
    expect(drives.follow(portWrite(0xc000, 1, 1))).toBe(true);
    expect(drives.mayStartBusMaster(portWrite(0xcfc, 4, 1))).toBe(false);
    drives.look([IDLE]);
    expect(drives.isTransferring).toBe(false);
    expect(drives.follow(portWrite(0xc000, 1, 1))).toBe(false);
  });

  it("are reset alone by one command", () => {
    const drives = watch(...DISK);
    expect(drives.isDeviceReset(portWrite(0x1f7, 1, 0x08))).toBe(true);
    expect(drives.isDeviceReset(portWrite(0x1f7, 1, 0x20))).toBe(false);
    expect(drives.isDeviceReset(portWrite(0x177, 1, 0x08))).toBe(false);
  });

  it("wait for it with a packet only if the features register says so", () => {
    const drives = watch(...CD);
    drives.follow(portWrite(0x177, 1, 0xa0));
    expect(drives.isTransferring).toBe(false);
    drives.follow(portWrite(0x171, 1, 1));
    drives.follow(portWrite(0x177, 1, 0xa0));
    expect(drives.isTransferring).toBe(true);
  });
});
