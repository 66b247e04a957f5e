/** Serial ports and consoles behind virtio. */
import { defineDevice } from "../../../device/definition.js";
import { property } from "../../../device/properties/property.js";
import { settleVirtio, virtioProperties } from "../transport/virtio-properties.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import { SERIAL_BUS } from "./ports.js";
import { VirtioSerial } from "./virtio-serial.js";

export { virtConsole, virtSerialPort } from "./ports.js";

const MOST_PORTS = 511;
const KIND = {
  name: "virtio-serial",
  id: 3,
  legacyId: 0x1003,
  classCode: 0x07_8000,
  vectors: 2,
} as const;

/** QEMU's `virtio-serial-pci`. */
export const virtioSerial = defineDevice({
  name: "virtio-serial-pci",
  alias: "virtio-serial",
  bus: "PCI",
  category: "Input",
  description: "controller of serial ports and consoles behind virtio",
  documentation: "What is at it are `-device virtconsole` and `virtserialport`.",
  childBus: { bus: SERIAL_BUS, name: SERIAL_BUS, places: MOST_PORTS },
  properties: {
    max_ports: property.uint({ bits: 32, default: 31, help: `most ports, 1 to ${MOST_PORTS}` }),
    "emergency-write": property.bool({
      default: true,
      help: "the guest may write to the console of port 0 without a queue",
    }),
    ...virtioProperties,
  },
  settle: (values) => {
    const { max_ports: ports } = values;
    if (ports === 0) return { problem: "Maximum number of serial ports not specified" };
    if (ports > MOST_PORTS) return { problem: `maximum ports supported: ${MOST_PORTS}` };
    return settleVirtio(values);
  },
  create: (context, values) => {
    const settings = {
      maxPorts: values.max_ports,
      emergencyWrite: values["emergency-write"],
    };
    return new VirtioPci(context, KIND, values, (port) => new VirtioSerial(port, settings));
  },
});
