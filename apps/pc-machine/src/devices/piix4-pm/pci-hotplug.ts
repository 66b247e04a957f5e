/**
 * The ACPI registers for PCI devices that come and go: a slot's bit tells the guest that a device came, or that it
 * is to let go of one; the guest ejects a device by writing the bit.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O port of the registers. */
export const PCI_HOTPLUG_PORT = 0xae00;

/** Slots of the bus, and what is done to them. */
export interface HotplugSlots {
  /** Slots of bus 0 whose device can be taken out, or that are empty, as bits. */
  removable(): number;
  /** Take the devices of a slot out that can be. */
  eject(slot: number): void;
}

const Register = {
  CAME: 0x00,
  GOES: 0x04,
  EJECT: 0x08,
  REMOVABLE: 0x0c,
  BUS: 0x10,
  INDEX: 0x14,
} as const;
const SIZE = 0x18;
/** Buses that have registers, of which there is the first alone. */
const MOST_BUSES = 256;
const ROOT_BUS = 0;

/** QEMU's `acpi-pci-hotplug`, 24 bytes. */
export class PciHotplug {
  readonly region: MemoryRegion;
  readonly #slots: HotplugSlots;
  readonly #raise: () => void;
  #came = 0;
  #goes = 0;
  #bus = ROOT_BUS;

  /** @param raise tells the guest to look */
  constructor(machine: Machine, owner: DeviceObject, slots: HotplugSlots, raise: () => void) {
    this.#slots = slots;
    this.#raise = raise;
    this.region = machine.mmio({
      name: "acpi-pci-hotplug",
      size: SIZE,
      owner,
      endianness: "little",
      valid: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
  }

  /** A device came into `slot`: the guest is told. */
  came(slot: number): void {
    this.#came |= 1 << slot;
    this.#raise();
  }

  /** Ask the guest to let go of the device in `slot`. */
  ask(slot: number): void {
    this.#goes |= 1 << slot;
    this.#raise();
  }

  /** True if the guest was asked to let go of the device in `slot`, and has not. */
  isAsked(slot: number): boolean {
    return (this.#goes & (1 << slot)) !== 0;
  }

  /** Take the devices out that the guest was asked to let go of: at a reset there is nobody left to do it. */
  ejectAsked(): void {
    while (this.#goes !== 0) this.#eject(this.#goes);
  }

  #read(offset: number): number {
    if (this.#bus >= MOST_BUSES) return 0;
    if (offset === Register.BUS) return this.#bus;
    if (offset === Register.REMOVABLE) {
      return this.#bus === ROOT_BUS ? this.#slots.removable() >>> 0 : 0xffff_ffff;
    }
    if (this.#bus !== ROOT_BUS) return 0;
    switch (offset) {
      case Register.CAME: {
        const came = this.#came;
        this.#came = 0;
        return came >>> 0;
      }
      case Register.GOES:
        return this.#goes >>> 0;
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    if (offset === Register.BUS) this.#bus = value;
    else if (offset === Register.EJECT && this.#bus === ROOT_BUS) this.#eject(value);
  }

  /** Only the lowest slot of several. */
  #eject(slots: number): void {
    if (slots === 0) return;
    const slot = 31 - Math.clz32(slots & -slots);
    this.#goes &= ~(1 << slot);
    this.#came &= ~(1 << slot);
    this.#slots.eject(slot);
  }
}
