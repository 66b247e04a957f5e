import { type ObjectInit, QomObject } from "@mem/qom";

/**
 * QOM type name of {@link DeviceObject}.
 * @see the guide "Who owns a region, and when does it die", "A device that is unplugged"
 */
export const TYPE_DEVICE = "device";

/**
 * A device that owns regions: the base of device classes, made by `machine.device(Class, …)`.
 * While one of its MMIO callbacks runs, a second access to any of its MMIO regions is refused: a
 * device whose DMA reaches its own registers cannot re-enter itself.
 *
 * @example
 * class Uart extends DeviceObject {
 *   constructor(init: DeviceInit<Machine>) {
 *     super(init);
 *     init.machine.mmio({ name: "uart", size: 8, owner: this, read: () => 0x60 });
 *   }
 * }
 * const uart = new Machine().device(Uart, { name: "uart0" });
 * console.log(uart.canonicalPath()); // prints: /machine/unattached/uart0
 */
export class DeviceObject extends QomObject {
  /** True if one of this device's MMIO callbacks is running. */
  engagedInIo = false;
  #realized = false;

  constructor(init: ObjectInit) {
    super(init);
    (init as Partial<Construction>).begun?.(this);
  }

  /** True if {@link realize} has run to its end. */
  get realized(): boolean {
    return this.#realized;
  }

  /**
   * Makes the device ready to be used, once its properties are set and it has its place in the
   * tree (QEMU's `realized` property). `machine.device` calls it; again it does nothing.
   * @throws what {@link onRealize} throws; the device is not realized then
   */
  realize(): void {
    if (this.#realized) return;
    this.onRealize();
    this.#realized = true;
  }

  /**
   * Called when the device is realized, for a class to override: take up properties, map its
   * regions.
   */
  protected onRealize(): void {}
}

/** Observer of a device's construction, who has the device when its constructor throws half-way. */
export interface Construction {
  begun(device: DeviceObject): void;
}
