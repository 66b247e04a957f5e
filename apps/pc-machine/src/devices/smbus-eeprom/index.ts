/** Memory of 256 bytes on the SMBus, as memory modules have to say what they are. */
import type { DeviceObject } from "@mem/core";

import type { Device } from "../../device/device.js";
import type { DeviceContext } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { createDeviceObject } from "../../device/device-object.js";
import { property } from "../../device/properties/property.js";
import type { SmbusDevice } from "../piix4-pm/smbus-device.js";

const BYTES = 256;

/** QEMU's `smbus-eeprom`. On a `pc` they are empty, and keep over a reset what is written. */
export class SmbusEeprom implements Device, SmbusDevice {
  readonly object: DeviceObject;
  readonly #bytes = new Uint8Array(BYTES);
  #offset = 0;

  constructor(context: DeviceContext) {
    this.object = createDeviceObject(context.machine, "smbus-eeprom", context.path);
  }

  reset(): void {
    this.#offset = 0;
  }

  write(bytes: readonly number[]): void {
    const [offset, ...rest] = bytes;
    if (offset !== undefined) this.#offset = offset;
    for (const byte of rest) {
      this.#bytes[this.#offset] = byte;
      this.#offset = (this.#offset + 1) % BYTES;
    }
  }

  read(): number {
    const byte = this.#bytes[this.#offset] ?? 0;
    this.#offset = (this.#offset + 1) % BYTES;
    return byte;
  }
}

/** QEMU's `smbus-eeprom`. */
export const smbusEeprom = defineDevice({
  name: "smbus-eeprom",
  bus: "i2c-bus",
  category: "Misc",
  description: "EEPROM of a memory module",
  userCreatable: false,
  properties: {
    address: property.uint({ bits: 8, max: 0x7f, default: 0x50, help: "its address on the bus" }),
  },
  create: (context) => new SmbusEeprom(context),
});
