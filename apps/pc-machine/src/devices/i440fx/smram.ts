/**
 * SMRAM: the RAM beneath 0xa0000 to 0xbffff, hidden behind the VGA window from everyone but a CPU
 * in system management mode.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** The host bridge's configuration register that steers SMRAM. */
export const SMRAM_REGISTER = 0x72;

const OPEN = 0x40;
const ENABLE = 0x08;
const BASE = 0xa0000;
const SIZE = 0x20000;
const WINDOW_PRIORITY = 1;

/** The two views of 0xa0000: everyone's, and SMM's. */
export class Smram {
  /**
   * `smram`: what a CPU in SMM sees on top of memory, 4 GiB with the RAM at 0xa0000. Enabled by
   * the register's G_SMRAME bit.
   */
  readonly region: MemoryRegion;
  /** `smram-region`: the VGA window that everyone sees, taken away while D_OPEN is set. */
  readonly #window: MemoryRegion;

  constructor(
    machine: Machine,
    owner: DeviceObject,
    regions: { system: MemoryRegion; pci: MemoryRegion; ram: MemoryRegion },
  ) {
    this.#window = machine.alias({
      name: "smram-region",
      size: SIZE,
      owner,
      target: regions.pci,
      offset: BASE,
    });
    regions.system.addSubregion(BASE, this.#window, { priority: WINDOW_PRIORITY });
    this.region = machine.container({ name: "smram", size: 2 ** 32, owner });
    const low = machine.alias({
      name: "smram-low",
      size: SIZE,
      owner,
      target: regions.ram,
      offset: BASE,
    });
    this.region.addSubregion(BASE, low);
    this.region.enabled = false;
  }

  /** Follow the register. Call within a transaction. */
  update(register: number): void {
    this.#window.enabled = (register & OPEN) === 0;
    this.region.enabled = (register & ENABLE) !== 0;
  }
}
