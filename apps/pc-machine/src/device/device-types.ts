/** QOM types of devices and what they derive from, as QEMU names them. */
import { TYPE_DEVICE } from "@mem/core";
import type { Machine } from "@mem/flat";

import type { BusName, DeviceDefinition } from "./definition.js";

const SYS_BUS_DEVICE = "sys-bus-device";

type DeviceTypes = Machine["objects"]["types"];

/** Types that have no objects of their own, with their parents; those come before what derives from them. */
const ABSTRACT: readonly (readonly [name: string, parent: string])[] = [
  [SYS_BUS_DEVICE, TYPE_DEVICE],
  ["isa-device", TYPE_DEVICE],
  ["pci-device", TYPE_DEVICE],
  ["ide-device", TYPE_DEVICE],
  ["usb-device", TYPE_DEVICE],
  ["i2c-slave", TYPE_DEVICE],
  ["cpu", TYPE_DEVICE],
  ["apic-common", TYPE_DEVICE],
  ["smbus-device", "i2c-slave"],
  ["i386-cpu", "cpu"],
  ["pci-host-bridge", SYS_BUS_DEVICE],
  ["ioapic-common", SYS_BUS_DEVICE],
  ["fw_cfg", SYS_BUS_DEVICE],
  ["pic-common", "isa-device"],
  ["pit-common", "isa-device"],
  ["e1000-base", "pci-device"],
  ["pci-ide", "pci-device"],
  ["pci-piix3", "pci-device"],
  ["pci-vga", "pci-device"],
  ["pci-uhci-usb", "pci-device"],
  ["usb-hid", "usb-device"],
  ["virtio-device", TYPE_DEVICE],
  ["virtio-pci", "pci-device"],
  ["virtio-blk-pci-base", "virtio-pci"],
  ["usb-storage-dev", "usb-device"],
  ["scsi-device", TYPE_DEVICE],
  ["scsi-disk-base", "scsi-device"],
  ["virtio-scsi-common", "virtio-device"],
  ["virtio-input", "virtio-device"],
  ["virtio-input-hid", "virtio-input"],
  ["virtio-input-pci", "virtio-pci"],
  ["virtio-input-hid-pci", "virtio-input-pci"],
  ["virtio-scsi-pci-base", "virtio-pci"],
  ["virtio-net-pci-base", "virtio-pci"],
  ["virtio-rng-pci-base", "virtio-pci"],
  ["virtio-balloon-pci-base", "virtio-pci"],
  ["virtio-serial-pci-base", "virtio-pci"],
  ["virtio-serial-port", TYPE_DEVICE],
];

/** The abstract type of the devices of each bus. */
const OF_BUS: Readonly<Record<BusName, string>> = {
  PCI: "pci-device",
  ISA: "isa-device",
  System: SYS_BUS_DEVICE,
  "i2c-bus": "smbus-device",
  IDE: "ide-device",
  "floppy-bus": TYPE_DEVICE,
  "usb-bus": "usb-device",
  SCSI: "scsi-device",
  "virtio-serial-bus": "virtio-serial-port",
};

/** Parents that the bus does not tell. */
const PARENTS: ReadonlyMap<string, string> = new Map([
  ["qemu32-i386-cpu", "i386-cpu"],
  ["apic", "apic-common"],
  ["ioapic", "ioapic-common"],
  ["fw_cfg_io", "fw_cfg"],
  ["i440FX-pcihost", "pci-host-bridge"],
  ["PIIX3", "pci-piix3"],
  ["piix3-ide", "pci-ide"],
  ["e1000", "e1000-base"],
  ["VGA", "pci-vga"],
  ["piix3-usb-uhci", "pci-uhci-usb"],
  ["usb-kbd", "usb-hid"],
  ["usb-mouse", "usb-hid"],
  ["usb-storage", "usb-storage-dev"],
  ["usb-tablet", "usb-hid"],
  ["virtio-blk-pci", "virtio-blk-pci-base"],
  ["virtio-blk-device", "virtio-device"],
  ["virtio-keyboard-pci", "virtio-input-hid-pci"],
  ["virtio-keyboard-device", "virtio-input-hid"],
  ["virtio-mouse-pci", "virtio-input-hid-pci"],
  ["virtio-mouse-device", "virtio-input-hid"],
  ["virtio-tablet-pci", "virtio-input-hid-pci"],
  ["virtio-tablet-device", "virtio-input-hid"],
  ["virtio-net-pci", "virtio-net-pci-base"],
  ["virtio-rng-pci", "virtio-rng-pci-base"],
  ["virtio-rng-device", "virtio-device"],
  ["virtio-balloon-pci", "virtio-balloon-pci-base"],
  ["virtio-balloon-device", "virtio-device"],
  ["virtio-net-device", "virtio-device"],
  ["virtio-scsi-pci", "virtio-scsi-pci-base"],
  ["virtio-scsi-device", "virtio-scsi-common"],
  ["virtio-serial-pci", "virtio-serial-pci-base"],
  ["virtio-serial-device", "virtio-device"],
  ["virtconsole", "virtserialport"],
  ["scsi-cd", "scsi-disk-base"],
  ["scsi-hd", "scsi-disk-base"],
  ["isa-i8259", "pic-common"],
  ["isa-pit", "pit-common"],
]);

/** Register the types of `definitions`, of which there need be no device yet. */
export function registerDeviceTypes(
  types: DeviceTypes,
  definitions: readonly DeviceDefinition[],
): void {
  for (const { name, bus } of definitions) registerDeviceType(types, name, OF_BUS[bus]);
}

/**
 * Register a device's type below what it derives from; nothing for a type that is known.
 * @param parent that of a type of which QEMU says nothing
 */
export function registerDeviceType(types: DeviceTypes, name: string, parent = TYPE_DEVICE): void {
  if (types.has(name)) return;
  if (!types.has(SYS_BUS_DEVICE)) {
    for (const [type, above] of ABSTRACT) {
      types.register({ name: type, parent: above, abstract: true });
    }
  }
  types.register({ name, parent: PARENTS.get(name) ?? parent });
}
