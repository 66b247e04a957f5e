/** Disks and CD drives for the IDE controller. */
import { defineDevice } from "../../device/definition.js";
import { bootGeometry } from "../../device/properties/boot-geometry.js";
import { bootIndex } from "../../device/properties/boot-index.js";
import { property } from "../../device/properties/property.js";
import {
  driveProblem,
  errorProperties,
  identityProperties,
  takePolicies,
} from "../../device/properties/drive-properties.js";
import { type DriveBackend, emptyDrive } from "../../storage/drive-backend.js";
import type { Geometry } from "../piix3-ide/geometry.js";
import { TRANSLATIONS } from "./disk-geometry.js";
import { IdeDrive } from "./ide-drive.js";

export { IdeDrive };
export type { Translation } from "./disk-geometry.js";

const MOST = { cylinders: 65_535, heads: 16, sectors: 255 } as const;

const unit = property.automatic(
  property.uint({ bits: 32, max: 1, help: "0 for the channel's master, 1 for its slave" }),
);

/** QEMU's `ide-hd`. */
export const ideHd = defineDevice({
  name: "ide-hd",
  bus: "IDE",
  category: "Storage",
  description: "disk on the IDE controller",
  properties: {
    drive: property.drive({ help: "its medium: a drive's ID, or a node's name" }),
    unit,
    ...identityProperties,
    ...bootIndex,
    ...bootGeometry,
    cyls: property.uint({
      bits: 32,
      default: 0,
      help: "cylinders that it tells; 0: as it is large",
    }),
    heads: property.uint({ bits: 32, default: 0, help: "heads, 1 to 16" }),
    secs: property.uint({ bits: 32, default: 0, help: "sectors a track, 1 to 255" }),
    "bios-chs-trans": property.choice(TRANSLATIONS, {
      default: "auto",
      help: "how firmware translates cylinders, heads and sectors",
    }),
    ...errorProperties,
  },
  settle: (values) => {
    const { cyls, heads, secs, drive } = values;
    const problem = driveProblem(drive);
    if (problem !== null) return { problem };
    if (cyls === 0 && heads === 0 && secs === 0) return values;
    for (const [name, value, most] of [
      ["cyls", cyls, MOST.cylinders],
      ["heads", heads, MOST.heads],
      ["secs", secs, MOST.sectors],
    ] as const) {
      if (value < 1 || value > most) return { problem: `${name} must be between 1 and ${most}` };
    }
    return values;
  },
  create: (context, values) => {
    takePolicies(values.drive, values);
    return new IdeDrive(context, {
      kind: "disk",
      backend: values.drive,
      id: context.id ?? null,
      model: values.model,
      serial: values.serial,
      version: values.ver,
      geometry: geometryOf(values),
      translation: values["bios-chs-trans"],
    });
  },
});

function geometryOf({
  cyls,
  heads,
  secs,
}: {
  readonly cyls: number;
  readonly heads: number;
  readonly secs: number;
}): Geometry | null {
  return cyls === 0 ? null : { cylinders: cyls, heads, sectors: secs };
}

/** QEMU's `ide-cd`. */
export const ideCd = defineDevice({
  name: "ide-cd",
  bus: "IDE",
  category: "Storage",
  description: "CD drive on the IDE controller",
  properties: {
    drive: property.automatic<DriveBackend>(
      property.drive({ help: "its disc: a drive's ID, or a node's name; none: an empty drive" }),
    ),
    unit,
    ...identityProperties,
    ...bootIndex,
    ...errorProperties,
  },
  create: (context, values) => {
    const drive = values.drive ?? emptyDrive();
    takePolicies(drive, values);
    return new IdeDrive(context, {
      kind: "cdrom",
      backend: drive,
      id: context.id ?? null,
      model: values.model,
      serial: values.serial,
      version: values.ver,
      geometry: null,
      translation: "auto",
    });
  },
});
