/** The order in which firmware tries devices, as fw_cfg's file `bootorder` tells it: their Open Firmware paths. */
import { broughtBuses } from "../../device/bus-places.js";
import type { PluggedDevice } from "../../device/plugged.js";
import type { SettledDevice } from "../../device/properties/settle.js";
import { piix3Ide } from "../../devices/piix3-ide/index.js";
import type { PcProblem } from "../errors.js";

/** A device as far as its path goes. */
type Placed = Pick<PluggedDevice, "definition" | "values" | "id" | "devfn" | "unit">;

const PCI_ROOT = "/pci@i0cf8";
const DRIVES_PER_CHANNEL = 2;
/** Behind the devices: nothing else is tried. */
const NOTHING_ELSE = "HALT";

/** The `bootindex` of a device, -1: it has none. */
function indexOf({ values }: Pick<Placed, "values">): number {
  const { bootindex } = values;
  return typeof bootindex === "number" ? bootindex : -1;
}

/** A function on PCI: `/pci@i0cf8/NAME@SLOT[,FUNCTION]`, in hexadecimal. */
function onPci(name: string, devfn: number): string {
  const slot = (devfn >> 3).toString(16);
  const fn = devfn & 7;
  return `${PCI_ROOT}/${name}@${slot}${fn === 0 ? "" : `,${fn}`}`;
}

/** The path of a device, `null` of one that firmware boots nothing from. */
function pathOf({ definition, devfn, unit }: Placed, all: readonly Placed[]): string | null {
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

/**
 * The lines of the file.
 * @param devices all of the board
 * @param roms    paths that come before those of devices
 * @param strict  true if nothing but these is to be tried
 */
export function bootOrder(
  devices: readonly Placed[],
  roms: readonly string[],
  strict: boolean,
): readonly string[] {
  const paths = devices
    .filter((device) => indexOf(device) >= 0)
    .toSorted((a, b) => indexOf(a) - indexOf(b))
    .flatMap((device) => pathOf(device, devices) ?? []);
  return [...roms, ...paths, ...(strict ? [NOTHING_ELSE] : [])];
}

/** Finds places in the order that two devices ask for. */
export function bootIndexProblems(devices: readonly SettledDevice[]): PcProblem[] {
  const taken = new Set<number>();
  return devices.flatMap((device) => {
    const index = indexOf(device);
    if (index < 0) return [];
    if (!taken.has(index)) {
      taken.add(index);
      return [];
    }
    return [{ option: device.option, message: `The bootindex ${index} has already been used` }];
  });
}
