/** General purpose event block 0: two bytes of status, two of enable. Nothing raises events yet. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O ports of the block. */
export const GPE_PORT = 0xafe0;

const LENGTH = 4;
const STATUS_BYTES = LENGTH / 2;

/** GPE0 of the board. */
export class GeneralPurposeEvents {
  /** `acpi-gpe0`, 4 bytes. */
  readonly region: MemoryRegion;
  readonly #bytes = new Uint8Array(LENGTH);

  constructor(machine: Machine, owner: DeviceObject) {
    this.region = machine.mmio({
      name: "acpi-gpe0",
      size: LENGTH,
      owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 4 },
      impl: { minAccessSize: 1, maxAccessSize: 1 },
      read: (offset) => this.#bytes[offset] ?? 0,
      write: (offset, value) => {
        const old = this.#bytes[offset] ?? 0;
        this.#bytes[offset] = offset < STATUS_BYTES ? old & ~value : value;
      },
    });
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#bytes.fill(0);
  }
}
