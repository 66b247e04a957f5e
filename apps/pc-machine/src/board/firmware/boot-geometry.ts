/** Geometries by which firmware addresses disks, as fw_cfg's file `bios-geometry` tells them. */
import { firmwarePath, type Placed } from "./firmware-path.js";

/**
 * The lines of the file: a path, cylinders, heads and sectors a track, of each disk that was given any of them.
 * @param devices all of the board
 */
export function bootGeometry(devices: readonly Placed[]): readonly string[] {
  return devices.flatMap((device) => {
    const geometry = ["lcyls", "lheads", "lsecs"].map((name) => Number(device.values[name] ?? 0));
    const path = geometry.some((value) => value > 0) ? firmwarePath(device, devices) : null;
    return path === null ? [] : [`${path} ${geometry.join(" ")}`];
  });
}
