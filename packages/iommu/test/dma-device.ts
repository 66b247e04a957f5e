import { DeviceObject, type MemoryRegion, memTxAttrs, MemTxResult, TYPE_DEVICE } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";
import type { ReportingIommu } from "@mem/iommu";

/** Offsets of the registers, 4 bytes each. */
export const Register = {
  RING: 0x00,
  COUNT: 0x04,
  CONTROL: 0x08,
  STATUS: 0x0c,
  DONE: 0x10,
  FAULT_ADDRESS: 0x14,
} as const;

/** Bits of `CONTROL`. */
export const Control = { START: 1, INTERRUPT: 2 } as const;

/** Bits of `STATUS`; writing 1 clears one. */
export const Status = { FINISHED: 1, DMA_ERROR: 2, IOMMU_FAULT: 4 } as const;

/** Bytes of a descriptor: source, destination, length, and its result, 4 bytes each. */
export const DESCRIPTOR_SIZE = 16;

/**
 * A device that copies memory by a ring of descriptors, all through its own address space. It
 * stops at the first descriptor that fails.
 */
export class DmaDevice {
  readonly registers: MemoryRegion;
  /** Whether the interrupt line is up. */
  interrupt = false;
  readonly #bus: AddressSpace;
  readonly #attrs;
  #ring = 0;
  #count = 0;
  #done = 0;
  #control = 0;
  #status = 0;
  #faultAddress = 0;

  constructor(machine: Machine, name: string, bus: AddressSpace, iommu: ReportingIommu, id = 0) {
    const { objects } = machine;
    const owner = objects.create(TYPE_DEVICE, {
      parent: objects.container("/machine"),
      name,
    });
    if (!(owner instanceof DeviceObject)) throw new Error("no device");
    this.#bus = bus;
    this.#attrs = memTxAttrs({ requesterId: id });
    const index = iommu.attrsToIndex(this.#attrs);
    iommu.faults.onFault(({ iommuIdx, iova }) => {
      if (iommuIdx !== index) return;
      this.#faultAddress = Number(iova & 0xffff_ffffn);
      this.#raise(Status.IOMMU_FAULT);
    });
    this.registers = machine.mmio({
      name,
      owner,
      size: 0x1000,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
  }

  #read(offset: number): number {
    const values: Record<number, number> = {
      [Register.RING]: this.#ring,
      [Register.COUNT]: this.#count,
      [Register.CONTROL]: this.#control,
      [Register.STATUS]: this.#status,
      [Register.DONE]: this.#done,
      [Register.FAULT_ADDRESS]: this.#faultAddress,
    };
    return values[offset] ?? 0;
  }

  #write(offset: number, value: number): void {
    if (offset === Register.RING) this.#ring = value;
    if (offset === Register.COUNT) this.#count = value;
    if (offset === Register.STATUS) {
      this.#status &= ~value;
      this.interrupt = this.#status !== 0 && (this.#control & Control.INTERRUPT) !== 0;
    }
    if (offset !== Register.CONTROL) return;
    this.#control = value & ~Control.START;
    if ((value & Control.START) !== 0) this.#run();
  }

  #run(): void {
    for (this.#done = 0; this.#done < this.#count; this.#done++) {
      const at = this.#ring + this.#done * DESCRIPTOR_SIZE;
      const descriptor = new Uint8Array(DESCRIPTOR_SIZE);
      let result = this.#bus.read(at, descriptor, this.#attrs);
      if (result === MemTxResult.OK) {
        result = this.#copy(new DataView(descriptor.buffer));
        this.#bus.store(at + 12, 4, result === MemTxResult.OK ? 1 : 0x8000_0000, this.#attrs);
      }
      if (result !== MemTxResult.OK) {
        this.#raise(Status.DMA_ERROR);
        return;
      }
    }
    this.#raise(Status.FINISHED);
  }

  #copy(descriptor: DataView): MemTxResult {
    const bytes = new Uint8Array(Math.min(descriptor.getUint32(8, true), 1 << 20));
    const result = this.#bus.read(descriptor.getUint32(0, true), bytes, this.#attrs);
    if (result !== MemTxResult.OK) return result;
    return this.#bus.write(descriptor.getUint32(4, true), bytes, this.#attrs);
  }

  #raise(bit: number): void {
    this.#status |= bit;
    if ((this.#control & Control.INTERRUPT) !== 0) this.interrupt = true;
  }
}
