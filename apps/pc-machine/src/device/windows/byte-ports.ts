/**
 * Ranges of byte-wide ports as QEMU's port lists have them (VGA, IDE, DMA pages): a word is two
 * bytes as far as the range goes, and a doubleword reaches nothing.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

const FLOATING = 0xffff_ffff;

/** Behaviour of each port. */
export interface BytePorts {
  /** Number of ports. */
  readonly size: number;
  read(offset: number): number;
  write(offset: number, value: number): void;
}

/** The access rule under which {@link readPorts} and {@link writePorts} see what the guest did. */
export const ANY_WIDTH = {
  valid: { unaligned: true },
  impl: { minAccessSize: 1, maxAccessSize: 4, unaligned: true },
} as const;

/** A read of `size` bytes at `offset`. */
export function readPorts(ports: BytePorts, offset: number, size: number): number {
  if (size > 2 || offset >= ports.size) {
    return FLOATING;
  }
  const low = ports.read(offset);
  const high = size === 2 && offset + 1 < ports.size ? ports.read(offset + 1) : 0xff;
  return low | (high << 8);
}

/** A write of `size` bytes at `offset`. */
export function writePorts(ports: BytePorts, offset: number, value: number, size: number): void {
  if (size > 2 || offset >= ports.size) {
    return;
  }
  ports.write(offset, value & 0xff);
  if (size === 2 && offset + 1 < ports.size) {
    ports.write(offset + 1, value >> 8);
  }
}

/** The region of `ports`. */
export function bytePortsRegion(
  machine: Machine,
  name: string,
  ports: BytePorts,
  owner?: DeviceObject,
): MemoryRegion {
  return machine.mmio({
    name,
    size: ports.size,
    ...(owner === undefined ? {} : { owner }),
    ...ANY_WIDTH,
    read: (offset, size) => readPorts(ports, offset, size),
    write: (offset, value, size) => writePorts(ports, offset, value, size),
  });
}
