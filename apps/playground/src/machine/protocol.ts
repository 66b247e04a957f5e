/** Messages between the page and the worker in which the PC runs. */
import type { MapCommand, MapReport } from "../map/protocol.js";

/** A file that was given to the page, or that was found beside it. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A disk, a CD or a floppy disk in the machine. */
export interface GivenDisk extends GivenFile {
  readonly kind: "disk" | "cdrom" | "floppy";
}

/** A kernel that firmware starts in place of a boot loader. */
export interface GivenKernel extends GivenFile {
  readonly commandLine: string;
  /** The initial RAM disk. */
  readonly initrd: GivenFile | null;
}

/** The machine that is wanted. */
export interface MachineRequest {
  readonly memoryMiB: number;
  /** Firmware in place of the embedded one. */
  readonly firmware: GivenFile | null;
  /** The display adapter's option ROM, without which most firmware shows nothing. */
  readonly vgaBios: GivenFile | null;
  readonly disks: readonly GivenDisk[];
  readonly kernel: GivenKernel | null;
  /** Devices as `-device` takes them, such as `edu,id=e`. */
  readonly devices: readonly string[];
  readonly accel: "jit" | "interp";
  /** Contents of the RAM to begin with, from a saved state. */
  readonly ram: Uint8Array<ArrayBuffer> | null;
}

/** Request of the page to the worker. */
export type Command =
  /** Take the machine that is there apart, and build another. It waits to be run. */
  | { readonly type: "build"; readonly machine: MachineRequest }
  | { readonly type: "run" }
  | { readonly type: "pause" }
  | { readonly type: "reset" }
  | { readonly type: "step"; readonly instructions: number }
  /** Run until what the map shows has changed once. */
  | { readonly type: "next-change" }
  /** Instructions a second at most; `null` is as fast as it goes. */
  | { readonly type: "limit"; readonly perSecond: number | null }
  /** Bytes typed to the serial console. */
  | { readonly type: "serial"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A key by its place, as `KeyboardEvent.code` has it. */
  | { readonly type: "key"; readonly code: string; readonly down: boolean }
  | {
      readonly type: "pointer";
      readonly dx: number;
      readonly dy: number;
      readonly dz: number;
      readonly buttons: number;
    }
  /** True if somebody looks at the screen. */
  | { readonly type: "screen"; readonly isShown: boolean }
  /** True if somebody looks at the speed. */
  | { readonly type: "speed"; readonly isShown: boolean }
  /** Ask for RAM and disks as they are. */
  | { readonly type: "save" }
  | MapCommand;

/** State of the machine. */
export type MachineState =
  | { readonly kind: "running" }
  | { readonly kind: "paused"; readonly reason: string }
  | { readonly kind: "ended"; readonly reason: string };

/** Message of the worker to the page. */
export type Report =
  | {
      readonly type: "built";
      readonly devices: readonly DeviceChoice[];
      /** Execution of guest code, and the reason if it is not translated as was asked for. */
      readonly engine: string;
    }
  /** The machine that was asked for cannot be; what was there before goes on. */
  | { readonly type: "refused"; readonly problems: readonly string[] }
  | { readonly type: "state"; readonly state: MachineState; readonly instructions: number }
  | { readonly type: "serial"; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly type: "screen";
      readonly width: number;
      readonly height: number;
      readonly firstLine: number;
      readonly pixels: Uint8ClampedArray<ArrayBuffer>;
    }
  | { readonly type: "speed"; readonly line: SpeedLine }
  | {
      readonly type: "saved";
      readonly ram: Uint8Array<ArrayBuffer>;
      readonly disks: readonly GivenDisk[];
    }
  | { readonly type: "log"; readonly category: string; readonly message: string }
  | MapReport;

/** A kind of device that can be plugged in. */
export interface DeviceChoice {
  readonly name: string;
  readonly description: string;
}

/** Speed of the machine, as text. */
export interface SpeedLine {
  /** Instructions a second since the last line. */
  readonly perSecond: number;
  readonly instructions: number;
  /** Pieces of guest code that were translated; `null` where code is interpreted. */
  readonly units: number | null;
  /** Look-ups of linear addresses that the processor had to walk its page tables for. */
  readonly tlbMisses: number | null;
  /** Accesses that were counted since the machine was built, busiest regions first. */
  readonly accesses: readonly { readonly name: string; readonly count: number }[];
}
