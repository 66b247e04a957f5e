/** The disks of the board: what one is given, and what firmware is told of it. */
import type { IdeDrive } from "../devices/ide-drive/index.js";
import type { DriveOptions } from "../devices/piix3-ide/ide-channel.js";
import type { DiskGeometry } from "./firmware/cmos.js";

/** A disk to plug in. */
export type PcDisk = DriveOptions;

/** The geometry of `drive` as the BIOS is told, `null` for none and for a CD drive. */
export function biosGeometry(drive: IdeDrive | null): DiskGeometry | null {
  return drive === null || drive.bios === null
    ? null
    : { ...drive.bios.geometry, translation: drive.bios.translation };
}
