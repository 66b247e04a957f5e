/** The regions of the GD5446, named and sized as QEMU's, and which of them show video memory itself. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import { BYTE_WIDE } from "../../device/windows/io-window.js";
import { WINDOW_BYTES } from "../vga/vga-window.js";
import type { Blitter } from "./blitter.js";
import type { CirrusRegisters } from "./registers.js";
import { BANK_BYTES, type CirrusMemory } from "./video-memory.js";

/** The area that takes the source of a transfer. */
const SOURCE_AT = 0x100_0000;
const SOURCE_BYTES = 0x40_0000;
const MEMORY_BAR_BYTES = 0x200_0000;
const REGISTER_BAR_BYTES = 0x1000;
/** Port of the first register behind the second BAR, and where the engine's begin there. */
const FIRST_PORT = 0x3c0;
const ENGINE_AT = 0x100;
const FLOATING = 0xff;
/** Video memory itself lies over the region with callbacks. */
const PLAIN_PRIORITY = 1;
const BANKS = [0, 1] as const;

/** Whoever they belong to. */
interface Owner {
  readonly machine: Machine;
  readonly owner: DeviceObject;
  readonly vram: MemoryRegion;
}

/** Whoever answers. */
interface Parts {
  readonly registers: CirrusRegisters;
  readonly memory: CirrusMemory;
  readonly blitter: Blitter;
}

/** Behaviour of a region of bytes. */
interface Bytes {
  read(offset: number): number;
  write(offset: number, value: number): void;
}

/** The adapter's memory as the buses see it. */
export class CirrusRegions {
  /** `cirrus-lowmem-container`: the window at 0xa0000. */
  readonly window: MemoryRegion;
  /** `cirrus-pci-bar0`: video memory, and 16 MiB above it the source of transfers. */
  readonly memoryBar: MemoryRegion;
  /** `cirrus-mmio`: the registers. */
  readonly registerBar: MemoryRegion;
  readonly #owner: Owner;
  readonly #parts: Parts;
  readonly #banks: readonly MemoryRegion[];

  constructor(owner: Owner, parts: Parts) {
    this.#owner = owner;
    this.#parts = parts;
    const { machine, vram } = owner;
    this.window = this.#container("cirrus-lowmem-container", WINDOW_BYTES);
    this.window.addSubregion(0, this.#lowMemory());
    this.#banks = BANKS.map((bank) => {
      const region = machine.alias({
        name: `vga.bank${bank}`,
        size: BANK_BYTES,
        owner: owner.owner,
        target: vram,
      });
      region.enabled = false;
      this.window.addSubregion(bank * BANK_BYTES, region, { priority: PLAIN_PRIORITY });
      return region;
    });
    this.memoryBar = this.#container("cirrus-pci-bar0", MEMORY_BAR_BYTES);
    this.memoryBar.addSubregion(0, this.#linear());
    this.memoryBar.addSubregion(SOURCE_AT, this.#source());
    vram.enabled = false;
    this.memoryBar.addSubregion(0, vram, { priority: PLAIN_PRIORITY });
    this.registerBar = this.#registerBytes();
  }

  /** Video memory shows nowhere itself. */
  reset(): void {
    this.#show(false, false);
  }

  /** Have video memory itself show wherever it is plain. */
  follow(): void {
    const { isPlain, isPacked } = this.#parts.memory;
    this.#show(isPlain, isPlain && isPacked);
  }

  #show(linear: boolean, banks: boolean): void {
    const { machine, vram } = this.#owner;
    machine.transaction(() => {
      if (vram.enabled !== linear) vram.enabled = linear;
      for (const bank of BANKS) {
        const region = this.#banks[bank];
        if (region === undefined) continue;
        const offset = banks ? this.#parts.memory.bankOffset(bank) : null;
        if (offset !== null) region.aliasOffset = offset;
        region.enabled = offset !== null;
      }
    });
  }

  #lowMemory(): MemoryRegion {
    const { memory } = this.#parts;
    return this.#bytes("cirrus-low-memory", WINDOW_BYTES, {
      read: (offset) => memory.readWindow(offset),
      write: (offset, value) => memory.writeWindow(offset, value),
    });
  }

  #linear(): MemoryRegion {
    const { memory } = this.#parts;
    return this.#bytes("cirrus-linear-io", this.#owner.vram.size, {
      read: (offset) => memory.readLinear(offset),
      write: (offset, value) => memory.writeLinear(offset, value),
    });
  }

  #source(): MemoryRegion {
    const { blitter } = this.#parts;
    return this.#bytes("cirrus-bitblt-mmio", SOURCE_BYTES, {
      read: () => FLOATING,
      write: (_offset, value) => blitter.feed(value),
    });
  }

  #registerBytes(): MemoryRegion {
    const { registers, memory } = this.#parts;
    return this.#bytes("cirrus-mmio", REGISTER_BAR_BYTES, {
      read: (offset) =>
        offset < ENGINE_AT
          ? registers.read(FIRST_PORT + offset)
          : memory.readRegister(offset - ENGINE_AT),
      write: (offset, value) => {
        if (offset < ENGINE_AT) registers.write(FIRST_PORT + offset, value);
        else memory.writeRegister(offset - ENGINE_AT, value);
      },
    });
  }

  #container(name: string, size: number): MemoryRegion {
    const { machine, owner } = this.#owner;
    return machine.container({ name, size, owner });
  }

  #bytes(name: string, size: number | bigint, { read, write }: Bytes): MemoryRegion {
    const { machine, owner } = this.#owner;
    return machine.mmio({ name, size, owner, endianness: "little", impl: BYTE_WIDE, read, write });
  }
}
