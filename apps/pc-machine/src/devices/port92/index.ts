/** Fast A20 and fast reset. */
import { boardOf, type IrqLine, UNCONNECTED_LINE } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Port92 } from "./port92.js";

export { Port92 };

/** QEMU's `port92`. */
export const port92 = defineDevice({
  name: "port92",
  bus: "ISA",
  category: "Misc",
  description: "system control port A: fast A20 and fast reset",
  userCreatable: false,
  properties: {
    a20: property.object<IrqLine>({ default: UNCONNECTED_LINE, help: "the A20 gate" }),
  },
  ports: () => [{ first: 0x92, count: 1 }],
  create: (context, { a20 }) =>
    new Port92(context, {
      a20,
      requestReset: () => boardOf(context, "port92").requestReset(),
    }),
});
