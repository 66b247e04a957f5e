/** Memory as a function on PCI reaches it: all of it, while the guest lets it master the bus. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { AddressSpace, Machine } from "@mem/flat";

/** The address space of a bus master. */
export class BusMaster {
  /** Accesses go through it. While mastering is off, each ends in a decode error. */
  readonly space: AddressSpace;
  readonly #region: MemoryRegion;

  /**
   * @param root what is reached
   * @param name of the address space
   */
  constructor(machine: Machine, owner: DeviceObject, root: MemoryRegion, name: string) {
    const container = machine.container({ name: "bus master container", size: 2n ** 64n, owner });
    this.#region = machine.alias({ name: "bus master", size: root.size, owner, target: root });
    this.#region.enabled = false;
    container.addSubregion(0, this.#region);
    this.space = machine.addressSpace(container, name);
  }

  /** True if the guest lets it master the bus. */
  get enabled(): boolean {
    return this.#region.enabled;
  }

  set enabled(enabled: boolean) {
    this.#region.enabled = enabled;
  }

  /** Take the address space apart. */
  destroy(): void {
    this.space.removeListeners();
    this.space.destroy();
  }
}
