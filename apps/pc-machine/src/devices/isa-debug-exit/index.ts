/** The port that ends the machine. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { IsaDebugExit } from "./isa-debug-exit.js";

export { IsaDebugExit };

/** QEMU's `isa-debug-exit`. */
export const isaDebugExit = defineDevice({
  name: "isa-debug-exit",
  bus: "ISA",
  category: "Misc",
  description: "a port that ends the machine with a status",
  documentation:
    "A write of N ends the program with status 2 N + 1. Test suites of kernels use it, at port 0xf4 mostly.",
  properties: {
    iobase: property.uint({
      bits: 32,
      max: 0xffff,
      what: "I/O port",
      default: 0x501,
      help: "its first port",
    }),
    iosize: property.uint({ bits: 32, max: 0x100, default: 2, help: "number of ports" }),
  },
  settle: (values) =>
    values.iosize === 0 ? { problem: "iosize=0: there is one port at least" } : values,
  ports: ({ iobase, iosize }) => [{ first: iobase, count: iosize }],
  create: (context, values) => new IsaDebugExit(context, values),
});
