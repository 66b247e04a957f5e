import type { ObjectSystem } from "@mem/qom";
import type { LogCategory, LoggedCauses } from "../log.js";
import type { DeviceHost } from "../mmio/device-port.js";
import type { RamHolder } from "../ram/holder.js";
import type { Reclaimer } from "../system/reclaimer.js";
import type { Transactions } from "../system/transactions.js";
import type { TreeHost } from "../tree/node.js";

/**
 * What a region asks of the system that it belongs to: the part of `MemorySystem` that is not
 * about making regions.
 */
export interface RegionHost extends TreeHost, DeviceHost {
  /** The object tree: owners, devices and the regions themselves. */
  readonly objects: ObjectSystem;
  /** Nested transactions over the topology. */
  readonly transactions: Transactions;
  /** Defers frees while accesses are in flight. */
  readonly reclaimer: Reclaimer;
  /** Reasons for which global dirty logging is on, an OR of bits; 0 = off. */
  readonly globalDirtyLog: number;
  /** Whether the CODE dirty client is on. */
  readonly codeDirtyLog: boolean;
  /** Whether any address space shows the region at present. */
  isShown(region: object): boolean;
  /** Whether an address space, or its view, starts at the region. */
  isRoot(region: object): boolean;
  /** Another path is right for accesses that went straight to memory, or the other way round. */
  accessChanged(): void;
  /** A region has come to its end. */
  forgetRegion(region: object): void;
  /** A range whose writes may be queued, in bytes within a region, came or went. */
  notifyCoalesced(region: object, addr: bigint, size: bigint, added: boolean): void;
  /** Tells listeners that bytes `[offset, offset + length)` of a region are clean. */
  clearDirtyLog(region: RamHolder, offset: number, length: number): void;
  log(category: LogCategory, message: string): void;
  logOnce(key: string, category: LogCategory, message: string, region?: LoggedCauses): void;
}
