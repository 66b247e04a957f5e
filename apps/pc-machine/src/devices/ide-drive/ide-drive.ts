/** A drive on an IDE channel, as a device: `ide-hd` and `ide-cd`. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import { type DriveBackend, driveOf } from "../../storage/drive-backend.js";
import type { BlockBackend } from "../../storage/block-backend.js";
import type { DriveOptions } from "../piix3-ide/ide-channel.js";
import type { Geometry } from "../piix3-ide/geometry.js";
import { guessGeometry, usualTranslation, type Translation } from "./disk-geometry.js";

/** Settings of a drive. */
export interface IdeDriveSettings {
  readonly kind: "disk" | "cdrom";
  readonly backend: BlockBackend;
  /** Name of its device, `null` for one without. */
  readonly id: string | null;
  /** Texts; `""` for the usual ones. */
  readonly model: string;
  readonly serial: string;
  readonly version: string;
  /** Its geometry, `null` to guess one. */
  readonly geometry: Geometry | null;
  readonly translation: Translation;
}

/** QEMU's `ide-hd` and `ide-cd`. */
export class IdeDrive implements Device {
  readonly object: QomObject;
  readonly backend: DriveBackend;
  /** Options for the channel. */
  readonly options: DriveOptions;
  /** The geometry and translation that firmware is told, `null` of a CD drive. */
  readonly bios: { readonly geometry: Geometry; readonly translation: Translation } | null;

  constructor(context: DeviceContext, settings: IdeDriveSettings) {
    const { kind, backend, id, model, serial, version } = settings;
    this.object = createDeviceObject(
      context.machine,
      kind === "cdrom" ? "ide-cd" : "ide-hd",
      context.path,
    );
    this.backend = driveOf(backend);
    this.bios = kind === "cdrom" ? null : this.#geometry(settings);
    this.options = {
      backend: this.backend,
      kind,
      qdev: id ?? this.object.canonicalPath() ?? "",
      ...(model === "" ? {} : { model }),
      ...(serial === "" ? {} : { serial }),
      ...(version === "" ? {} : { version }),
      ...(this.bios === null ? {} : { geometry: this.bios.geometry }),
    };
  }

  /** The channel resets what it holds. */
  reset(): void {}

  dispose(): void {
    this.backend.disconnect();
  }

  #geometry({ geometry, translation }: IdeDriveSettings): NonNullable<IdeDrive["bios"]> {
    const found =
      geometry === null
        ? guessGeometry(this.backend)
        : { geometry, translation: usualTranslation(geometry) };
    return translation === "auto" ? found : { geometry: found.geometry, translation };
  }
}
