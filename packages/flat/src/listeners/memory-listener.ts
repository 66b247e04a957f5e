import type { EventNotifier } from "@mem/core";
import type { MemoryRegionSection } from "../view/section.js";

/**
 * Callbacks for changes of an address space (`MemoryListener`); all are optional. Those of a
 * commit come between {@link begin} and {@link commit}. Lower priorities are called earlier for
 * additions and later for removals. Which callbacks there are is settled as the listener is
 * registered. One that throws stops nothing; the error comes out at the end, as a `ListenerError`.
 *
 * @example
 * using _watch = space.listen({
 *   regionAdd: (section) => console.log(`add ${section}`),
 *   regionDel: (section) => console.log(`del ${section}`),
 * });
 * // prints: add 0x0+0x10000 ram@0x0
 * ram.enabled = false; // prints: del 0x0+0x10000 ram@0x0
 * @see the guide "Watching the map", "Listeners"
 */
export interface MemoryListener {
  /** For messages; without it, they describe the listener by its priority. */
  readonly name?: string;
  /** Its place among listeners: lower is told earlier of additions, any integer; default 0. */
  readonly priority?: number;
  /** A commit that changes something somewhere begins. */
  begin?(): void;
  /** It is over; the views are the new ones. */
  commit?(): void;
  /** A section that was not there before. */
  regionAdd?(section: MemoryRegionSection): void;
  /** A section that is no longer there. */
  regionDel?(section: MemoryRegionSection): void;
  /** A section that stays as it was. Having this callback makes every commit visit everything. */
  regionNop?(section: MemoryRegionSection): void;
  /** Dirty clients (masks of `1 << client`) became active for a section. */
  logStart?(section: MemoryRegionSection, oldMask: number, newMask: number): void;
  /** Dirty clients (masks of `1 << client`) became inactive for a section. */
  logStop?(section: MemoryRegionSection, oldMask: number, newMask: number): void;
  /** Bring the dirty bitmap of a section up to date. Excludes {@link logSyncGlobal}. */
  logSync?(section: MemoryRegionSection): void;
  /** Bring all dirty bitmaps up to date. */
  logSyncGlobal?(lastStage: boolean): void;
  /** The section was marked clean. */
  logClear?(section: MemoryRegionSection): void;
  /** Global dirty logging starts; returns a reason to refuse it. */
  logGlobalStart?(): string | void;
  /** Global dirty logging stopped, or its start was refused by another listener. */
  logGlobalStop?(): void;
  /** Dirty bitmaps were read; memory is about to be. */
  logGlobalAfterSync?(): void;
  /**
   * True if the write triggers that exist are told as the listener is registered, also to the first
   * one that hears of any. By default, as recorded of QEMU, that one hears nothing of them until
   * triggers next change.
   */
  readonly hearsPresentEventfds?: boolean;
  /** A write trigger appeared at the section. */
  eventfdAdd?(
    section: EventfdSection,
    matchData: boolean,
    data: bigint,
    notifier: EventNotifier,
  ): void;
  /** A write trigger went. */
  eventfdDel?(
    section: EventfdSection,
    matchData: boolean,
    data: bigint,
    notifier: EventNotifier,
  ): void;
  /** Writes to `[addr, addr + length)` of the address space, in bytes, may be queued. */
  coalescedIoAdd?(section: MemoryRegionSection, addr: bigint, length: bigint): void;
  /** They may not any more; both in bytes. */
  coalescedIoDel?(section: MemoryRegionSection, addr: bigint, length: bigint): void;
}

/** The place where a write trigger shows in an address space. */
export interface EventfdSection {
  /** Bus address in bytes. */
  readonly offsetWithinAddressSpace: bigint;
  /** Size of the write in bytes, 0 for any. */
  readonly size: bigint;
}
