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

/**
 * Space that a BAR decodes: memory, prefetchable memory, or I/O ports. `prefetch64` is prefetchable memory at an
 * address of 64 bits, for which the BAR takes the register behind its own, too.
 */
export type BarType = "mem" | "prefetch" | "prefetch64" | "io";

/** The index that stands for the expansion ROM's register at 0x30. */
export const ROM_BAR = 6;

/** Priority of a mapped BAR within the bus's containers, as in QEMU's `info mtree`. */
const BAR_PRIORITY = 1;

const ROM_ENABLE = 1;
const LAST_32BIT = 0xffff_ffff;
const Type = { IO: 1, WIDE: 4, PREFETCH: 8 } as const;
/** The last register that a BAR of 64 bits may begin at. */
const LAST_WIDE_BAR = 4;
/** A `number` tells addresses of 64 bits apart that are multiples of this. */
const LEAST_WIDE_BYTES = 4096;

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
    if (type === "prefetch64" && index > LAST_WIDE_BAR) {
      throw new PciError(`BAR ${index} of region "${region.name}" has no register behind it`, {
        rule: "bar-type",
      });
    }
    const least =
      type === "prefetch64" ? LEAST_WIDE_BYTES : type === "io" ? 4 : index === ROM_BAR ? 2048 : 16;
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
    if (this.type === "io") return Type.IO;
    return (this.wide ? Type.WIDE : 0) | (this.prefetchable ? Type.PREFETCH : 0);
  }

  /** True if its address has 64 bits, in two registers. */
  get wide(): boolean {
    return this.type === "prefetch64";
  }

  /** True if reading it has no effect, so that reads may be done ahead. */
  get prefetchable(): boolean {
    return this.type === "prefetch" || this.wide;
  }

  /** Put the registers into the state after reset. */
  reset(config: Uint8Array): void {
    writeLe(config, this.configOffset, this.typeBits, 4);
    if (this.wide) writeLe(config, this.configOffset + 4, 0, 4);
  }

  /** Set the register's reset value and the bits the guest may write. */
  initialise(config: Uint8Array, writable: Uint8Array): void {
    const enable = this.index === ROM_BAR ? ROM_ENABLE : 0;
    this.reset(config);
    writeLe(writable, this.configOffset, (~(this.size - 1) | enable) >>> 0, 4);
    if (this.wide) writeLe(writable, this.configOffset + 4, 0xffff_ffff, 4);
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
    const low = register - (register % this.size);
    // Address 0 means "not placed"; a window that touches the last byte is being sized.
    if (this.wide) {
      const high = readLe(config, this.configOffset + 4, 4);
      const address = high * 2 ** 32 + low;
      return address === 0 || address + this.size >= 2 ** 64 ? null : address;
    }
    return low === 0 || low + this.size - 1 >= LAST_32BIT ? null : low;
  }

  /** Bring the mapping in line with the registers. Call within a transaction. */
  update(config: Uint8Array, container: MemoryRegion): void {
    const wanted = this.wantedAddress(config);
    if (wanted === this.#address) {
      return;
    }
    this.unmap();
    if (wanted !== null) {
      container.addSubregion(BigInt(wanted), this.region, { priority: BAR_PRIORITY });
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
