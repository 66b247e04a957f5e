/** The place where RAM goes: below the PCI hole, and what does not fit there from 4 GiB on. */

const GIB = 2 ** 30;

/** From this size on, RAM below 4 GiB ends early, to leave the PCI hole a whole GiB. */
const SPLIT_FROM = 3.5 * GIB;
const LOW_WHEN_SPLIT = 3 * GIB;
const ABOVE_4G = 4 * GIB;

/** The parts of the RAM, in bytes. */
export interface MemoryLayout {
  readonly below4g: number;
  readonly above4g: number;
}

/** Divide `ramSize` bytes as QEMU's `pc` machine does. */
export function layOutMemory(ramSize: number): MemoryLayout {
  const below4g = ramSize >= SPLIT_FROM ? LOW_WHEN_SPLIT : ramSize;
  return { below4g, above4g: ramSize - below4g };
}

/** Start of the RAM above the PCI hole. */
export const ABOVE_4G_BASE = ABOVE_4G;
