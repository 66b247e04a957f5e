/** `info qtree`: buses, the devices on them, and what is set about each. */
import { broughtBuses } from "../../../device/bus-places.js";
import type { PluggedDevice } from "../../../device/plugged.js";
import { PciConfig, readLe } from "../../../pci/config-space.js";
import { PciDevice } from "../../../pci/pci-device.js";
import { className } from "./pci-text.js";

const ISA_BRIDGE = "PIIX3";
const IDE_CONTROLLER = "piix3-ide";
const FLOPPY_CONTROLLER = "isa-fdc";
const SMBUS_HOST = "PIIX4_PM";
const HOST_BRIDGE_NAME = "i440FX-pcihost";

/** The text. The ISA bus is below its bridge, the PCI bus below the host's. */
export function qtreeText(devices: readonly PluggedDevice[]): string {
  const on = (bus: string): readonly PluggedDevice[] =>
    devices.filter(({ definition }) => definition.bus === bus);
  // The device that was plugged in last comes first.
  const floppies = on("floppy-bus")
    .toReversed()
    .flatMap((device) => deviceLines(device, 7, []));
  const isa = on("ISA")
    .toReversed()
    .flatMap((device) =>
      deviceLines(
        device,
        5,
        device.definition.name === FLOPPY_CONTROLLER
          ? busLines("floppy-bus.0", "floppy-bus", 6, floppies)
          : [],
      ),
    );
  const ide = [1, 0].flatMap((channel) =>
    busLines(
      `ide.${channel}`,
      "IDE",
      4,
      on("IDE")
        .filter(({ unit }) => unit !== null && unit >> 1 === channel)
        .toReversed()
        .flatMap((device) => deviceLines(device, 5, [])),
    ),
  );
  const smbus = on("i2c-bus")
    .toReversed()
    .flatMap((device) => deviceLines(device, 5, []));
  const pci = on("PCI")
    .toReversed()
    .flatMap((device) =>
      deviceLines(
        device,
        3,
        device.definition.name === ISA_BRIDGE
          ? busLines("isa.0", "ISA", 4, isa)
          : device.definition.name === SMBUS_HOST
            ? busLines("i2c", "i2c-bus", 4, smbus)
            : device.definition.name === IDE_CONTROLLER
              ? ide
              : broughtLines(device, devices),
      ),
    );
  const host = [line(1, `dev: ${HOST_BRIDGE_NAME}, id ""`), ...busLines("pci.0", "PCI", 2, pci)];
  const system = on("System")
    .toReversed()
    .flatMap((device) => deviceLines(device, 1, []));
  const lines = busLines("main-system-bus", "System", 0, [...system, ...host]);
  return lines.map((text) => `${text}\n`).join("");
}

/** The bus that a PCI device brought, with the devices on it. */
function broughtLines(holder: PluggedDevice, devices: readonly PluggedDevice[]): string[] {
  const kind = holder.definition.childBus?.bus;
  if (kind === undefined) return [];
  const bus = broughtBuses(kind, devices).find((one) => one.holder === holder);
  if (bus === undefined) return [];
  const { name, first, places } = bus;
  const below = devices
    .filter(({ definition, unit }) => definition.bus === kind && isAmong(unit, first, places))
    .toReversed()
    .flatMap((device) => deviceLines(device, 5, []));
  return busLines(name, kind, 4, below);
}

function isAmong(unit: number | null, first: number, places: number): boolean {
  return unit !== null && unit >= first && unit < first + places;
}

function line(depth: number, text: string): string {
  return "  ".repeat(depth) + text;
}

function busLines(name: string, type: string, depth: number, devices: readonly string[]): string[] {
  return [line(depth, `bus: ${name}`), line(depth + 1, `type ${type}`), ...devices];
}

function deviceLines(
  plugged: PluggedDevice,
  depth: number,
  below: readonly string[],
): readonly string[] {
  const { definition, device, id, values } = plugged;
  const objects = [device.object, ...(device.moreObjects ?? [])];
  const properties = Object.entries(definition.properties)
    .filter(([, { kind }]) => kind !== "object")
    .map(([name, property]) => line(depth + 1, `${name} = ${property.format(values[name])}`));
  return objects.flatMap((_object, index) => [
    line(depth, `dev: ${definition.name}, id "${index === 0 ? (id ?? "") : ""}"`),
    ...properties,
    ...(device instanceof PciDevice ? [line(depth + 1, `addr = ${place(device)}`)] : []),
    ...(device instanceof PciDevice ? pciLines(device).map((text) => line(depth + 1, text)) : []),
    ...(device.details ?? []).map((text) => line(depth + 1, text)),
    ...below,
  ]);
}

function pciLines(device: PciDevice): string[] {
  const word = (offset: number): string => hex(readLe(device.config, offset, 2), 4);
  const ids = `${word(PciConfig.VENDOR_ID)}:${word(PciConfig.DEVICE_ID)}`;
  const sub = `${word(PciConfig.SUBSYSTEM_VENDOR_ID)}:${word(PciConfig.SUBSYSTEM_ID)}`;
  const kind = className(readLe(device.config, PciConfig.SUBCLASS, 2));
  return [
    `class ${kind}, addr 00:${place(device)}, pci id ${ids} (sub ${sub})`,
    ...device.bars.map(({ index, type, address, size }) => {
      const first = address === null ? "ffffffffffffffff" : hex(address, 1);
      const last = address === null ? hex(size - 2, 1) : hex(address + size - 1, 1);
      return `bar ${index}: ${type === "io" ? "i/o" : "mem"} at 0x${first} [0x${last}]`;
    }),
  ];
}

/** Slot and function, as `02.0`. */
function place({ devfn }: PciDevice): string {
  return `${hex(devfn >> 3, 2)}.${devfn & 7}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
