/** The DMA controllers. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { DmaController } from "./dma8237.js";

export { DmaController };

/** QEMU's `i8257`: the first one, or the second one with its ports two apart. */
export const i8257 = defineDevice({
  name: "i8257",
  bus: "ISA",
  category: "Misc",
  description: "DMA controller: an 8237",
  userCreatable: false,
  properties: {
    second: property.bool({ default: false, help: "channels 4 to 7" }),
  },
  ports: ({ second }) =>
    second
      ? [
          { first: 0xc0, count: 32 },
          { first: 0x89, count: 3 },
          { first: 0x8f, count: 1 },
        ]
      : [
          { first: 0x00, count: 16 },
          { first: 0x81, count: 3 },
          { first: 0x87, count: 1 },
        ],
  create: (context, { second }) => new DmaController(context, { second }),
});
