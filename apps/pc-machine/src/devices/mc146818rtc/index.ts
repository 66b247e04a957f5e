/** The calendar, and the memory that its battery keeps. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { Rtc } from "./rtc.js";

export { Rtc };

/** QEMU's `mc146818rtc`. */
export const mc146818rtc = defineDevice({
  name: "mc146818rtc",
  bus: "ISA",
  category: "Misc",
  description: "real-time clock: an MC146818",
  userCreatable: false,
  properties: {
    iobase: property.uint({ bits: 16, default: 0x70, help: "its first port" }),
    irq: property.uint({ bits: 8, max: 15, default: 8, help: "its interrupt" }),
    startTimeMs: property.object<number | null>({
      default: null,
      help: "the calendar at power-on, in ms since 1970; null: the host's",
    }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 2 }],
  create: (context, { iobase, irq, startTimeMs }) =>
    new Rtc(context, {
      irq: boardOf(context, "mc146818rtc").irq(irq),
      iobase,
      ...(startTimeMs === null ? {} : { startTimeMs }),
    }),
});
