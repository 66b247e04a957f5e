/** Keyboard, mouse and tablet for the USB. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { usbPort } from "../../usb/usb-properties.js";
import { UsbKeyboard } from "./keyboard.js";
import { UsbPointer } from "./pointer.js";

export { UsbKeyboard, UsbPointer };

const hidProperties = {
  ...usbPort,
  display: property.text({ default: "", help: "accepted without effect: there is one display" }),
  head: property.uint({ bits: 32, default: 0, help: "accepted without effect" }),
} as const;

/** QEMU's `usb-kbd`. */
export const usbKbd = defineDevice({
  name: "usb-kbd",
  bus: "usb-bus",
  category: "Input",
  description: "keyboard",
  documentation: "Firmware can use it. Keys go to it as soon as the guest's driver asks for them.",
  properties: hidProperties,
  hotpluggable: true,
  create: (context) => new UsbKeyboard(context),
});

/** QEMU's `usb-mouse`. */
export const usbMouse = defineDevice({
  name: "usb-mouse",
  bus: "usb-bus",
  category: "Input",
  description: "mouse with five buttons and a wheel",
  properties: hidProperties,
  hotpluggable: true,
  create: (context) => new UsbPointer(context, { absolute: false }),
});

/** QEMU's `usb-tablet`. */
export const usbTablet = defineDevice({
  name: "usb-tablet",
  bus: "usb-bus",
  category: "Input",
  description: "pointer that tells places, so that the guest's follows the host's",
  properties: hidProperties,
  hotpluggable: true,
  create: (context) => new UsbPointer(context, { absolute: true }),
});
