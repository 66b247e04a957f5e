/** A device that is there. */
import type { DeviceDefinition, SettledValues } from "./definition.js";
import type { Device } from "./device.js";
import type { DeviceRange } from "./windows/range.js";

/** A device on a board, with what it was made from. */
export interface PluggedDevice<D extends Device = Device> extends SettledValues {
  /** Declaration of its kind. */
  readonly definition: DeviceDefinition;
  /** The device itself. */
  readonly device: D;
  /** The name that it was given, `null` without one. */
  readonly id: string | null;
  /** Slot times 8 plus function, `null` for one that is not on PCI. */
  readonly devfn: number | null;
  /** Its number on a bus that numbers places, else `null`. */
  readonly unit: number | null;
  /** The place where it answers: ranges of ports and memory, and its PCI windows. */
  readonly ranges: readonly DeviceRange[];
}

/** A device that was taken out. */
export interface UnpluggedDevice {
  /** The device as it was. */
  readonly plugged: PluggedDevice;
  /** The places in the object tree where its parts were that are devices themselves, and last its own. */
  readonly paths: readonly string[];
}
