/** Memory that several machines, or programs of the host, share with the guest. */
import type { DeviceContext } from "../../device/context.js";
import type { MemoryBackend } from "../../objects/memory-backend.js";
import { PciDevice } from "../../pci/pci-device.js";

const REGISTER_BYTES = 256;
const Register = { INTERRUPT_MASK: 0, INTERRUPT_STATUS: 4, POSITION: 8, DOORBELL: 12 } as const;
const REGISTERS_BAR = 0;
const MEMORY_BAR = 2;

/** QEMU's `ivshmem-plain`: PCI 1af4:1110, memory at BAR 2. */
export class IvshmemPlain extends PciDevice {
  readonly #memory: MemoryBackend;
  #mask = 0;
  #status = 0;

  constructor(context: DeviceContext, memory: MemoryBackend) {
    super(context, {
      name: "ivshmem-plain",
      vendorId: 0x1af4,
      deviceId: 0x1110,
      classCode: 0x050000,
      revision: 1,
    });
    this.#memory = memory;
    memory.inUse = true;
    const registers = context.machine.mmio({
      name: "ivshmem-mmio",
      size: REGISTER_BYTES,
      owner: this.object,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.registerBar(REGISTERS_BAR, registers, "mem");
    this.registerBar(MEMORY_BAR, memory.region, "prefetch");
  }

  override reset(): void {
    super.reset();
    this.#mask = 0;
    this.#status = 0;
  }

  /** The memory is free for another device. */
  dispose(): void {
    this.#memory.inUse = false;
  }

  #read(offset: number): number {
    switch (offset) {
      case Register.INTERRUPT_MASK:
        return this.#mask;
      case Register.INTERRUPT_STATUS: {
        // Looking at it clears it.
        const status = this.#status;
        this.#status = 0;
        return status;
      }
      default:
        // Nobody else has a number: the position is 0, as is what there is not.
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case Register.INTERRUPT_MASK:
        this.#mask = value;
        break;
      case Register.INTERRUPT_STATUS:
        this.#status = value;
        break;
      case Register.DOORBELL:
        // There are no peers to wake.
        break;
      default:
        this.context.log(
          "guest_error",
          `ivshmem: no register at 0x${offset.toString(16)} is written`,
        );
    }
  }
}
