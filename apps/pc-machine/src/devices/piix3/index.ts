/** The ISA bridge. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { Piix3 } from "./piix3.js";

export { Piix3 };

/** QEMU's `PIIX3`. */
export const piix3 = defineDevice({
  name: "PIIX3",
  bus: "PCI",
  category: "Controller/Bridge/Hub",
  description: "ISA bridge: PIIX3, with the routing of PCI interrupts and the reset register",
  userCreatable: false,
  properties: {},
  create: (context) => {
    const board = boardOf(context, "PIIX3");
    return new Piix3(context, {
      interrupt: (irq) => board.irq(irq),
      requestReset: () => board.requestReset(),
    });
  },
});
