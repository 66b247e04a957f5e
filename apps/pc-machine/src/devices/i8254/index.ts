/** The interval timer. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Pit } from "./pit.js";

export { Pit };

/** QEMU's `isa-pit`. */
export const isaPit = defineDevice({
  name: "isa-pit",
  bus: "ISA",
  category: "Misc",
  description: "interval timer: an 8254",
  userCreatable: false,
  properties: {
    iobase: property.uint({ bits: 32, max: 0xffff, default: 0x40, help: "its first port" }),
    irq: property.uint({ bits: 8, max: 15, default: 0, help: "the interrupt of counter 0" }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 4 }],
  create: (context, { iobase, irq }) =>
    new Pit(context, { irq: boardOf(context, "isa-pit").irq(irq), iobase }),
});
