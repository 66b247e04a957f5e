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
  /** Called when a commit that changes something somewhere begins, before any other callback. */
  begin?(): void;
  /** Called after every address space has switched to its new view, as the commit ends. */
  commit?(): void;
  /** Called for each section that the new view has and the old one had not. */
  regionAdd?(section: MemoryRegionSection): void;
  /** Called for each section that the old view had and the new one has not. */
  regionDel?(section: MemoryRegionSection): void;
  /**
   * Called for each section that stays as it was. Having this callback makes every commit visit
   * every section.
   */
  regionNop?(section: MemoryRegionSection): void;
  /** Called when dirty clients (masks of `1 << client`) become active for a section. */
  logStart?(section: MemoryRegionSection, oldMask: number, newMask: number): void;
  /** Called when dirty clients (masks of `1 << client`) become inactive for a section. */
  logStop?(section: MemoryRegionSection, oldMask: number, newMask: number): void;
  /**
   * Called before the dirty bitmap of a section is read, to bring it up to date. Excludes
   * {@link logSyncGlobal}.
   */
  logSync?(section: MemoryRegionSection): void;
  /** Called before dirty bitmaps are read, to bring all of them up to date. */
  logSyncGlobal?(lastStage: boolean): void;
  /** Called after pages of the section were marked clean. */
  logClear?(section: MemoryRegionSection): void;
  /** Called when global dirty logging starts; a text that it returns is the reason to refuse. */
  logGlobalStart?(): string | void;
  /** Called when global dirty logging stopped, or another listener refused its start. */
  logGlobalStop?(): void;
  /** Called after dirty bitmaps were read and before memory is. */
  logGlobalAfterSync?(): void;
  /**
   * True if the write triggers that exist are told as the listener is registered, also to the first
   * one that hears of any. By default, as recorded of QEMU, that one hears nothing of them until
   * triggers next change.
   */
  readonly hearsPresentEventfds?: boolean;
  /** Called when a write trigger appears at the section. */
  eventfdAdd?(
    section: EventfdSection,
    matchData: boolean,
    data: bigint,
    notifier: EventNotifier,
  ): void;
  /** Called when a write trigger is gone from the section. */
  eventfdDel?(
    section: EventfdSection,
    matchData: boolean,
    data: bigint,
    notifier: EventNotifier,
  ): void;
  /**
   * Called when writes to `[addr, addr + length)` of the address space, in bytes, may be queued
   * from now on.
   */
  coalescedIoAdd?(section: MemoryRegionSection, addr: bigint, length: bigint): void;
  /** Called when writes to `[addr, addr + length)`, in bytes, may be queued no longer. */
  coalescedIoDel?(section: MemoryRegionSection, addr: bigint, length: bigint): void;
}

/** The place where a write trigger shows in an address space. */
export interface EventfdSection {
  /** Bus address in bytes. */
  readonly offsetWithinAddressSpace: bigint;
  /** Size of the write in bytes, 0 for any. */
  readonly size: bigint;
}
