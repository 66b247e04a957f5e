/** What every device is given when it is built: it knows nothing else of the machine around it. */
import type { Machine } from "@mem/flat";

import type { Clock } from "../host/clock.js";

/** The categories a device may log under (QEMU's `-d guest_errors,unimp`). */
export type DeviceLogCategory = "guest_error" | "unimp";

/** The surroundings of a device. */
export interface DeviceContext {
  /** The memory system that the device creates its regions in. */
  readonly machine: Machine;
  /** Virtual time. */
  readonly clock: Clock;
  /** Report something the guest did wrong, or a register that is not modelled. */
  log(category: DeviceLogCategory, message: string): void;
}

/** A wire that a device drives: an interrupt input of the PIC, the A20 gate, a reset line. */
export interface IrqLine {
  /** Drive the line high (`true`) or low. Setting the same level again changes nothing. */
  set(level: boolean): void;
}

/** A line that leads nowhere, for outputs the board leaves open. */
export const UNCONNECTED_LINE: IrqLine = Object.freeze({ set: (): void => undefined });
