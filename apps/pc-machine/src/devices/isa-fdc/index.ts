/** The floppy controller and its drives. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Fdc } from "./fdc.js";

export { Fdc };
export { Floppy, floppy } from "./floppy.js";
export { FloppyType } from "./floppy-drive.js";

/** QEMU's `isa-fdc`. */
export const isaFdc = defineDevice({
  name: "isa-fdc",
  bus: "ISA",
  category: "Storage",
  description: "floppy controller: an 82078 with up to two drives",
  userCreatable: false,
  properties: {
    iobase: property.uint({ bits: 32, max: 0xffff, default: 0x3f0, help: "its first port" }),
    irq: property.uint({ bits: 32, max: 15, default: 6, help: "its interrupt" }),
    dma: property.uint({ bits: 32, max: 3, default: 2, help: "its DMA channel" }),
  },
  ports: ({ iobase }) => [
    { first: iobase + 1, count: 5 },
    { first: iobase + 7, count: 1 },
  ],
  create: (context, { iobase, irq, dma }) => {
    const board = boardOf(context, "isa-fdc");
    return new Fdc(context, { iobase, irq: board.irq(irq), dma: board.dma(dma) });
  },
});
