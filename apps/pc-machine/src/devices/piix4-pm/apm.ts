/** The APM ports: a command byte that raises an SMI, and a status byte for software's own use. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";

/** I/O ports of the two bytes. */
export const APM_PORT = 0xb2;

/** The control (0xb2) and status (0xb3) bytes. A reset leaves them alone, as in QEMU. */
export class ApmPorts {
  /** `apm-io`, 2 bytes. */
  readonly region: MemoryRegion;
  #control = 0;
  #status = 0;

  /** @param command called with each command byte, before anything else happens */
  constructor(machine: Machine, owner: DeviceObject, command: (value: number) => void) {
    this.region = machine.mmio({
      name: "apm-io",
      size: 2,
      owner,
      endianness: "little",
      impl: { minAccessSize: 1, maxAccessSize: 1 },
      read: (offset) => ((offset & 1) === 0 ? this.#control : this.#status),
      write: (offset, value) => {
        if ((offset & 1) === 0) {
          this.#control = value;
          command(value);
        } else {
          this.#status = value;
        }
      },
    });
  }
}
