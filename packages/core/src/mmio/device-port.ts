import type { LoggedCauses } from "../log.js";
import type { DeviceObject } from "./device.js";
import type { Ioeventfd } from "./ioeventfd.js";
import type { ResolvedMmioOps } from "./resolved-ops.js";

/** Counts accesses and callbacks in flight, one inside the other. */
export interface AccessNesting {
  /** Callbacks that run, one inside the other. */
  readonly callbackDepth: number;
  /** Callbacks entered again while they ran, within the outermost access. */
  readonly reentries: number;
  /** Callbacks that ran inside two or more others, within the outermost access. */
  readonly nestedCallbacks: number;
  /** True if no access is in flight. */
  readonly isIdle: boolean;
  /** A callback begins inside accesses that are in flight; {@link endCallback} ends it. */
  beginCallback(): void;
  endCallback(): void;
  /** A callback begins while no access is in flight; {@link endOutermost} ends it. */
  beginOutermost(): void;
  endOutermost(): void;
  /** Counts one of {@link reentries}. */
  countReentry(): void;
}

/** Memory of a physical device. */
export interface DeviceMemory {
  /** Bytes. */
  readonly maxLength: number;
  /** The live bytes from `offset` on. */
  bytes(offset: number, length: number): Uint8Array;
}

/** System of an access to a device, as the device's rules use it. */
export interface DeviceHost {
  readonly reclaimer: AccessNesting;
  flushCoalescedMmio(): void;
  logOnce(key: string, category: "guest_error", message: string, region?: LoggedCauses): void;
}

/** Writes that do not reach a device at once. */
export interface DeviceWatchers {
  /** True if queued writes must be delivered first. */
  readonly flushCoalesced: boolean;
  /** Write triggers, sorted by offset. */
  readonly ioeventfds: readonly Ioeventfd[];
}

/** A region as an access to its device sees it: operations, guard, nesting, write triggers. */
export interface DevicePort extends LoggedCauses {
  readonly system: DeviceHost;
  /** Distinguishes the regions of one system. */
  readonly id: number;
  /** The place where an alias leads, and from which offset on, in bytes. */
  readonly alias: DevicePort | null;
  readonly aliasOffset: bigint;
  readonly isRamDevice: boolean;
  /** The memory behind a RAM device. */
  readonly ramBlock: DeviceMemory | null;
  readonly ops: ResolvedMmioOps | null;
  /** False if there are neither write triggers nor queued writes, which most accesses find. */
  readonly isWatched: boolean;
  readonly watchers: DeviceWatchers;
  /** The device whose callbacks may not be entered while one of them runs. */
  readonly guardDevice: DeviceObject | null;
  /** Number of the region's callbacks that are running, one inside the other. */
  entered: number;
  describe(): string;
  logCallbackError(error: unknown): void;
}
