/** Cylinders, heads and sectors: the addresses of old software. */
import type { TaskFile } from "./task-file.js";
import { AtaDevice } from "./ata.js";

/** A drive's logical geometry. */
export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  /** Sectors a track; they are numbered from 1. */
  readonly sectors: number;
}

const HEADS = 16;
const SECTORS_PER_TRACK = 63;
const MAX_CYLINDERS = 16_383;

/** The geometry a drive of `total` sectors reports at power-on. */
export function defaultGeometry(total: number): Geometry {
  return geometryOf(total, HEADS, SECTORS_PER_TRACK);
}

/** The geometry of `total` sectors over given heads and sectors a track. */
export function geometryOf(total: number, heads: number, sectors: number): Geometry {
  const cylinders = Math.floor(total / (heads * sectors));
  return { cylinders: Math.min(Math.max(cylinders, 1), MAX_CYLINDERS), heads, sectors };
}

/** The linear address of the registers' cylinder, head and sector; -1 when there is none such. */
export function fromChs(task: TaskFile, geometry: Geometry): number {
  const [, sector = 0, low = 0, high = 0] = task.current;
  const head = task.device & AtaDevice.HEAD;
  if (sector === 0 || sector > geometry.sectors || head >= geometry.heads) {
    return -1;
  }
  return (((high << 8) | low) * geometry.heads + head) * geometry.sectors + sector - 1;
}

/** Put a linear address into the registers as cylinder, head and sector. */
export function setChs(task: TaskFile, geometry: Geometry, lba: number): void {
  const track = Math.floor(lba / geometry.sectors);
  const cylinder = Math.floor(track / geometry.heads);
  task.current.set([(lba % geometry.sectors) + 1, cylinder & 0xff, (cylinder >> 8) & 0xff], 1);
  task.device = (task.device & ~AtaDevice.HEAD) | (track % geometry.heads);
}
