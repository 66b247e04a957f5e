/** The IDE controller and its disks. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { Piix3Ide } from "./piix3-ide.js";

export { Piix3Ide };

const IRQ = { PRIMARY: 14, SECONDARY: 15 } as const;

/** QEMU's `piix3-ide`. */
export const piix3Ide = defineDevice({
  name: "piix3-ide",
  bus: "PCI",
  category: "Storage",
  description: "IDE controller: two channels with bus mastering",
  userCreatable: false,
  properties: {},
  ports: () => [
    { first: 0x1f0, count: 8 },
    { first: 0x3f6, count: 1 },
    { first: 0x170, count: 8 },
    { first: 0x376, count: 1 },
  ],
  create: (context) => {
    const board = boardOf(context, "piix3-ide");
    return new Piix3Ide(context, {
      primaryIrq: board.irq(IRQ.PRIMARY),
      secondaryIrq: board.irq(IRQ.SECONDARY),
    });
  },
});
