/** Disks on the USB. */
import { defineDevice } from "../../device/definition.js";
import { bootIndex } from "../../device/properties/boot-index.js";
import { errorProperties, takePolicies } from "../../device/properties/drive-properties.js";
import { property } from "../../device/properties/property.js";
import { usbPort } from "../../usb/usb-properties.js";
import { UsbStorage } from "./usb-storage.js";

export { UsbStorage };

/** QEMU's `usb-storage`. */
export const usbStorage = defineDevice({
  name: "usb-storage",
  bus: "usb-bus",
  category: "Storage",
  description: "disk or stick on the USB",
  documentation: "Bulk-only transport with SCSI commands; firmware boots from it.",
  properties: {
    drive: property.drive({ help: "its medium: a drive's ID, or a node's name" }),
    removable: property.bool({ default: false, help: "on: the medium may come and go" }),
    serial: property.text({ default: "", help: "its serial number" }),
    ...usbPort,
    ...bootIndex,
    ...errorProperties,
  },
  hotpluggable: true,
  create: (context, values) => {
    takePolicies(values.drive, values);
    return new UsbStorage(context, values);
  },
});
