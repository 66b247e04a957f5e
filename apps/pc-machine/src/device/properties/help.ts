/** Texts of `-device help` and `-device NAME,help`. */
import { DEVICE_CATEGORIES, type DeviceDefinition } from "../definition.js";
import type { DeviceRegistry } from "../registry.js";

/** The devices that can be plugged in, by category, as QEMU lists them. */
export function devicesHelp(registry: DeviceRegistry): readonly string[] {
  return DEVICE_CATEGORIES.flatMap((category) => {
    const devices = registry.creatable.filter((device) => device.category === category);
    const lines = devices.map(
      ({ name, alias, bus, description }) =>
        `name "${name}", bus ${bus}, ` +
        `${alias === undefined ? "" : `alias "${alias}", `}desc "${description}"`,
    );
    return lines.length === 0 ? [] : [`${category} devices:`, ...lines, ""];
  }).slice(0, -1);
}

/** The properties of a device. */
export function deviceHelp(definition: DeviceDefinition): readonly string[] {
  const { name, description, documentation } = definition;
  return [
    `${name}: ${description}.${documentation === undefined ? "" : ` ${documentation}`}`,
    `${name} options:`,
    ...propertyRows(definition).map(({ name: property, type, help, initial }) => {
      const head = `  ${property}=<${type}>`.padEnd(24);
      return `${head} - ${help}${initial === null ? "" : ` (default: ${initial})`}`;
    }),
  ];
}

/** A property in words. */
export interface PropertyRow {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** `null` where it must be set. */
  readonly initial: string | null;
}

/** The properties of a device that can be set by a text, those of its bus among them. */
export function propertyRows({ bus, properties }: DeviceDefinition): readonly PropertyRow[] {
  const rows = Object.entries(properties)
    .filter(([, { kind }]) => kind !== "object")
    .map(([name, property]) => ({
      name,
      type: property.type,
      help: property.help,
      initial: property.initial === undefined ? null : property.format(property.initial),
    }));
  const addr = {
    name: "addr",
    type: "int32",
    help: "slot and optional function number, as 06.0 or 06",
    initial: "the first free slot",
  };
  return bus === "PCI" ? [addr, ...rows] : rows;
}
