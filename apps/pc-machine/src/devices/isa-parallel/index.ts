/** Parallel ports. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Parallel, PARALLEL_PORTS } from "./parallel.js";

export { Parallel };

/** LPT1 to LPT3, as QEMU counts them. */
const PLACES = [0x378, 0x278, 0x3bc] as const;
const IRQ = 7;

/** QEMU's `isa-parallel`. */
export const isaParallel = defineDevice({
  name: "isa-parallel",
  bus: "ISA",
  category: "Input",
  description: "parallel port",
  documentation:
    "Bytes that the guest prints go to the host. The first free one of ports 0x378, 0x278 and 0x3bc unless told otherwise. `-parallel` plugs in the same device.",
  properties: {
    index: property.automatic(
      property.uint({ bits: 32, max: PLACES.length - 1, help: "0 to 2: which port" }),
    ),
    iobase: property.automatic(
      property.uint({ bits: 32, max: 0xffff, what: "I/O port", help: "its first port" }),
    ),
    irq: property.uint({
      bits: 32,
      max: 15,
      what: "interrupt",
      default: IRQ,
      help: "its interrupt",
    }),
    chardev: property.chardev({ help: "the printer", outputOnly: true }),
  },
  settle: (values, others) => {
    const taken = others
      .filter(({ definition }) => definition.name === "isa-parallel")
      .map((other) => other.values["index"]);
    const index = values.index ?? PLACES.findIndex((_place, at) => !taken.includes(at));
    const iobase = values.iobase ?? PLACES[index];
    return iobase === undefined
      ? { problem: "a PC has 3 parallel ports at most" }
      : { ...values, index, iobase };
  },
  ports: ({ iobase }) => (iobase === null ? [] : [{ first: iobase, count: PARALLEL_PORTS }]),
  create: (context, { iobase, irq, chardev }) =>
    new Parallel(context, {
      iobase: iobase ?? PLACES[0],
      irq: boardOf(context, "isa-parallel").irq(irq),
      backend: chardev,
    }),
});
