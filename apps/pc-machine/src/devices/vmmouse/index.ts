/** VMware's mouse. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import type { I8042 } from "../i8042/i8042.js";
import type { VmPort } from "../vmport/index.js";
import { VmMouse } from "./vmmouse.js";

export { VmMouse };

/** QEMU's `vmmouse`. */
export const vmmouse = defineDevice({
  name: "vmmouse",
  bus: "ISA",
  category: "Input",
  description: "a mouse that points at places, for guests that know VMware's",
  userCreatable: false,
  properties: {
    i8042: property.object<I8042>({
      help: "the keyboard controller whose mouse interrupts for it",
    }),
    vmport: property.object<VmPort>({ help: "the port where it is asked" }),
  },
  create: (context, { i8042, vmport }) =>
    new VmMouse(context, { port: vmport, nudge: () => i8042.mouse.nudge() }),
});
