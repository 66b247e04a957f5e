/** The keyboard controller. */
import { boardOf, type IrqLine, UNCONNECTED_LINE } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { I8042 } from "./i8042.js";

export { I8042 };

/** QEMU's `i8042`. */
export const i8042 = defineDevice({
  name: "i8042",
  bus: "ISA",
  category: "Input",
  description: "keyboard controller with keyboard and mouse",
  userCreatable: false,
  properties: {
    "kbd-irq": property.uint({ bits: 8, max: 15, default: 1, help: "the keyboard's interrupt" }),
    "mouse-irq": property.uint({ bits: 8, max: 15, default: 12, help: "the mouse's interrupt" }),
    a20: property.object<IrqLine>({ default: UNCONNECTED_LINE, help: "the A20 gate" }),
  },
  ports: () => [
    { first: 0x60, count: 1 },
    { first: 0x64, count: 1 },
  ],
  create: (context, { "kbd-irq": keyboard, "mouse-irq": mouse, a20 }) => {
    const board = boardOf(context, "i8042");
    return new I8042(context, {
      keyboardIrq: board.irq(keyboard),
      mouseIrq: board.irq(mouse),
      a20,
      requestReset: () => board.requestReset(),
    });
  },
});
