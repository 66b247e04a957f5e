/** Power management. */
import { boardOf } from "../../device/context.js";
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import type { HotplugSlots } from "./pci-hotplug.js";
import { Piix4Pm } from "./piix4-pm.js";

export { Piix4Pm };

const SCI_IRQ = 9;

/** QEMU's `PIIX4_PM`. */
export const piix4Pm = defineDevice({
  name: "PIIX4_PM",
  bus: "PCI",
  category: "Controller/Bridge/Hub",
  description: "power management: PIIX4, with ACPI registers and the SMBus",
  userCreatable: false,
  properties: {
    smi: property.object<(() => void) | null>({
      default: null,
      help: "raises an SMI at the processor; null where that has no such mode",
    }),
    slots: property.object<HotplugSlots>({
      default: { removable: () => 0, eject: () => undefined },
      help: "slots of the PCI bus, whose devices come and go",
    }),
    serialPorts: property.object<number>({ default: 0, help: "how many there are" }),
    processors: property.object<number>({ default: 1, help: "how many there are" }),
  },
  ports: () => [
    { first: 0xb2, count: 2 },
    { first: 0xae00, count: 0x18 },
    { first: 0xaf00, count: 0x20 },
    { first: 0xafe0, count: 4 },
  ],
  create: (context, { smi, slots, serialPorts, processors }) => {
    const board = boardOf(context, "PIIX4_PM");
    return new Piix4Pm(context, {
      sci: board.irq(SCI_IRQ),
      smi,
      powerOff: () => board.powerOff(),
      suspend: () => board.suspend(),
      slots,
      serialPorts,
      processors,
    });
  },
});
