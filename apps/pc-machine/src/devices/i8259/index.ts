/** The interrupt controllers. */
import type { IrqLine } from "../../device/context.js";
import { UNCONNECTED_LINE } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { InterruptController } from "./interrupt-controller.js";

export { InterruptController };

/** The pair of QEMU's `isa-i8259`. */
export const isaI8259 = defineDevice({
  name: "isa-i8259",
  bus: "ISA",
  category: "Misc",
  description: "interrupt controllers: two cascaded 8259A",
  userCreatable: false,
  properties: {
    intr: property.object<IrqLine>({ default: UNCONNECTED_LINE, help: "the processor's pin" }),
  },
  ports: () => [
    { first: 0x20, count: 2 },
    { first: 0xa0, count: 2 },
    { first: 0x4d0, count: 2 },
  ],
  create: (context, { intr }) => new InterruptController(context, { intr }),
});
