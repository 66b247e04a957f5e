/** Properties of disks that firmware addresses by cylinder, head and sector. */
import { property } from "./property.js";

const number = (what: string) =>
  property.uint({ bits: 32, default: 0, help: `${what} that firmware is told; 0: as it likes` });

/** The geometry by which firmware addresses a disk, whatever the disk itself tells. */
export const bootGeometry = {
  lcyls: number("cylinders"),
  lheads: number("heads"),
  lsecs: number("sectors a track"),
} as const;
