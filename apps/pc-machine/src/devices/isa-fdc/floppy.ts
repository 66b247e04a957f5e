/** A floppy drive as a device of its own: QEMU's `floppy`. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import { errorProperties, takePolicies } from "../../device/properties/drive-properties.js";
import { property } from "../../device/properties/property.js";
import { type DriveBackend, emptyDrive } from "../../storage/drive-backend.js";
import { FloppyDrive, FloppyType } from "./floppy-drive.js";

const KINDS = { "144": FloppyType.MIB_1_44, "288": FloppyType.MIB_2_88, "120": FloppyType.MIB_1_2 };

/** The device: a drive for the controller to hold. */
export class Floppy implements Device {
  readonly object: QomObject;
  readonly drive: FloppyDrive;
  readonly #backend: DriveBackend;

  constructor(context: DeviceContext, backend: DriveBackend, type: number | null) {
    this.object = createDeviceObject(context.machine, "floppy", context.path);
    this.#backend = backend;
    this.drive = new FloppyDrive(backend, type);
    backend.connect({
      qdev: context.id ?? this.object.canonicalPath() ?? "",
      removable: true,
      tray: null,
      mediumChanged: () => this.drive.mediumChanged(),
    });
  }

  /** The controller resets what it holds. */
  reset(): void {}

  dispose(): void {
    this.#backend.disconnect();
  }
}

/** QEMU's `floppy`. */
export const floppy = defineDevice({
  name: "floppy",
  bus: "floppy-bus",
  category: "Storage",
  description: "floppy drive at the floppy controller",
  properties: {
    drive: property.automatic<DriveBackend>(
      property.drive({ help: "its disk: a drive's ID, or a node's name; none: an empty drive" }),
    ),
    unit: property.automatic(property.uint({ bits: 32, max: 1, help: "0 for drive A, 1 for B" })),
    "drive-type": property.choice(["144", "288", "120", "none", "auto"], {
      default: "auto",
      help: "what it can read: disks of 1.44, 2.88 or 1.2 MB; auto: as its first disk is",
    }),
    ...errorProperties,
  },
  create: (context, values) => {
    const backend = values.drive ?? emptyDrive();
    takePolicies(backend, values);
    const wanted = values["drive-type"];
    const type = wanted === "auto" ? null : wanted === "none" ? FloppyType.NONE : KINDS[wanted];
    return new Floppy(context, backend, type);
  },
});
