/** Ports that answer without a device of QEMU's behind them. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { CoprocessorErrorPort, PostCodePort } from "./ignored-ports.js";

export { CoprocessorErrorPort, PostCodePort };

/** Port 0x80. */
export const postCodePort = defineDevice({
  name: "ioport80",
  bus: "ISA",
  category: "Misc",
  description: "port 0x80, for codes of firmware's progress",
  userCreatable: false,
  properties: {},
  ports: () => [{ first: 0x80, count: 1 }],
  create: (context) => new PostCodePort(context),
});

/** Port 0xf0. */
export const coprocessorErrorPort = defineDevice({
  name: "ioportF0",
  bus: "ISA",
  category: "Misc",
  description: "port 0xf0, which takes the coprocessor's error back",
  userCreatable: false,
  properties: {
    irq: property.uint({ bits: 8, max: 15, default: 13, help: "the coprocessor's interrupt" }),
  },
  ports: () => [{ first: 0xf0, count: 1 }],
  create: (context, { irq }) =>
    new CoprocessorErrorPort(context, { irq: boardOf(context, "ioportF0").irq(irq) }),
});
