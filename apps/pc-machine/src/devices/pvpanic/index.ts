/** The port of crashed guests. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { PanicEvent, Pvpanic } from "./pvpanic.js";

export { PanicEvent, Pvpanic };

/** QEMU's `pvpanic`. */
export const pvpanic = defineDevice({
  name: "pvpanic",
  bus: "ISA",
  category: "Misc",
  description: "a port by which the guest says that it has crashed",
  documentation: "What becomes of it, `-action panic=` says; QMP tells of it by GUEST_PANICKED.",
  properties: {
    ioport: property.uint({
      bits: 16,
      max: 0xffff,
      what: "I/O port",
      default: 0x505,
      help: "its port",
    }),
    events: property.uint({
      bits: 8,
      default: PanicEvent.PANICKED | PanicEvent.CRASH_LOADED,
      help: "what it takes: 1 crashed, 2 crashed and a second kernel looks why",
    }),
  },
  single: "there can be one pvpanic",
  ports: ({ ioport }) => [{ first: ioport, count: 1 }],
  create: (context, values) => new Pvpanic(context, values),
});
