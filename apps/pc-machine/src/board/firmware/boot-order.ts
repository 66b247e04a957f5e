/** The order in which firmware tries devices, as fw_cfg's file `bootorder` tells it. */
import type { SettledDevice } from "../../device/properties/settle.js";
import type { PcProblem } from "../errors.js";
import { firmwarePath, type Placed } from "./firmware-path.js";

/** Behind the devices: nothing else is tried. */
const NOTHING_ELSE = "HALT";

/** The `bootindex` of a device, -1: it has none. */
function indexOf({ values }: Pick<Placed, "values">): number {
  const { bootindex } = values;
  return typeof bootindex === "number" ? bootindex : -1;
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
    .flatMap((device) => firmwarePath(device, devices) ?? []);
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
