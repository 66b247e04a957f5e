/** The debug console. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { DebugConsole } from "./debugcon.js";

export { DebugConsole };

/** QEMU's `isa-debugcon`. */
export const isaDebugcon = defineDevice({
  name: "isa-debugcon",
  bus: "ISA",
  category: "Misc",
  description: "debug console: a port that prints",
  documentation:
    "Each byte that the guest writes goes to the host. SeaBIOS writes its log to one at port 0x402.",
  properties: {
    iobase: property.uint({
      bits: 32,
      max: 0xffff,
      what: "I/O port",
      default: 0xe9,
      help: "its port",
    }),
    chardev: property.chardev({ help: "where the bytes go", outputOnly: true }),
    readback: property.uint({
      bits: 32,
      max: 0xff,
      default: 0xe9,
      help: "the byte that it reads as",
    }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 1 }],
  create: (context, { iobase, chardev, readback }) =>
    new DebugConsole(context, { backend: chardev, iobase, readback }),
});
