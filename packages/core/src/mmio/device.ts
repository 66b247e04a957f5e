import { type ObjectInit, QomObject } from "@mem/qom";

/**
 * QOM type name of {@link DeviceObject}.
 * @see the guide "Who owns a region, and when does it die", "A device that is unplugged"
 */
export const TYPE_DEVICE = "device";

/**
 * A device that owns regions. While one of its MMIO callbacks runs, a second access to any of
 * its MMIO regions is refused: a device whose DMA reaches its own registers cannot re-enter
 * itself.
 * @see the guide "Who owns a region, and when does it die", "A device that is unplugged"
 */
export class DeviceObject extends QomObject {
  /** Whether one of this device's MMIO callbacks is running. */
  engagedInIo = false;

  constructor(init: ObjectInit) {
    super(init);
  }
}
