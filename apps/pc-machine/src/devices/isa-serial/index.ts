/** Serial ports. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Serial } from "./serial.js";

export { Serial };

/** COM1 to COM4. */
const PLACES = [
  { iobase: 0x3f8, irq: 4 },
  { iobase: 0x2f8, irq: 3 },
  { iobase: 0x3e8, irq: 4 },
  { iobase: 0x2e8, irq: 3 },
] as const;

const PORTS = 8;

/** QEMU's `isa-serial`. */
export const isaSerial = defineDevice({
  name: "isa-serial",
  bus: "ISA",
  category: "Input",
  description: "serial port: a 16550A",
  documentation:
    "The first free one of COM1 to COM4 unless told otherwise. `-serial` plugs in the same device.",
  properties: {
    index: property.automatic(
      property.uint({ bits: 32, max: PLACES.length - 1, help: "0 to 3: COM1 to COM4" }),
    ),
    iobase: property.automatic(
      property.uint({ bits: 32, max: 0xffff, what: "I/O port", help: "its first port" }),
    ),
    irq: property.automatic(
      property.uint({ bits: 32, max: 15, what: "interrupt", help: "its interrupt" }),
    ),
    chardev: property.chardev({ help: "the host's end of the line" }),
  },
  settle: (values, others) => {
    const taken = others
      .filter(({ definition }) => definition.name === "isa-serial")
      .map((other) => other.values["index"]);
    const index = values.index ?? PLACES.findIndex((_place, at) => !taken.includes(at));
    const place = PLACES[index];
    if (place === undefined) return { problem: "a PC has 4 serial ports at most" };
    return {
      ...values,
      index,
      iobase: values.iobase ?? place.iobase,
      irq: values.irq ?? place.irq,
    };
  },
  ports: ({ iobase }) => (iobase === null ? [] : [{ first: iobase, count: PORTS }]),
  create: (context, { iobase, irq, chardev }) =>
    new Serial(context, {
      irq: boardOf(context, "isa-serial").irq(irq ?? PLACES[0].irq),
      backend: chardev,
      iobase: iobase ?? PLACES[0].iobase,
    }),
});
