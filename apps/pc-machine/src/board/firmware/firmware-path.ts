/** Open Firmware's paths of devices, by which fw_cfg tells firmware of them. */
import { broughtBuses } from "../../device/bus-places.js";
import type { PluggedDevice } from "../../device/plugged.js";
import { piix3Ide } from "../../devices/piix3-ide/index.js";

/** A device as far as its path goes. */
export type Placed = Pick<PluggedDevice, "definition" | "values" | "id" | "devfn" | "unit">;

const PCI_ROOT = "/pci@i0cf8";
const DRIVES_PER_CHANNEL = 2;

/** A function on PCI: `/pci@i0cf8/NAME@SLOT[,FUNCTION]`, in hexadecimal. */
function onPci(name: string, devfn: number): string {
  const slot = (devfn >> 3).toString(16);
  const fn = devfn & 7;
  return `${PCI_ROOT}/${name}@${slot}${fn === 0 ? "" : `,${fn}`}`;
}

/** The path of a device among `all`, `null` of one that firmware boots nothing from. */
export function firmwarePath(
  { definition, devfn, unit }: Placed,
  all: readonly Placed[],
): string | null {
  if (definition.bus === "PCI" && devfn !== null) {
    return definition.category === "Network"
      ? `${onPci("ethernet", devfn)}/ethernet-phy@0`
      : `${onPci("scsi", devfn)}/disk@0,0`;
  }
  if (unit === null) return null;
  if (definition.bus === "IDE") {
    const controller = all.find((other) => other.definition.name === piix3Ide.name)?.devfn ?? null;
    if (controller === null) return null;
    const channel = Math.floor(unit / DRIVES_PER_CHANNEL);
    return `${onPci("ide", controller)}/drive@${channel}/disk@${unit % DRIVES_PER_CHANNEL}`;
  }
  const bus = broughtBuses(definition.bus, all).findLast(({ first }) => first <= unit);
  const controller = bus?.holder.devfn ?? null;
  if (bus === undefined || controller === null) return null;
  if (definition.bus === "SCSI") {
    return `${onPci("scsi", controller)}/channel@0/disk@${(unit - bus.first).toString(16)},0`;
  }
  return `${onPci("usb", controller)}/storage@${unit - bus.first + 1}/channel@0/disk@0,0`;
}
