/** Machine as QMP's commands reach it. */
import type { ControlledMachine } from "../board/controlled-machine.js";
import type { BlockGraph } from "../block/block-graph.js";
import type { CharacterDevices } from "../chardev/character-devices.js";
import type { GuestDumps } from "../dump/guest-dumps.js";
import type { Networks } from "../net/networks.js";
import type { UserObjects } from "../objects/user-objects.js";
import type { VncServers } from "../vnc/vnc-list.js";
import type { Jobs } from "./jobs/jobs.js";
import type { MigrationSettings } from "./jobs/migration-settings.js";
import type { QmpSignature } from "./schema.js";

/** Whoever asks for a reset or the end. */
export type QmpCause = "host-qmp-quit" | "host-qmp-system-reset";

/** The machine and the switches around it. */
export interface QmpTarget {
  readonly pc: ControlledMachine;
  readonly name: string | null;
  readonly uuid: string | null;
  /** True before the machine is made (`--preconfig`): few commands are permitted. */
  readonly preconfig: boolean;
  /** Make the machine that the command line describes. */
  exitPreconfig(): void;
  /** `running`, `paused`, `prelaunch`, `shutdown`. */
  readonly runState: string;
  readonly actions: {
    reboot: "reset" | "shutdown";
    shutdown: "poweroff" | "pause";
    panic: "pause" | "shutdown" | "exit-failure" | "none";
    watchdog: "reset" | "shutdown" | "poweroff" | "pause" | "debug" | "none" | "inject-nmi";
  };
  readonly characters: CharacterDevices;
  /** Nodes and drives. */
  readonly blocks: BlockGraph;
  /** Networks. */
  readonly networks: Networks | undefined;
  /** VNC servers. */
  readonly vnc: VncServers;
  /** Objects that were added. */
  readonly objects: UserObjects;
  /** Dumps of its memory. */
  readonly dumps: GuestDumps;
  /** Jobs that were started. */
  readonly jobs: Jobs;
  /** Settings of a migration that never comes. */
  readonly migration: MigrationSettings;
  readonly version: string;
  /** All commands: what `query-commands` lists. */
  readonly commands: readonly QmpSignature[];
  stop(): void;
  cont(): void;
  reset(cause: QmpCause): void;
  quit(cause: QmpCause): void;
  powerDown(): void;
  /** Tell of an event. */
  emit(event: string, data?: Readonly<Record<string, unknown>>): void;
  /** Output of the monitor for a line. */
  monitor(line: string): string;
  /** Write a file. @throws QmpError when the host refuses */
  writeFile(path: string, parts: Iterable<Uint8Array>): void;
}
