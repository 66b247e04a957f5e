/** The speaker's port. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import type { Pit } from "../i8254/pit.js";
import { PcSpeaker } from "./pc-speaker.js";

export { PcSpeaker };

/** QEMU's `isa-pcspk`. */
export const isaPcspk = defineDevice({
  name: "isa-pcspk",
  bus: "ISA",
  category: "Misc",
  description: "PC speaker",
  userCreatable: false,
  properties: {
    iobase: property.uint({ bits: 32, max: 0xffff, default: 0x61, help: "its port" }),
    pit: property.object<Pit>({ help: "the timer whose counter 2 it hears" }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 1 }],
  create: (context, { iobase, pit }) => new PcSpeaker(context, { pit, iobase }),
});
