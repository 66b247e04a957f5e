/** The USB controller. */
import { defineDevice } from "../../device/definition.js";
import { Uhci } from "./uhci.js";

export { Uhci };

/** QEMU's `piix3-usb-uhci`. */
export const piix3UsbUhci = defineDevice({
  name: "piix3-usb-uhci",
  bus: "PCI",
  category: "Controller/Bridge/Hub",
  description: "USB controller (UHCI) with two ports",
  documentation:
    "`-usb` puts it where the PIIX3 has it, at 01.2. The schedule is walked once a frame, a millisecond of virtual time.",
  properties: {},
  hotpluggable: false,
  childBus: { bus: "usb-bus", name: "usb-bus", places: 2 },
  create: (context) => new Uhci(context),
});
