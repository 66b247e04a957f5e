/** General purpose event block 0: two bytes of status, two of enable. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O ports of the block. */
export const GPE_PORT = 0xafe0;

/** Numbers of the events that the board raises. */
export const GpeEvent = { PCI_HOTPLUG: 1, CPU_HOTPLUG: 2 } as const;

const LENGTH = 4;
const STATUS_BYTES = LENGTH / 2;

/** GPE0 of the board. */
export class GeneralPurposeEvents {
  /** `acpi-gpe0`, 4 bytes. */
  readonly region: MemoryRegion;
  readonly #bytes = new Uint8Array(LENGTH);
  readonly #changed: () => void;

  /** @param changed called when {@link pending} may be another */
  constructor(machine: Machine, owner: DeviceObject, changed: () => void) {
    this.#changed = changed;
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
        changed();
      },
    });
  }

  /** True if an event is there that the guest has enabled. */
  get pending(): boolean {
    const [low = 0, high = 0, lowEnable = 0, highEnable = 0] = this.#bytes;
    return ((low & lowEnable) | (high & highEnable)) !== 0;
  }

  /** Raise an event, 0 to 15. */
  raise(event: number): void {
    const at = event >> 3;
    this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (event & 7));
    this.#changed();
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#bytes.fill(0);
  }
}
