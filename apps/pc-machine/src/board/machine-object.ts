/** Properties of the machine's own object, `/machine`: what programs ask of it, in QEMU's names and types. */
import type { Machine } from "@mem/flat";
import { ObjectSystem, value, type QomObject } from "@mem/qom";

import { type AcpiOem, OEM_ID } from "../acpi/table.js";
import type { RtcFields } from "../devices/mc146818rtc/rtc-time.js";
import type { BoardPlan } from "./plan.js";
import { piix3UsbUhci } from "../devices/piix3-usb-uhci/index.js";

/** Facts that the properties tell. */
export interface MachineFacts {
  readonly plan: BoardPlan;
  readonly ramSize: number;
  readonly cpus: number;
  readonly bootOrder: string;
  readonly graphics: boolean;
  readonly hpet: boolean;
  readonly vmport: boolean;
  readonly acpiOem: AcpiOem;
  /** The calendar as it is now. */
  readonly rtcTime: () => RtcFields;
  /** Objects of devices, by the names that lead to them. */
  readonly links: Readonly<Record<string, QomObject | null>>;
}

/** Largest firmware, and where RAM below 4 GiB ends at most. */
const MOST_FIRMWARE = 8n * 2n ** 20n;
const MOST_BELOW_4G = 0xe000_0000n;

const AUTO = value.enumeration("OnOffAuto", ["on", "off", "auto"]);

/** A type that only a getter has values of. */
function shown<T>(name: string): {
  readonly name: string;
  refuse(given: unknown): string | null;
} & {
  parse?(text: string): T | undefined;
} {
  return { name, refuse: () => null };
}

/** QEMU's type of the PC. */
export const PC_MACHINE_TYPE = "pc-i440fx-7.2-machine";
const MACHINE_TYPE = "machine";

/**
 * A tree of objects with a machine's own, into which the memory system puts what it has.
 * @param type type of the machine's object, which is registered
 */
export function machineObjects(type: string): ObjectSystem {
  const objects = new ObjectSystem();
  objects.types.register({ name: MACHINE_TYPE, abstract: true });
  objects.types.register({ name: type, parent: MACHINE_TYPE });
  objects.createChild(objects.root, MACHINE_TYPE, type);
  return objects;
}

/** The calendar as QEMU shows it: C's `struct tm`. */
function timeStructure(fields: RtcFields): Readonly<Record<string, number>> {
  const { second, minute, hour, day, month, year } = fields;
  return {
    tm_year: year - 1900,
    tm_sec: second,
    tm_hour: hour,
    tm_min: minute,
    tm_mon: month - 1,
    tm_mday: day,
  };
}

/** Add the properties. They can be read alone. */
export function describeMachine({ objects }: Machine, facts: MachineFacts): void {
  const { plan, ramSize, cpus, bootOrder, graphics, hpet, vmport, acpiOem, links } = facts;
  const object = objects.container("/machine");
  const usb = plan.plugged.some(({ definition }) => definition.name === piix3UsbUhci.name);
  const texts = ["append", "dt-compatible", "dtb", "dumpdtb", "firmware", "initrd", "kernel"];
  for (const name of texts) object.addProperty({ name, type: value.string, get: () => "" });
  const names = { "x-oem-id": acpiOem.id ?? OEM_ID, "x-oem-table-id": acpiOem.tableId ?? OEM_ID };
  for (const [name, text] of Object.entries(names)) {
    object.addProperty({ name, type: value.string, get: () => text });
  }
  object.addProperty({
    name: "rtc-time",
    type: shown<object>("struct tm"),
    get: () => timeStructure(facts.rtcTime()),
  });
  const flags: Readonly<Record<string, boolean>> = {
    cxl: false,
    "default-bus-bypass-iommu": false,
    "dump-guest-core": true,
    graphics,
    hmat: false,
    hpet,
    i8042: true,
    "mem-merge": true,
    nvdimm: false,
    sata: true,
    smbus: true,
    "suppress-vmdesc": false,
    usb,
  };
  for (const [name, is] of Object.entries(flags)) {
    object.addProperty({ name, type: value.bool, get: () => is });
  }
  for (const name of ["acpi", "pic", "pit", "smm"] as const) {
    object.addProperty({ name, type: AUTO, get: () => "auto" });
  }
  object.addProperty({ name: "vmport", type: AUTO, get: () => (vmport ? "on" : "off") });
  const sizes = { "max-fw-size": MOST_FIRMWARE, "max-ram-below-4g": MOST_BELOW_4G };
  for (const [name, size] of Object.entries(sizes)) {
    object.addProperty({ name, type: value.size, get: () => size });
  }
  const structures: Readonly<Record<string, readonly [type: string, contents: object]>> = {
    boot: ["BootConfiguration", { order: bootOrder }],
    memory: ["MemorySizeConfiguration", { size: ramSize }],
    smp: [
      "SMPConfiguration",
      { cpus, sockets: 1, dies: 1, clusters: 1, cores: cpus, threads: 1, maxcpus: cpus },
    ],
  };
  for (const [name, [type, contents]] of Object.entries(structures)) {
    object.addProperty({ name, type: shown<object>(type), get: () => contents });
  }
  for (const [name, target] of Object.entries(links)) {
    object.addProperty({ name, type: shown<object | null>("link<device>"), get: () => target });
  }
}
