/** Disks and CD drives on the bus of a SCSI controller. */
import { defineDevice } from "../../device/definition.js";
import { bootGeometry } from "../../device/properties/boot-geometry.js";
import { bootIndex } from "../../device/properties/boot-index.js";
import {
  driveProblem,
  errorProperties,
  identityProperties,
  takePolicies,
} from "../../device/properties/drive-properties.js";
import { property } from "../../device/properties/property.js";
import { ScsiCd } from "../../scsi/scsi-cd.js";
import { ScsiDisk } from "../../scsi/scsi-disk.js";
import { emptyDrive, type DriveBackend } from "../../storage/drive-backend.js";
import { ScsiDrive } from "./scsi-drive.js";

export { ScsiDrive };

const VENDOR = "QEMU";
const REVISION = "2.5+";

const places = {
  "scsi-id": property.automatic(
    property.uint({
      bits: 32,
      max: 255,
      help: "its number on the bus; the first free one unless given",
    }),
  ),
  channel: property.uint({ bits: 32, max: 0, default: 0, help: "there is channel 0 alone" }),
  lun: property.uint({
    bits: 32,
    max: 0,
    default: 0,
    help: "there is unit 0 alone at each number",
  }),
  vendor: property.text({ default: VENDOR, help: "name of its maker, up to 8 characters" }),
  product: property.text({ default: "", help: "name of its model, up to 16 characters" }),
} as const;

const { serial, ver, wwn } = identityProperties;
const common = { ...places, serial, ver, wwn, ...bootIndex, ...errorProperties } as const;

/** QEMU's `scsi-hd`. */
export const scsiHd = defineDevice({
  name: "scsi-hd",
  bus: "SCSI",
  category: "Storage",
  description: "disk on a SCSI controller, such as virtio-scsi-pci",
  properties: {
    drive: property.drive({ help: "its medium: a drive's ID, or a node's name" }),
    removable: property.bool({
      default: false,
      help: "on: it is told that the medium may come and go",
    }),
    ...common,
    ...bootGeometry,
  },
  hotpluggable: true,
  settle: (values) => {
    const problem = driveProblem(values.drive);
    return problem === null ? values : { problem };
  },
  create: (context, values) => {
    const { drive, vendor, product, removable } = values;
    takePolicies(drive, values);
    const unit = new ScsiDisk(drive, {
      vendor,
      product: product === "" ? "QEMU HARDDISK" : product,
      revision: values.ver === "" ? REVISION : values.ver,
      serial: values.serial,
      removable,
    });
    return new ScsiDrive(context, "scsi-hd", unit, null);
  },
});

/** QEMU's `scsi-cd`. */
export const scsiCd = defineDevice({
  name: "scsi-cd",
  bus: "SCSI",
  category: "Storage",
  description: "CD drive on a SCSI controller, such as virtio-scsi-pci",
  properties: {
    drive: property.automatic<DriveBackend>(
      property.drive({ help: "its disc: a drive's ID, or a node's name; none: an empty drive" }),
    ),
    ...common,
  },
  hotpluggable: true,
  create: (context, values) => {
    const { vendor, product } = values;
    const drive = values.drive ?? emptyDrive();
    takePolicies(drive, values);
    const unit = new ScsiCd(drive, {
      vendor,
      product: product === "" ? "QEMU CD-ROM" : product,
      revision: values.ver === "" ? REVISION : values.ver,
      serial: values.serial,
      removable: true,
    });
    return new ScsiDrive(context, "scsi-cd", unit, unit.tray);
  },
});
