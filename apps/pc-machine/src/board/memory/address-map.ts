/** The top of the board's memory: the containers everything else is mapped into. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";

import { ABOVE_4G_BASE, layOutMemory, type MemoryLayout } from "./memory-layout.js";

const WHOLE = 2n ** 64n;
const IO_PORTS = 0x10000;
const PCI_PRIORITY = -1;

/** Memory that the RAM is a piece of. */
export interface RamStorage {
  readonly memory: WebAssembly.Memory;
  /** First byte of the RAM. */
  readonly memoryOffset: number;
}

/** The containers, the RAM, and the address spaces on top of them. */
export class AddressMap {
  readonly layout: MemoryLayout;
  /** `system`: memory as processors and bus masters see it. */
  readonly system: MemoryRegion;
  /** `pci`: the PCI bus's memory, beneath the RAM. */
  readonly pci: MemoryRegion;
  /** `io`: the I/O ports. */
  readonly io: MemoryRegion;
  /** `pc.ram`: all of the RAM, in one piece. */
  readonly ram: MemoryRegion;
  /** The address space over `system`, for DMA of devices that are not on PCI. */
  readonly memory: AddressSpace;
  /** The address space over `io`. */
  readonly ioSpace: AddressSpace;
  readonly #machine: Machine;
  readonly #cpuMemories: AddressSpace[] = [];
  readonly #smm: AddressSpace[] = [];

  /** @param storage where the RAM lies, if not in memory of its own */
  constructor(machine: Machine, ramSize: number, storage: RamStorage | null = null) {
    this.#machine = machine;
    this.layout = layOutMemory(ramSize);
    this.system = machine.container({ name: "system", size: WHOLE });
    this.io = machine.mmio({
      name: "io",
      size: IO_PORTS,
      endianness: "little",
      // A port that nothing answers at floats high, and swallows what is written.
      read: () => 0xffff_ffff,
      write: () => undefined,
    });
    this.ram = machine.ram({
      name: "pc.ram",
      size: ramSize,
      migratable: true,
      ...storage,
      owner: machine.objects.container("/objects/pc.ram"),
    });
    this.system.addSubregion(
      0,
      machine.alias({ name: "ram-below-4g", size: this.layout.below4g, target: this.ram }),
    );
    if (this.layout.above4g > 0) {
      const above = machine.alias({
        name: "ram-above-4g",
        size: this.layout.above4g,
        target: this.ram,
        offset: this.layout.below4g,
      });
      this.system.addSubregion(ABOVE_4G_BASE, above);
    }
    this.pci = machine.container({ name: "pci", size: WHOLE });
    this.system.addSubregion(0, this.pci, { priority: PCI_PRIORITY });
    this.memory = machine.addressSpace(this.system, "memory");
    this.ioSpace = machine.addressSpace(this.io, "I/O");
    this.cpuMemory(0);
  }

  /** Memory as processor `number` sees it: `system`. */
  cpuMemory(number = 0): AddressSpace {
    return (this.#cpuMemories[number] ??= this.#machine.addressSpace(
      this.system,
      `cpu-memory-${number}`,
    ));
  }

  /** Memory as processor `number`, the object `owner`, sees it in SMM: `system`, with `smram` on top. */
  smmMemory(smram: MemoryRegion, owner: DeviceObject, number = 0): AddressSpace {
    const made = this.#smm[number];
    if (made !== undefined) return made;
    const machine = this.#machine;
    const root = machine.container({ name: "memory", size: WHOLE, owner });
    root.addSubregion(
      0,
      machine.alias({ name: "memory", size: WHOLE, owner, target: this.system }),
    );
    root.addSubregion(0, machine.alias({ name: "smram", size: smram.size, owner, target: smram }), {
      priority: 1,
    });
    return (this.#smm[number] = machine.addressSpace(root, `cpu-smm-${number}`));
  }

  /** Take the address spaces down, with whoever listens to them. */
  destroy(): void {
    for (const space of [...this.#smm, ...this.#cpuMemories, this.ioSpace, this.memory]) {
      space.removeListeners();
      space.destroy();
    }
  }
}
