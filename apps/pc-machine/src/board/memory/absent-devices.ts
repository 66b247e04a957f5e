/** The numbers of devices that QEMU's board has and this one does without. */
import type { DeviceObject } from "@mem/core";
import type { Machine } from "@mem/flat";

import { createDeviceObject } from "../../device/device-object.js";

/**
 * QEMU numbers what a board is made of (`/machine/unattached/device[4]`) in the order in which it
 * is made. While the board is built, objects stand in for the devices that are missing, so that
 * the others get the numbers they have there.
 */
export class AbsentDevices {
  readonly #machine: Machine;
  readonly #objects: DeviceObject[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Here QEMU would make a device of type `typeName`. */
  skip(typeName: string): void {
    this.#objects.push(createDeviceObject(this.#machine, typeName));
  }

  /** The board is built: take the stand-ins away. */
  release(): void {
    for (const object of this.#objects.splice(0)) {
      object.unparent();
    }
  }
}
