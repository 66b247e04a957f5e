/**
 * PCI configuration mechanism #1: the index at 0xcf8 and the data window at 0xcfc.
 *
 * The index is written as a whole doubleword; narrower writes leave it alone, and a narrow read
 * gives its low bits whatever the offset, as QEMU's host bridge does. The data window may be
 * accessed in bytes, words and doublewords. What is not there reads as all ones.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import { CONFIG_SIZE } from "./config-space.js";
import type { PciBus } from "./pci-bus.js";

/** I/O ports of the two windows. */
export const PCI_CONFIG_PORT = { INDEX: 0xcf8, DATA: 0xcfc } as const;

const ENABLE = 0x8000_0000;

/** The two registers of configuration mechanism #1. As in QEMU, a reset leaves the index alone. */
export class PciConfigPorts {
  /** `pci-conf-idx`, 4 bytes. */
  readonly indexRegion: MemoryRegion;
  /** `pci-conf-data`, 4 bytes. */
  readonly dataRegion: MemoryRegion;
  readonly #bus: PciBus;
  #index = 0;

  constructor(machine: Machine, owner: DeviceObject, bus: PciBus) {
    this.#bus = bus;
    this.indexRegion = machine.mmio({
      name: "pci-conf-idx",
      size: 4,
      owner,
      endianness: "little",
      read: () => this.#index,
      write: (offset, value, size) => {
        if (offset === 0 && size === 4) {
          this.#index = value;
        }
      },
    });
    this.dataRegion = machine.mmio({
      name: "pci-conf-data",
      size: 4,
      owner,
      endianness: "little",
      read: (offset, size) => this.#read(offset, size),
      write: (offset, value, size) => this.#write(offset, value, size),
    });
  }

  #device(): ReturnType<PciBus["at"]> {
    const busNumber = (this.#index >>> 16) & 0xff;
    const enabled = (this.#index & ENABLE) !== 0;
    return enabled && busNumber === 0 ? this.#bus.at((this.#index >>> 8) & 0xff) : null;
  }

  #read(offset: number, size: number): number {
    const device = this.#device();
    if (device === null) {
      return 0xffff_ffff;
    }
    const at = (this.#index & 0xff) | (offset & 3);
    return device.configRead(at, Math.min(size, CONFIG_SIZE - at));
  }

  #write(offset: number, value: number, size: number): void {
    const at = (this.#index & 0xff) | (offset & 3);
    this.#device()?.configWrite(at, value, Math.min(size, CONFIG_SIZE - at));
  }
}
