/** The ISA bridge and what is behind it. */
import { integer, type Aml } from "../aml/encode.js";
import { dma, io, irq, resourceTemplate } from "../aml/resources.js";
import {
  device,
  eisaId,
  field,
  FieldAccess,
  name,
  operationRegion,
  RegionSpace,
} from "../aml/terms.js";
import type { AcpiMachine } from "../machine.js";
import { ROUTING_FIELDS } from "./links.js";

const BRIDGE_ADDRESS = 0x1_0000;
const ROUTING_REGISTERS = 0x60;

/** A device that is always there: its name, ID, and what it decodes. */
const FIXED: readonly (readonly [name: string, id: string, resources: readonly Aml[]])[] = [
  ["RTC", "PNP0B00", [io(0x70, 2), irq(8)]],
  ["KBD", "PNP0303", [io(0x60, 1), io(0x64, 1), irq(1)]],
  ["MOU", "PNP0F13", [irq(12)]],
];
const FLOPPY: readonly Aml[] = [io(0x3f2, 4), io(0x3f7, 1), irq(6), dma(2)];
const PARALLEL: readonly Aml[] = [io(0x378, 8), irq(7)];

/** `ISA`, in slot 1. */
export function isaBridge({ floppy, parallelPort, serialPorts }: AcpiMachine): Aml {
  return device("ISA", [
    name("_ADR", integer(BRIDGE_ADDRESS)),
    operationRegion("PIRQ", RegionSpace.PCI_CONFIG, ROUTING_REGISTERS, ROUTING_FIELDS.length),
    field(
      "PIRQ",
      FieldAccess.BYTE,
      ROUTING_FIELDS.map((unit) => [unit, 8] as const),
    ),
    ...FIXED.map(([path, id, resources]) => isaDevice(path, id, resources)),
    ...(floppy ? [isaDevice("FDC0", "PNP0700", FLOPPY)] : []),
    ...(parallelPort ? [isaDevice("LPT1", "PNP0400", PARALLEL, 1)] : []),
    ...serialPorts.map(({ port, irq: line }, index) =>
      isaDevice(`COM${index + 1}`, "PNP0501", [io(port, 8), irq(line)], index + 1),
    ),
  ]);
}

function isaDevice(path: string, id: string, resources: readonly Aml[], uid?: number): Aml {
  return device(path, [
    name("_HID", eisaId(id)),
    ...(uid === undefined ? [] : [name("_UID", integer(uid))]),
    name("_STA", integer(0x0f)),
    name("_CRS", resourceTemplate(...resources)),
  ]);
}
