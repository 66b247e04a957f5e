/** PCI slots whose devices come and go: the board's registers, the slots, and the event. */
import { integer, type Aml } from "../aml/encode.js";
import { io, resourceTemplate } from "../aml/resources.js";
import {
  acquire,
  and,
  arg,
  call,
  device,
  eisaId,
  field,
  FieldAccess,
  method,
  mutex,
  name,
  notify,
  operationRegion,
  ref,
  RegionSpace,
  release,
  scope,
  shiftLeft,
  store,
  when,
} from "../aml/terms.js";
import { AcpiPort } from "../machine.js";

/** Slot 1 is the chipset's. */
const FIRST_SLOT = 2;
const SLOTS = 32;
const HOTPLUG_BYTES = 0x18;
/** Values of Notify: the guest is to look at the bus again, or to let go of a device. */
const BUS_CHECK = 1;
const EJECT_REQUEST = 3;
const ROOT_BUS = 0;

const slots = Array.from({ length: SLOTS - FIRST_SLOT }, (_unused, index) => index + FIRST_SLOT);

function slotName(slot: number): string {
  return `S${slot.toString(16).toUpperCase().padStart(2, "0")}_`;
}

/** The registers, and methods on them, in the scope of the bus. */
export function hotplugRegisters(): readonly Aml[] {
  const { SYSTEM_IO } = RegionSpace;
  return [
    device("PHPR", [
      name("_HID", eisaId("PNP0A06")),
      name("_UID", integer(1)),
      name("_STA", integer(0x0b)),
      name("_CRS", resourceTemplate(io(AcpiPort.PCI_HOTPLUG, HOTPLUG_BYTES))),
    ]),
    device("GPER", [
      name("_HID", eisaId("PNP0A06")),
      name("_UID", integer(2)),
      name("_STA", integer(0x0b)),
      name("_CRS", resourceTemplate(io(AcpiPort.GPE0, 4))),
    ]),
    operationRegion("HPUD", SYSTEM_IO, AcpiPort.PCI_HOTPLUG, HOTPLUG_BYTES),
    field(
      "HPUD",
      FieldAccess.DWORD,
      [
        ["PCIU", 32],
        ["PCID", 32],
        ["B0EJ", 32],
        [null, 32],
        ["BNUM", 32],
      ],
      "zeros",
    ),
    mutex("BLCK"),
    // Takes the device of slot Arg0 out.
    method("PCEJ", 1, [
      acquire("BLCK"),
      store(integer(ROOT_BUS), ref("BNUM")),
      shiftLeft(integer(1), arg(0), ref("B0EJ")),
      release("BLCK"),
    ]),
    // Tells Arg1 to each slot whose bit is in Arg0.
    method(
      "DVNT",
      2,
      slots.map((slot) => when(and(arg(0), integer(2 ** slot)), [notify(slotName(slot), arg(1))])),
    ),
  ];
}

/** The slots. */
export function slotDevices(): readonly Aml[] {
  return slots.map((slot) =>
    device(slotName(slot), [
      name("_ADR", integer(slot * 0x1_0000)),
      name("_SUN", integer(slot)),
      method("_EJ0", 1, [call("PCEJ", ref("_SUN"))]),
    ]),
  );
}

/** Code that runs when board raises event 1. */
export function hotplugEvents(): Aml {
  const bus = "\\_SB.PCI0";
  return scope("\\_GPE", [
    method("_E01", 0, [
      acquire(`${bus}.BLCK`),
      store(integer(ROOT_BUS), ref(`${bus}.BNUM`)),
      call(`${bus}.DVNT`, ref(`${bus}.PCIU`), integer(BUS_CHECK)),
      call(`${bus}.DVNT`, ref(`${bus}.PCID`), integer(EJECT_REQUEST)),
      release(`${bus}.BLCK`),
    ]),
  ]);
}
