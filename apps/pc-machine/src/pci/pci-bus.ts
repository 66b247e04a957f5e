/** The one PCI bus of the board: its slots, its containers and its interrupt wires. */
import type { MemoryRegion } from "@mem/core";

import type { PciBusPort } from "./bus-port.js";
import type { PciDevice } from "./pci-device.js";
import { PciError } from "./pci-error.js";

/** Whoever is told when one of the bus's four interrupt wires (PIRQA to PIRQD) changes. */
export type PirqHandler = (pirq: number, level: boolean) => void;

const FUNCTIONS = 256;

/** PCI bus 0. */
export class PciBus implements PciBusPort {
  /** Container that memory BARs are mapped into (`pci`). */
  readonly memory: MemoryRegion;
  /** Container that I/O BARs are mapped into (`io`). */
  readonly io: MemoryRegion;
  /** Root of the memory that a bus master reaches (`system`). */
  readonly dmaRoot: MemoryRegion;
  readonly #functions: (PciDevice | undefined)[] = new Array<PciDevice | undefined>(FUNCTIONS);
  /** Number of pins that hold each wire. */
  readonly #holders = [0, 0, 0, 0];
  /** Set by the bridge that turns the wires into interrupts. */
  onPirq: PirqHandler | null = null;

  constructor(regions: { memory: MemoryRegion; io: MemoryRegion; dmaRoot: MemoryRegion }) {
    this.memory = regions.memory;
    this.io = regions.io;
    this.dmaRoot = regions.dmaRoot;
  }

  /**
   * Plug a function in.
   * @throws PciError when the place is taken, or no place of the bus (slot 0..31, function 0..7)
   */
  add(device: PciDevice, slot: number, fn = 0): void {
    const devfn = slot * 8 + fn;
    if (!Number.isInteger(devfn) || slot < 0 || slot > 31 || fn < 0 || fn > 7) {
      throw new PciError(`"${device.name}": there is no PCI slot ${slot}, function ${fn}`, {
        rule: "pci-slot",
      });
    }
    const holder = this.#functions[devfn];
    if (holder !== undefined) {
      throw new PciError(
        `"${device.name}": PCI slot ${slot}, function ${fn} holds "${holder.name}" already`,
        { rule: "pci-slot-taken" },
      );
    }
    device.attach(this, devfn);
    this.#functions[devfn] = device;
  }

  /** Take a function out. No-op for one that is not on the bus. */
  remove(device: PciDevice): void {
    if (this.#functions[device.devfn] === device) {
      this.#functions[device.devfn] = undefined;
      device.detach();
    }
  }

  /** The function at `devfn` (slot times 8 plus function), `null` when there is none. */
  at(devfn: number): PciDevice | null {
    return this.#functions[devfn] ?? null;
  }

  /** Every function, in the order of slots and functions. */
  *devices(): IterableIterator<PciDevice> {
    for (const device of this.#functions) {
      if (device !== undefined) {
        yield device;
      }
    }
  }

  /** Wire, of four, to which pin `pin` (1 INTA# to 4 INTD#) of `devfn` is soldered. */
  static pirqOf(devfn: number, pin: number): number {
    // Slot 1 is the bridge itself: its INTA# is wire 0, and each slot further on shifts by one.
    return (pin - 1 + (devfn >> 3) - 1) & 3;
  }

  /** A function drives one of its pins. The wire is high while any pin on it is. */
  interrupt(devfn: number, pin: number, level: boolean): void {
    const pirq = PciBus.pirqOf(devfn, pin);
    const before = this.#holders[pirq] ?? 0;
    const after = before + (level ? 1 : -1);
    this.#holders[pirq] = after;
    if ((before === 0) !== (after === 0)) {
      this.onPirq?.(pirq, after > 0);
    }
  }

  /** True if wire `pirq` (0..3) is held. */
  pirqLevel(pirq: number): boolean {
    return (this.#holders[pirq] ?? 0) > 0;
  }

  /** Reset every function. */
  reset(): void {
    for (const device of this.devices()) {
      device.reset();
    }
  }
}
