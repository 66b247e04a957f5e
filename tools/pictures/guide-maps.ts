/** The two example maps of QEMU's guide to its memory API. */
import { type AddressSpace, GiB, Machine, type MemoryRegion } from "@mem/flat";

const answer = { read: () => 0, write: () => undefined };

/** Who is seen where A to E overlap; B is a container, or answers accesses itself. */
export function overlapExample(isSolid: boolean): AddressSpace {
  const machine = new Machine();
  const device = (name: string, size: number): MemoryRegion =>
    machine.mmio({ name, size, ...answer });
  const A = machine.container({ name: "A", size: 0x8000 });
  const B = isSolid ? device("B", 0x4000) : machine.container({ name: "B", size: 0x4000 });
  A.addSubregion(0x0000, device("C", 0x6000), { priority: 1 });
  A.addSubregion(0x2000, B, { priority: 2 });
  B.addSubregion(0x0000, device("D", 0x1000));
  B.addSubregion(0x2000, device("E", 0x1000));
  return machine.addressSpace(A, "A");
}

/** The simplified PC: RAM shown in two parts around the PCI hole, and a window on the display. */
export function pcExample(): AddressSpace {
  const machine = new Machine();
  const system = machine.container({ name: "system_memory", size: 2n ** 48n });
  const ram = machine.ram({ name: "ram", size: 4 * GiB });
  const pci = machine.container({ name: "pci", size: 4 * GiB });
  const vram = machine.ram({ name: "vram", size: 0x100_0000 });
  const window = (name: string, target: MemoryRegion, offset: number, size: number) =>
    machine.alias({ name, target, offset, size });

  system.addSubregion(0, window("lomem", ram, 0, 0xe000_0000));
  system.addSubregion(0x1_0000_0000, window("himem", ram, 0xe000_0000, 0x2000_0000));
  system.addSubregion(0xa_0000, window("vga-window", pci, 0xa_0000, 0x2_0000), { priority: 1 });
  system.addSubregion(0xe000_0000, window("pci-hole", pci, 0xe000_0000, 0x2000_0000));

  const area = machine.container({ name: "vga-area", size: 0x2_0000 });
  area.addSubregion(0x0000, window("vga-bank-0", vram, 0x1_0000, 0x8000));
  area.addSubregion(0x8000, window("vga-bank-1", vram, 0x2_0000, 0x8000));
  pci.addSubregion(0xa_0000, area);
  pci.addSubregion(0xe100_0000, vram);
  pci.addSubregion(0xe200_0000, machine.mmio({ name: "vga-mmio", size: 0x1_0000, ...answer }));
  return machine.addressSpace(system, "memory");
}

/** Registers far up in an address space of 64 bits, and RAM at its beginning. */
export function wideExample(): AddressSpace {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const device = (name: string, size: number): MemoryRegion =>
    machine.mmio({ name, size, ...answer });
  system.addSubregion(0, machine.ram({ name: "ram", size: 0x800_0000 }));
  system.addSubregion(0xfe00_0000, device("bar0", 0x1000));
  system.addSubregion(2n ** 40n, device("bar2", 0x10_0000));
  return machine.addressSpace(system, "memory");
}
