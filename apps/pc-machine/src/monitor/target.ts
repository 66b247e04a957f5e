/** Machine that the monitor's commands work on. */
import type { ControlledMachine } from "../board/controlled-machine.js";
import type { BlockGraph } from "../block/block-graph.js";
import type { GuestDumps } from "../dump/guest-dumps.js";
import type { Networks } from "../net/networks.js";
import type { UserObjects } from "../objects/user-objects.js";
import type { CharacterDevices } from "../chardev/character-devices.js";
import type { WatchdogAction } from "../device/watchdog-actions.js";
import type { VncServers } from "../vnc/vnc-list.js";

/** The machine's log, as it can be switched. */
export interface MonitorLog {
  /** Names of what can be logged, with what that is. */
  readonly items: readonly { readonly name: string; readonly help: string }[];
  /** Log these and no others; `none` and `all` are names, too. @returns false when there is no such item: nothing changes then */
  choose(names: readonly string[]): boolean;
  /** Write to a file from now on. @returns why that cannot be, `null` when it is so */
  toFile(path: string): string | null;
}

/** The place where a debugger connects. */
export interface GdbControl {
  /** Wait for gdb there, and nowhere else. @returns why that cannot be, `null` when it is so */
  start(device: string): string | null;
  /** Wait no more. */
  stop(): void;
}

/** The machine and the switches around it. */
export interface MonitorTarget {
  /** The machine that is commanded. */
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
  /** Networks; absent where there are none. */
  readonly networks?: Networks | undefined;
  /** VNC servers; absent where there can be none. */
  readonly vnc?: VncServers | undefined;
  /** Objects that were added to the machine; absent where none can be. */
  readonly objects?: UserObjects;
  /** Actions at events, which can be changed; absent where there are none. */
  readonly actions?: { watchdog: WatchdogAction };
  /** The log; absent where there is none. */
  readonly log?: MonitorLog | undefined;
  /** The place where a debugger connects; absent or `null` where none can. */
  readonly gdb?: GdbControl | null;
  /** Write a file. @returns why that cannot be, `null` when it was; absent where there are no files */
  readonly writeFile?: (path: string, parts: Iterable<Uint8Array>) => string | null;
  /** Dumps of its memory; absent where there are no files. */
  readonly dumps?: GuestDumps;
  /** End the program. */
  quit(): void;
}
