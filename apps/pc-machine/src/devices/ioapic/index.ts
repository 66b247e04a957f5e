/** The I/O APIC. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { IoApic, type InterruptBus } from "./io-apic.js";

export { IoApic, type InterruptBus };

/** QEMU's `ioapic`. */
export const ioApic = defineDevice({
  name: "ioapic",
  bus: "System",
  category: "Misc",
  description: "I/O APIC: 24 interrupt inputs, each delivered as a message to local APICs",
  userCreatable: false,
  properties: {
    version: property.uint({ bits: 32, among: [0x20], default: 0x20, help: "as in its register" }),
    apics: property.object<InterruptBus | null>({
      default: null,
      help: "the bus of the local APICs; null on a machine without them",
    }),
    eightyTwoFiftyNine: property.object<() => number>({
      default: () => 0,
      help: "acknowledges an interrupt of the pair of 8259, for inputs that stand for it",
    }),
  },
  create: (context, { version, apics, eightyTwoFiftyNine }) =>
    new IoApic(context, { version, apics, acknowledge: eightyTwoFiftyNine }),
});
