/** A drive on a SCSI bus. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import type { ScsiUnit } from "../../scsi/scsi-unit.js";
import type { DriveFrontEnd } from "../../storage/drive-backend.js";

/** The place on a bus that a drive is plugged into. */
export interface ScsiPlace {
  /** The drive is gone. */
  detach(): void;
  /** Its medium is another one, or has another size. */
  mediumChanged(): void;
}

/** QEMU's `scsi-hd` and `scsi-cd`. */
export class ScsiDrive implements Device {
  readonly object: QomObject;
  readonly unit: ScsiUnit;
  #place: ScsiPlace | null = null;

  /**
   * @param typeName its QOM type
   * @param tray     of a drive whose medium comes and goes; `null` of a disk
   */
  constructor(
    context: DeviceContext,
    typeName: string,
    unit: ScsiUnit,
    tray: DriveFrontEnd["tray"],
  ) {
    this.unit = unit;
    this.object = createDeviceObject(context.machine, typeName, context.path);
    unit.drive.connect({
      qdev: context.id ?? this.object.canonicalPath() ?? "",
      removable: tray !== null,
      tray,
      mediumChanged: () => {
        unit.mediumChanged();
        this.#place?.mediumChanged();
      },
    });
  }

  /** A controller has it at a place of its bus. */
  attach(place: ScsiPlace): void {
    this.#place = place;
  }

  reset(): void {
    this.unit.reset();
  }

  dispose(): void {
    this.#place?.detach();
    this.#place = null;
    this.unit.drive.disconnect();
  }
}
