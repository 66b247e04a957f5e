/** The high precision event timers. */
import { UNCONNECTED_LINE, type IrqLine } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Hpet } from "./hpet.js";

export { Hpet };

/** QEMU's `hpet`. */
export const hpet = defineDevice({
  name: "hpet",
  bus: "System",
  category: "Misc",
  description: "high precision event timers: a counter of 100 MHz and three comparators",
  userCreatable: false,
  properties: {
    timers: property.uint({ bits: 8, among: [3], default: 3, help: "how many comparators" }),
    "hpet-intcap": property.uint({
      bits: 32,
      default: 4,
      help: "interrupts that comparators can be routed to, as bits",
    }),
    interrupt: property.object<(n: number) => IrqLine>({
      default: () => UNCONNECTED_LINE,
      help: "the wire to interrupt n, 0 to 23",
    }),
  },
  create: (context, values) =>
    new Hpet(context, { routes: values["hpet-intcap"], interrupt: values.interrupt }),
});
