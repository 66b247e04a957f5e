/** The ACPI registers for processors that come and go, of which none does here. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O port of the registers. */
export const CPU_HOTPLUG_PORT = 0xaf00;

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
