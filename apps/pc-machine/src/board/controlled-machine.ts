/** A machine as monitors, QMP, qtest and the run of the program reach it. */
import type { AddressSpace, Machine } from "@mem/flat";

import type { PluggedDevice } from "../device/plugged.js";
import type { DeviceRegistry } from "../device/registry.js";
import type { DeviceRequest } from "../device/properties/request.js";
import type { MachineClock } from "../host/clock.js";
import type { PcCpu } from "./processor/cpu.js";
import type { PcBoard } from "./pc-board.js";
import type { MachineEnd } from "./run-result.js";

/** The PC, or a machine that has less: QEMU's `-machine none` has neither processor nor board. */
export interface ControlledMachine {
  /** The memory system. */
  readonly machine: Machine;
  /** Memory as processors see it. */
  readonly memory: AddressSpace;
  /** The I/O ports. */
  readonly io: AddressSpace;
  /** Bytes of RAM. */
  readonly ramSize: number;
  /** The board, `null` of a machine without one. */
  readonly board: PcBoard | null;
  /** The processor, `null` of a machine without one. */
  readonly cpu: PcCpu | null;
  readonly clock: MachineClock;
  /** The devices that can be asked for by name. */
  readonly registry: DeviceRegistry;
  /** Every device, in the order in which they were made. */
  readonly devices: readonly PluggedDevice[];
  /** The reason for the machine's end, `null` while it has not. */
  readonly end: MachineEnd | null;
  /** True while {@link run} is under way. */
  readonly running: boolean;
  /** True while it sleeps with its memory kept (ACPI's S3). */
  readonly suspended: boolean;
  /** Run until the machine ends or {@link stop} is called. @returns why it ended, `null` when stopped */
  run(): Promise<MachineEnd | null>;
  /** Make {@link run} return soon. */
  stop(): void;
  /** Wake it up, as QEMU's `system_wakeup` does. @returns false if it does not sleep */
  wakeUp(): boolean;
  /** Something happened outside: let a sleeping machine look at it. */
  wake(): void;
  /** The reset button. */
  reset(): void;
  /** Do what devices asked for while no guest ran. @returns why the machine has ended, `null` while it has not */
  serveRequests(): MachineEnd | null;
  /** Plug a device in. @throws PcOptionsError when it cannot be */
  plug(request: DeviceRequest): PluggedDevice;
  /**
   * Ask for the device of a name, or at a path in the object tree, to go: at once, or when the guest lets go of it.
   * @throws PcOptionsError when it cannot be
   */
  askToUnplug(which: string): void;
}
