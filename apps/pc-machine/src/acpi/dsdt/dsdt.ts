/** DSDT: the devices that a system cannot find by itself, and what is to be done about them, in AML. */
import { integer, type Aml } from "../aml/encode.js";
import { device, eisaId, name, pack, ref, scope, store, method, arg, text } from "../aml/terms.js";
import { io, memory32Fixed, resourceTemplate } from "../aml/resources.js";
import { AcpiPort, Place, type AcpiMachine } from "../machine.js";
import { table } from "../table.js";
import { hotplugEvents, hotplugRegisters } from "./hotplug.js";
import { isaBridge } from "./isa.js";
import { interruptLinks } from "./links.js";
import { hostBridge } from "./pci.js";

const HPET_BYTES = 0x400;
/** Selector, data, and the address of a DMA transfer. */
const FW_CFG_PORTS = 12;
/** It is there and works, and is not shown to users. */
const HIDDEN = 0x0b;

/** Sleep types of the power management function, by state. */
const SLEEP_STATES: readonly (readonly [state: string, type: number])[] = [
  ["\\_S3", 1],
  ["\\_S4", 2],
  ["\\_S5", 0],
];

/** The whole table. */
export function dsdt(machine: AcpiMachine): Uint8Array {
  return table("DSDT", 1, [
    ...sleepStates(machine),
    // Which interrupt controllers the system uses; the wires of PCI are the same with both.
    ...name("\\PICF", integer(0)),
    ...method("\\_PIC", 1, [store(arg(0), ref("\\PICF"))]),
    ...scope("\\_SB", [
      ...processors(machine),
      hostBridge(machine, [...hotplugRegisters(), firmwareConfiguration(), isaBridge(machine)]),
      ...interruptLinks(),
      ...(machine.hpet ? [hpetDevice()] : []),
    ]),
    ...hotplugEvents(),
  ]);
}

function sleepStates({ suspend }: AcpiMachine): Aml {
  return SLEEP_STATES.filter(([state]) => suspend || state !== "\\_S3").flatMap(([state, type]) =>
    name(state, pack([integer(type), integer(type), integer(0), integer(0)])),
  );
}

function processors({ localApics }: AcpiMachine): readonly Aml[] {
  return localApics.map((_id, index) =>
    device(`C${index.toString(16).toUpperCase().padStart(3, "0")}`, [
      name("_HID", text("ACPI0007")),
      name("_UID", integer(index)),
    ]),
  );
}

/** fw_cfg, by the ID that systems know it by: Linux shows its files below `/sys/firmware/qemu_fw_cfg`. */
function firmwareConfiguration(): Aml {
  return device("FWCF", [
    name("_HID", text("QEMU0002")),
    name("_STA", integer(HIDDEN)),
    name("_CRS", resourceTemplate(io(AcpiPort.FW_CFG, FW_CFG_PORTS))),
  ]);
}

function hpetDevice(): Aml {
  return device("HPET", [
    name("_HID", eisaId("PNP0103")),
    name("_UID", integer(0)),
    name("_CRS", resourceTemplate(memory32Fixed(Place.HPET, HPET_BYTES, false))),
  ]);
}
