import type { ObjectSystem } from "@mem/qom";
import type { LogCategory, LoggedCauses } from "../log.js";
import type { DeviceHost } from "../mmio/device-port.js";
import type { CleanHost, CleanViews } from "../ram/holder.js";
import type { Reclaimer } from "../system/reclaimer.js";
import type { Transactions } from "../system/transactions.js";
import type { TreeHost, TreeViews } from "../tree/node.js";

/**
 * The system that a region belongs to, as whoever has a region may use it: the part of
 * {@link MemorySystem} that is not about making regions.
 * @see {@link MemorySystem}
 */
export interface RegionSystem {
  /** The object tree: owners, devices and the regions themselves. */
  readonly objects: ObjectSystem;
  /** Reasons for which global dirty logging is on, an OR of bits; 0 = off. */
  readonly globalDirtyLog: number;
  /** True if the CODE dirty client is on. */
  readonly codeDirtyLog: boolean;
  /** Opens a transaction; {@link commit} ends it. They nest. */
  begin(): void;
  /** Ends a transaction; the outermost one makes the changes visible and tells listeners. */
  commit(): void;
  /** Runs `change` inside a transaction, which ends even when it throws. */
  transaction<T>(change: () => T): T;
  /** Delivers writes that queues hold back (`qemu_flush_coalesced_mmio_buffer`). */
  flushCoalescedMmio(): void;
  /** Writes one log line. */
  log(category: LogCategory, message: string): void;
  /**
   * Writes a log line the first time that `key` comes up: for `region`, which the key is forgotten
   * with, or for the machine.
   */
  logOnce(key: string, category: LogCategory, message: string, region?: LoggedCauses): void;
}

/** Views of its system, as a region asks and tells them. */
export interface RegionViews extends TreeViews, CleanViews {
  /** True if any address space shows the region at present. */
  isShown(region: object): boolean;
  /** True if an address space, or its view, starts at the region. */
  isRoot(region: object): boolean;
  /** Another path is right for accesses that went straight to memory, or the other way round. */
  accessChanged(): void;
  /** A range whose writes may be queued, in bytes within a region, came or went. */
  coalescedRange(region: object, addr: bigint, size: bigint, added: boolean): void;
}

/** Services of its system that a region uses besides. */
export interface RegionHost extends RegionSystem, TreeHost, DeviceHost, CleanHost {
  /** Nested transactions over the topology. */
  readonly transactions: Transactions;
  /** Defers frees while accesses are in flight. */
  readonly reclaimer: Reclaimer;
  transaction<T>(change: () => T): T;
  begin(): void;
  commit(): void;
  flushCoalescedMmio(): void;
  readonly views: RegionViews;
  /** A region has come to its end. */
  forgetRegion(region: object): void;
  logOnce(key: string, category: LogCategory, message: string, region?: LoggedCauses): void;
}
