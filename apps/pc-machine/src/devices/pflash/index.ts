/** Flash chips that hold firmware. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { emptyDrive, type DriveBackend } from "../../storage/drive-backend.js";
import { PFlash } from "./pflash.js";

export { FLASH_SECTOR_BYTES } from "./pflash.js";

/** QEMU's `cfi.pflash01`. */
export const pflash = defineDevice({
  name: "cfi.pflash01",
  bus: "System",
  category: "Storage",
  description: "flash chip with firmware, which the guest can program: -drive if=pflash",
  userCreatable: false,
  properties: {
    drive: property.automatic<DriveBackend>(property.drive({ help: "its contents" })),
    name: property.text({ default: "system.flash0", help: "its name below /machine" }),
    address: property.object<number>({ default: 0, help: "the place of its first byte" }),
  },
  create: (context, { drive, name, address }) =>
    new PFlash(context, { drive: drive ?? emptyDrive(), name, address }),
});
