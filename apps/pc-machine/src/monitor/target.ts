/** Machine that the monitor's commands work on. */
import type { ControlledMachine } from "../board/controlled-machine.js";
import type { BlockGraph } from "../block/block-graph.js";
import type { UserObjects } from "../objects/user-objects.js";
import type { CharacterDevices } from "../chardev/character-devices.js";
import type { VncServers } from "../vnc/vnc-list.js";

/** The machine and the switches around it. */
export interface MonitorTarget {
  readonly pc: ControlledMachine;
  /** The machine's name, if it was given one. */
  readonly name: string | null;
  /** The machine's UUID; absent: all zeros. */
  readonly uuid?: string | null;
  /** `running`, or `paused` with a reason in parentheses. */
  readonly status: string;
  /** Halt the guest between two instructions. */
  stop(): void;
  /** Let it go on. */
  cont(): void;
  /** Press the reset button. */
  reset(): void;
  /** Press the power button; absent where there is none. */
  powerDown?(): void;
  /** The character devices; absent where nobody keeps a list. */
  readonly characters?: CharacterDevices;
  /** Nodes and drives of the block layer; absent where there is none. */
  readonly blocks?: BlockGraph | undefined;
  /** VNC servers; absent where there can be none. */
  readonly vnc?: VncServers | undefined;
  /** Objects that were added to the machine; absent where none can be. */
  readonly objects?: UserObjects;
  /** Write a file. @returns why that cannot be, `null` when it was; absent where there are no files */
  readonly writeFile?: (path: string, bytes: Uint8Array) => string | null;
  /** End the program. */
  quit(): void;
}
