/** Consoles and plain ports on a serial controller behind virtio. */
import { defineDevice, type SettledValues } from "../../../device/definition.js";
import { property } from "../../../device/properties/property.js";
import { VirtioSerialPort } from "./serial-port.js";

/** The bus that controllers bring. */
export const SERIAL_BUS = "virtio-serial-bus";

const properties = {
  chardev: property.automatic(
    property.chardev({ help: "the host's end of the line; none: what the guest writes is lost" }),
  ),
  name: property.text({ default: "", help: "name by which programs of the guest find it" }),
  nr: property.automatic(
    property.uint({ bits: 32, help: "its number; the first free one unless given" }),
  ),
} as const;

/** QEMU's `virtserialport`. */
export const virtSerialPort = defineDevice({
  name: "virtserialport",
  bus: SERIAL_BUS,
  category: "Input",
  description: "serial port behind virtio, which programs of the guest find by its name",
  documentation: "Linux has it as `/dev/virtio-ports/NAME`. Port 0 is left to consoles.",
  hotpluggable: true,
  properties,
  settle: settleName,
  placeProblem: (place, holder) =>
    place === 0
      ? "Port number 0 on virtio-serial devices reserved for virtconsole devices for backward compatibility."
      : rangeProblem(place, holder),
  create: (context, { name, chardev }) =>
    new VirtioSerialPort(context, { type: "virtserialport", name, backend: chardev }),
});

/** QEMU's `virtconsole`. */
export const virtConsole = defineDevice({
  name: "virtconsole",
  bus: SERIAL_BUS,
  category: "Input",
  description: "console behind virtio",
  documentation: "Linux has it as `/dev/hvc0`.",
  hotpluggable: true,
  properties,
  settle: settleName,
  placeProblem: rangeProblem,
  create: (context, { name, chardev }) =>
    new VirtioSerialPort(context, { type: "virtconsole", name, backend: chardev }),
});

/** A name finds one port. */
function settleName<V extends { readonly name: string }>(
  values: V,
  others: readonly SettledValues[],
): V | { readonly problem: string } {
  const isTaken =
    values.name !== "" &&
    others.some(
      (other) => other.definition.bus === SERIAL_BUS && other.values["name"] === values.name,
    );
  return isTaken
    ? { problem: `virtio-serial-bus: A port already exists by name ${values.name}` }
    : values;
}

function rangeProblem(place: number, holder: SettledValues): string | null {
  const { max_ports: ports } = holder.values;
  if (typeof ports !== "number" || place < ports) return null;
  return `virtio-serial-bus: Out-of-range port id specified, max. allowed: ${ports - 1}`;
}
