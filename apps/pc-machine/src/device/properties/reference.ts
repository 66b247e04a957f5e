/** The page of the documentation that lists the devices, as Markdown. */
import {
  DEVICE_CATEGORIES,
  isHotpluggable,
  isUserCreatable,
  type DeviceDefinition,
} from "../definition.js";
import { propertyRows } from "./help.js";
import type { DeviceRegistry } from "../registry.js";

/** The page. Ends with a newline. */
export function deviceReference(registry: DeviceRegistry): string {
  const sections = DEVICE_CATEGORIES.flatMap((category) => {
    const devices = registry.all.filter((device) => device.category === category);
    return devices.length === 0 ? [] : [`## ${category}`, ...devices.map(section)];
  });
  return `${[
    "# Devices",
    "Every device of the PC, as the devices declare themselves. `-device NAME,help` prints the same of one. Those that are " +
      "soldered to the board are always there, and their properties are the board's to set. How to make another one is told in " +
      "the guide [A PCI device with DMA and MSI](guides/device.md).",
    ...sections,
  ].join("\n\n")}\n`;
}

function section(definition: DeviceDefinition): string {
  const { name, bus, description, documentation } = definition;
  const place = !isUserCreatable(definition)
    ? "soldered to the board"
    : isHotpluggable(definition)
      ? "`-device`, `device_add`"
      : "`-device`";
  const rows = propertyRows(definition).filter(
    ({ name: property }) => isUserCreatable(definition) || property !== "addr",
  );
  const table =
    rows.length === 0
      ? []
      : [
          [
            "| property | type | default | |",
            "| --- | --- | --- | --- |",
            ...rows.map(
              ({ name: property, type, initial, help }) =>
                `| \`${property}\` | ${type} | ${initial ?? "must be set"} | ${help} |`,
            ),
          ].join("\n"),
        ];
  const ports = portsText(definition);
  return [
    `### ${name}`,
    [
      `${capital(description)}.`,
      ...(documentation === undefined ? [] : [documentation]),
      `Bus: ${bus}; ${place}.`,
      ...(ports === "" ? [] : [`I/O ports: ${ports}.`]),
    ].join(" "),
    ...table,
  ].join("\n\n");
}

/** The ports of one that is left as it is. */
function portsText(definition: DeviceDefinition): string {
  const values = Object.fromEntries(
    Object.entries(definition.properties).map(([name, { initial }]) => [name, initial]),
  );
  return (definition.ports?.(values) ?? [])
    .map(({ first, count }) =>
      count === 1 ? hex(first) : `${hex(first)}-${hex(first + count - 1)}`,
    )
    .join(", ");
}

function hex(port: number): string {
  return `0x${port.toString(16)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
