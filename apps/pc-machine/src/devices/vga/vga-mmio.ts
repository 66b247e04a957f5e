/** The adapter's registers in memory: what BAR 2 shows. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

import { BYTE_WIDE } from "../../device/windows/io-window.js";
import { DISPI_REGISTERS, type BochsDispi } from "./bochs-dispi.js";
import { EDID_WINDOW_BYTES, makeEdid } from "./edid.js";
import type { VgaRegisters } from "./vga-registers.js";

const BYTES = 0x1000;
/** Offsets within the BAR. */
const Mmio = { EDID: 0x000, VGA_PORTS: 0x400, DISPI: 0x500, EXTENDED: 0x600 } as const;
const EXTENDED_BYTES = 8;
const LITTLE_ENDIAN_FRAMEBUFFER = 0x1e1e1e1e;
const BIG_ENDIAN_FRAMEBUFFER = 0xbebebebe;

/** `vga.mmio`, 4 KiB: the monitor's description, the VGA's ports, the dispi registers, the order of bytes. */
export class VgaMmio {
  readonly region: MemoryRegion;
  readonly #machine: Machine;
  readonly #owner: DeviceObject;
  /** The order of the bytes in pixels of more than one byte. */
  #bigEndian = false;

  constructor(machine: Machine, owner: DeviceObject, registers: VgaRegisters, dispi: BochsDispi) {
    this.#machine = machine;
    this.#owner = owner;
    this.region = machine.mmio({
      name: "vga.mmio",
      size: BYTES,
      owner,
      read: () => 0xffff_ffff,
      write: () => undefined,
    });
    this.region.addSubregion(Mmio.EDID, this.#edid());
    this.region.addSubregion(Mmio.VGA_PORTS, this.#ports(registers));
    this.region.addSubregion(Mmio.DISPI, this.#dispi(dispi));
    this.region.addSubregion(Mmio.EXTENDED, this.#extended());
  }

  /** True if the high byte of a pixel comes first. */
  get bigEndian(): boolean {
    return this.#bigEndian;
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#bigEndian = false;
  }

  #edid(): MemoryRegion {
    const edid = makeEdid();
    return this.#machine.mmio({
      name: "edid",
      size: EDID_WINDOW_BYTES,
      owner: this.#owner,
      impl: BYTE_WIDE,
      read: (offset) => edid[offset] ?? 0,
      write: () => undefined,
    });
  }

  #ports(registers: VgaRegisters): MemoryRegion {
    return this.#machine.mmio({
      name: "vga ioports remapped",
      size: 0x20,
      owner: this.#owner,
      endianness: "little",
      impl: BYTE_WIDE,
      read: (offset) => registers.read(0x3c0 + offset),
      write: (offset, value) => registers.write(0x3c0 + offset, value),
    });
  }

  #dispi(dispi: BochsDispi): MemoryRegion {
    return this.#machine.mmio({
      name: "bochs dispi interface",
      size: 2 * DISPI_REGISTERS,
      owner: this.#owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 4 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
      read: (offset) => dispi.read(offset >> 1),
      write: (offset, value) => dispi.write(offset >> 1, value),
    });
  }

  #extended(): MemoryRegion {
    return this.#machine.mmio({
      name: "qemu extended regs",
      size: EXTENDED_BYTES,
      owner: this.#owner,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) =>
        offset === 0
          ? EXTENDED_BYTES
          : this.#bigEndian
            ? BIG_ENDIAN_FRAMEBUFFER
            : LITTLE_ENDIAN_FRAMEBUFFER,
      write: (offset, value) => {
        // Any other value changes nothing.
        if (offset === 0) return;
        if (value === BIG_ENDIAN_FRAMEBUFFER) this.#bigEndian = true;
        else if (value === LITTLE_ENDIAN_FRAMEBUFFER) this.#bigEndian = false;
      },
    });
  }
}
