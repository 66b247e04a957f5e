import type { MemoryRegion } from "../region/memory-region.js";
import type { RegionIdentity } from "../region/identity.js";
import type { CommitHandler } from "./transactions.js";

/** Layer that renders views, as this one calls it. */
export interface ViewLayer extends CommitHandler {
  /** Every rendered view must be rendered anew at the next commit. */
  damageEverything(): void;
  /** A coalesced range of a region, in bytes within it, came or went: tell listeners at once. */
  coalescedRange(region: MemoryRegion, addr: bigint, size: bigint, added: boolean): void;
  /** True if any address space shows the region at present. */
  isShown(region: RegionIdentity): boolean;
  /** True if an address space, or its view, starts at the region. */
  isRoot(region: RegionIdentity): boolean;
  /** Whoever shows what at present, for leak reports: descriptions of places by region. */
  showings(): ReadonlyMap<RegionIdentity, readonly string[]>;
  /**
   * Tells that accesses may go another way: straight to a region's memory, unlogged, or no longer.
   */
  accessChanged(): void;
  /** Bytes of a region were marked clean: tell listeners (`log_clear`). */
  clearDirtyLog(region: MemoryRegion, offset: number, length: number): void;
  /** The machine ends: end all that is here. What is thrown goes to `onError`. */
  end(onError: (error: unknown) => void): void;
}

/** Views of a system that no layer renders any for: nothing is shown, and nobody is told. */
export const NO_VIEWS: ViewLayer = Object.freeze({
  commitTopology: () => undefined,
  commitIoeventfds: () => undefined,
  damageEverything: () => undefined,
  coalescedRange: () => undefined,
  isShown: () => false,
  isRoot: () => false,
  showings: () => new Map(),
  accessChanged: () => undefined,
  clearDirtyLog: () => undefined,
  end: () => undefined,
});
