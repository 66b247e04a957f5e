/** Keyboard, mouse and tablet behind virtio. */
import { boardOf, type DeviceContext } from "../../../device/context.js";
import { defineDevice } from "../../../device/definition.js";
import { property } from "../../../device/properties/property.js";
import { VirtioPci } from "../transport/virtio-pci.js";
import {
  settleModern,
  virtioProperties,
  type VirtioValues,
} from "../transport/virtio-properties.js";
import { keyboardSetup } from "./keyboard.js";
import { pointerSetup } from "./pointer.js";
import { VirtioInput, type InputSetup } from "./virtio-input.js";

const inputProperties = {
  serial: property.text({ default: "", help: "its serial number" }),
  display: property.text({ default: "", help: "accepted without effect: there is one display" }),
  head: property.uint({ bits: 32, default: 0, help: "accepted without effect" }),
  ...virtioProperties,
} as const;

const pointerProperties = {
  ...inputProperties,
  "wheel-axis": property.bool({ default: true, help: "the wheel is an axis; off: two buttons" }),
} as const;

function create(
  context: DeviceContext,
  name: string,
  classCode: number,
  values: VirtioValues,
  setup: InputSetup,
): VirtioPci<VirtioInput> {
  const { input } = boardOf(context, `${name}-pci`);
  const kind = {
    name: "virtio-input",
    device: name,
    id: 18,
    legacyId: null,
    classCode,
    vectors: 2,
  };
  return new VirtioPci(context, kind, values, (port) => new VirtioInput(port, input, setup));
}

/** QEMU's `virtio-keyboard-pci`. */
export const virtioKeyboard = defineDevice({
  name: "virtio-keyboard-pci",
  alias: "virtio-keyboard",
  bus: "PCI",
  category: "Input",
  description: "keyboard behind virtio",
  documentation: "Keys go to it as soon as the guest's driver is there.",
  properties: inputProperties,
  settle: settleModern,
  create: (context, values) =>
    create(context, "virtio-keyboard", 0x09_0000, values, keyboardSetup(values.serial)),
});

/** QEMU's `virtio-mouse-pci`. */
export const virtioMouse = defineDevice({
  name: "virtio-mouse-pci",
  alias: "virtio-mouse",
  bus: "PCI",
  category: "Input",
  description: "mouse behind virtio, with five buttons and a wheel",
  properties: pointerProperties,
  settle: settleModern,
  create: (context, values) => {
    const { serial, "wheel-axis": wheelAxis } = values;
    const setup = pointerSetup({ absolute: false, serial, wheelAxis });
    return create(context, "virtio-mouse", 0x09_0200, values, setup);
  },
});

/** QEMU's `virtio-tablet-pci`. */
export const virtioTablet = defineDevice({
  name: "virtio-tablet-pci",
  alias: "virtio-tablet",
  bus: "PCI",
  category: "Input",
  description: "pointer behind virtio that tells places, so that the guest's follows the host's",
  properties: pointerProperties,
  settle: settleModern,
  create: (context, values) => {
    const { serial, "wheel-axis": wheelAxis } = values;
    const setup = pointerSetup({ absolute: true, serial, wheelAxis });
    return create(context, "virtio-tablet", 0x09_8000, values, setup);
  },
});
