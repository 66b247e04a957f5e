/** The disks of the board: what one is given, and the geometry the BIOS is told. */
import type { DriveOptions } from "../devices/piix3-ide/ide-channel.js";
import { defaultGeometry } from "../devices/piix3-ide/geometry.js";
import type { DiskGeometry } from "./cmos.js";

/** A disk to plug in. */
export type PcDisk = DriveOptions;

/** The geometry of `disk` as its identification tells it, `null` for none and for a CD drive. */
export function biosGeometry(disk: PcDisk | null): DiskGeometry | null {
  return disk === null || disk.kind === "cdrom" ? null : defaultGeometry(disk.backend.sectors);
}
