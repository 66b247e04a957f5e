/**
 * Base address registers: the windows of a PCI function that the guest places.
 *
 * A window is mapped into the bus's memory or I/O container exactly while its register holds a
 * usable address and decoding is switched on. It never collides: the containers take overlapping
 * regions, and moving a window away shows what lay beneath.
 */
import type { MemoryRegion } from "@mem/core";

import { PciCommand, PciConfig, readLe, writeLe } from "./config-space.js";
import { PciError } from "./pci-error.js";

/** Space that a BAR decodes: memory, prefetchable memory, or I/O ports. */
export type BarType = "mem" | "prefetch" | "io";

/** The index that stands for the expansion ROM's register at 0x30. */
export const ROM_BAR = 6;

/** Priority of a mapped BAR within the bus's containers, as in QEMU's `info mtree`. */
const BAR_PRIORITY = 1;

const ROM_ENABLE = 1;
const LAST_32BIT = 0xffff_ffff;

/** One base address register and the region behind it. */
export class PciBar {
  /** 0 to 5, or {@link ROM_BAR}. */
  readonly index: number;
  /** The kind of window. */
  readonly type: BarType;
  /** The device's region; its size, a power of two, is the window's size. */
  readonly region: MemoryRegion;
  /** The window's size in bytes. */
  readonly size: number;
  /** The place of the register in configuration space, in bytes. */
  readonly configOffset: number;
  #container: MemoryRegion | null = null;
  #address: number | null = null;

  /** @throws PciError when the index is taken up by no register or the size is no power of two. */
  constructor(index: number, type: BarType, region: MemoryRegion) {
    const size = Number(region.size);
    if (!Number.isInteger(index) || index < 0 || index > ROM_BAR) {
      throw new PciError(`BAR ${index} of region "${region.name}": a function has BARs 0 to 6`, {
        rule: "bar-index",
      });
    }
    if (index === ROM_BAR && type === "io") {
      throw new PciError(`the expansion ROM "${region.name}" cannot be an I/O window`, {
        rule: "bar-type",
      });
    }
    const least = type === "io" ? 4 : index === ROM_BAR ? 2048 : 16;
    if (!Number.isSafeInteger(Math.log2(size)) || size < least || size > 0x8000_0000) {
      throw new PciError(
        `BAR ${index}: region "${region.name}" has ${size} bytes; ` +
          `a window has a power of two from ${least} to 2 GiB`,
        { rule: "bar-size" },
      );
    }
    this.index = index;
    this.type = type;
    this.region = region;
    this.size = size;
    this.configOffset = index === ROM_BAR ? PciConfig.ROM_ADDRESS : PciConfig.BAR0 + 4 * index;
  }

  /** The place where the window is mapped now, in bytes from 0; `null` while it is not. */
  get address(): number | null {
    return this.#address;
  }

  /** The register's fixed low bits: what it reads after reset. */
  get typeBits(): number {
    return this.type === "io" ? 1 : this.type === "prefetch" ? 8 : 0;
  }

  /** Set the register's reset value and the bits the guest may write. */
  initialise(config: Uint8Array, writable: Uint8Array): void {
    const enable = this.index === ROM_BAR ? ROM_ENABLE : 0;
    writeLe(config, this.configOffset, this.typeBits, 4);
    writeLe(writable, this.configOffset, (~(this.size - 1) | enable) >>> 0, 4);
  }

  /** The address the registers ask for, `null` when decoding is off or the address is unusable. */
  wantedAddress(config: Uint8Array): number | null {
    const command = readLe(config, PciConfig.COMMAND, 2);
    const needed = this.type === "io" ? PciCommand.IO : PciCommand.MEMORY;
    if ((command & needed) === 0) {
      return null;
    }
    const register = readLe(config, this.configOffset, 4);
    if (this.index === ROM_BAR && (register & ROM_ENABLE) === 0) {
      return null;
    }
    const address = register - (register % this.size);
    // Address 0 means "not placed"; a window that touches the last byte is being sized.
    if (address === 0 || address + this.size - 1 >= LAST_32BIT) {
      return null;
    }
    return address;
  }

  /** Bring the mapping in line with the registers. Call within a transaction. */
  update(config: Uint8Array, container: MemoryRegion): void {
    const wanted = this.wantedAddress(config);
    if (wanted === this.#address) {
      return;
    }
    this.unmap();
    if (wanted !== null) {
      container.addSubregion(wanted, this.region, { priority: BAR_PRIORITY });
      this.#container = container;
      this.#address = wanted;
    }
  }

  /** Take the window off the bus. No-op when not mapped. */
  unmap(): void {
    this.#container?.removeSubregion(this.region);
    this.#container = null;
    this.#address = null;
  }
}
