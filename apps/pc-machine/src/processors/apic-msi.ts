/** The local APICs' registers in memory, and the messages that devices store there: QEMU's `apic-msi`. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";
import type { LocalApic, LocalApics } from "@mem/x86";

/** Address of the region, and its priority. */
export const APIC_MSI = { BASE: 0xfee0_0000, SIZE: 0x10_0000, PRIORITY: 0x1000 } as const;

const REGISTER_PAGE = 0x1000;
const REGISTER_SIZE = 4;

/**
 * Makes the region. A processor finds the registers of its own APIC there; a store beyond the first page,
 * or to its beginning, is a message signalled interrupt.
 * @param current the APIC of the processor that runs, or `null`
 */
export function apicMsiRegion(
  machine: Machine,
  owner: DeviceObject,
  apics: LocalApics,
  current: () => LocalApic | null,
): MemoryRegion {
  return machine.mmio({
    name: "apic-msi",
    size: APIC_MSI.SIZE,
    owner,
    endianness: "little",
    valid: { minAccessSize: 1, maxAccessSize: 4 },
    impl: { minAccessSize: 1, maxAccessSize: 4 },
    read: (offset, size) => {
      const apic = current();
      if (size < REGISTER_SIZE || apic === null || apic.isX2apic) return 0;
      return apic.read((offset >>> 4) & 0xff) >>> 0;
    },
    write: (offset, value, size) => {
      if (size < REGISTER_SIZE) return;
      const register = (offset >>> 4) & 0xff;
      if (offset >= REGISTER_PAGE || register === 0) {
        apics.deliverMessage(APIC_MSI.BASE + offset, value);
        return;
      }
      const apic = current();
      if (apic !== null && !apic.isX2apic) apic.write(register, value);
    },
  });
}
