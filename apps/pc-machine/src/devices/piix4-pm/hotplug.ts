/**
 * The ACPI hot-plug registers of the board, for a machine whose devices and processors are all
 * there at power-on: no slot has an event to tell, and no processor comes or goes.
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O ports of the two blocks. */
export const HOTPLUG_PORT = { PCI: 0xae00, CPU: 0xaf00 } as const;

const REMOVABLE_SLOTS = 0x0c;

/**
 * `acpi-pci-hotplug`, 24 bytes: slots that came, slots that go, slots that can be removed.
 * @param occupied the slots of bus 0 that hold something, as bits
 */
export function pciHotplugRegion(
  machine: Machine,
  owner: DeviceObject,
  occupied: () => number,
): MemoryRegion {
  return machine.mmio({
    name: "acpi-pci-hotplug",
    size: 0x18,
    owner,
    endianness: "little",
    valid: { minAccessSize: 4, maxAccessSize: 4 },
    read: (offset) => (offset === REMOVABLE_SLOTS ? ~occupied() >>> 0 : 0),
    write: () => undefined,
  });
}

/** `acpi-cpu-hotplug`, 32 bytes: one bit for each processor that is present, by its APIC's ID. */
export function cpuHotplugRegion(
  machine: Machine,
  owner: DeviceObject,
  processors: number,
): MemoryRegion {
  const present = 2 ** processors - 1;
  return machine.mmio({
    name: "acpi-cpu-hotplug",
    size: 0x20,
    owner,
    endianness: "little",
    valid: { minAccessSize: 1, maxAccessSize: 4 },
    impl: { minAccessSize: 1, maxAccessSize: 1 },
    read: (offset) => (offset === 0 ? present : 0),
    write: () => undefined,
  });
}
