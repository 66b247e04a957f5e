import { hex, MemoryRegion, type MemorySystem } from "@mem/core";
import {
  attemptAll,
  type IoeventfdChange,
  type RegionIdentity,
  type SystemInternals,
  systemInternals,
  type ViewLayer,
} from "@mem/core/plumbing";
import { ListenerChanges } from "../listeners/listener-changes.js";
import { notifyCoalesced } from "../listeners/coalesced-io.js";
import { type FlatView, rangesOf } from "../view/flat-view.js";
import type { ListenerEntry, WatchedSpace } from "../listeners/entry.js";
import type { ListenerHost, SpaceWatcher } from "../listeners/host.js";
import { ListenerErrors, ListenerList } from "../listeners/list.js";
import type { MemoryListener } from "../listeners/memory-listener.js";
import { MemoryRegionSection } from "../view/section.js";
import { notifyViewChange } from "../listeners/topology-pass.js";
import { isShownIn } from "../view/shown-region.js";
import { type RenderStatistics, ViewCache } from "../view/view-cache.js";
import { effectiveRoot } from "../view/view-root.js";

const KEY = Symbol("mem.flat.space-registry");

/** An address space as the registry sees it. */
export interface RegisteredSpace extends WatchedSpace {
  /** Address space as its user has it. */
  readonly space: object;
  readonly root: MemoryRegion;
  /** Swaps a view in, after telling listeners what changes. */
  adoptView(view: FlatView, announce: (before: FlatView, after: FlatView) => void): void;
  /** Has listeners told of triggers that came or went: of `change` alone, where it is known. */
  updateIoeventfds(change?: IoeventfdChange | null): void;
  /** Forgets what was found for accesses. */
  forget(): void;
  /** Ends the address space with its machine. */
  end(onError: (error: unknown) => void): void;
}

/**
 * The address spaces of one memory system: renders their views when a transaction ends, and
 * tells all listeners, in their order.
 */
export class SpaceRegistry implements ViewLayer, ListenerHost {
  /** Errors that listeners threw in the operation that is under way. */
  readonly listenerErrors = new ListenerErrors();
  /** Keeps listeners from joining and leaving in the midst of callbacks. */
  readonly listenerChanges = new ListenerChanges((error) => this.listenerErrors.note(error));
  /** Listeners that are registered, or about to be. */
  readonly registered = new Set<MemoryListener>();
  /** Listeners that watch all address spaces. */
  readonly systemListenings = new Set<SpaceWatcher>();
  /** Every listener of every address space. */
  readonly listeners = new ListenerList<ListenerEntry>(this.listenerErrors);
  /** The rendered views, by root. */
  readonly views: ViewCache;
  /** The system whose address spaces these are. */
  readonly system: SystemInternals;
  readonly #spaces = new Set<RegisteredSpace>();
  /** List of all address spaces, made anew when it is asked for; `null` since the last change. */
  #list: readonly RegisteredSpace[] | null = null;

  private constructor(system: MemorySystem) {
    this.system = systemInternals(system);
    this.views = new ViewCache(system);
    this.system.setViewLayer(this);
  }

  /** The address spaces of a system. */
  static of(system: MemorySystem): SpaceRegistry {
    return systemInternals(system).extension(KEY, () => new SpaceRegistry(system));
  }

  /** In the order of their creation. */
  get all(): readonly RegisteredSpace[] {
    return (this.#list ??= [...this.#spaces]);
  }

  /** Counts of renderings. */
  get statistics(): Readonly<RenderStatistics> {
    return this.views.statistics;
  }

  /**
   * Listeners that watch all address spaces join it, or will when callbacks of listeners
   * are over.
   * @param abandon called when one of them throws: the address space is not one of these then
   * @throws ListenerError when one of them throws
   */
  add(space: RegisteredSpace, abandon: () => void): void {
    this.#spaces.add(space);
    this.#list = null;
    try {
      for (const listening of this.systemListenings) {
        this.listenerChanges.runOrDefer(() => listening.join(space));
      }
      this.call(() => space.updateIoeventfds());
    } catch (error) {
      this.listenerErrors.collect(() => this.remove(space));
      abandon();
      throw error;
    }
  }

  /** Whoever watches all address spaces is told that everything in it goes. */
  remove(space: RegisteredSpace): void {
    this.#spaces.delete(space);
    this.#list = null;
    for (const listening of this.systemListenings) listening.leave(space);
    // A commit that is under way has its own use for it, and forgets what nobody shows.
    if (!this.system.transactions.committing) this.views.forget(space.flatView);
  }

  commitTopology(): void {
    const spaces = this.all;
    const roots = spaces.map((space) => effectiveRoot(space.root));
    this.views.refresh(roots);
    // Looked up before any callback: what a callback changes is the next commit's business.
    const changes: { space: RegisteredSpace; view: FlatView }[] = [];
    spaces.forEach((space, i) => {
      const view = this.views.get(roots[i] ?? null);
      // Where nothing changed only listeners have business, who may ask for what stayed.
      if (view !== space.flatView || space.listeners.size > 0) changes.push({ space, view });
    });
    this.call(() => this.#announce(changes));
  }

  #announce(changes: readonly { space: RegisteredSpace; view: FlatView }[]): void {
    this.listeners.forward((listener) => listener.begin?.());
    for (const { space, view } of changes) {
      space.adoptView(view, (before, after) => notifyViewChange(space.listeners, before, after));
      space.updateIoeventfds();
    }
    this.listeners.forward((listener) => listener.commit?.());
  }

  /** Listeners of an address space hear of a commit that changed nothing in the map. */
  renew(space: RegisteredSpace): void {
    if (space.listeners.size === 0) return;
    const isConcerned = (entry: ListenerEntry): boolean =>
      entry.addressSpace === space || entry.isSystemWide;
    this.call(() => {
      this.listeners.forward((listener, entry) => isConcerned(entry) && listener.begin?.());
      this.listeners.forward((listener, entry) => isConcerned(entry) && listener.commit?.());
    });
  }

  commitIoeventfds(change: IoeventfdChange | null): void {
    this.call(() => {
      for (const space of this.all) space.updateIoeventfds(change);
    });
  }

  /**
   * Runs `work`, which calls listeners: none joins or leaves meanwhile, and what they
   * throw comes out at the end.
   */
  call(work: () => void): void {
    this.listenerErrors.collect(() => this.listenerChanges.deferDuring(work));
  }

  /** Tells address spaces that accesses may go another way. */
  accessChanged(): void {
    for (const space of this.all) space.forget();
  }

  damageEverything(): void {
    this.views.damageEverything();
  }

  /**
   * Tells listeners that a coalesced range of a region came or went.
   * @param addr first byte of the range within the region
   * @param size bytes of the range
   */
  coalescedRange(region: MemoryRegion, addr: bigint, size: bigint, added: boolean): void {
    this.call(() => {
      for (const { listeners, flatView } of this.all) {
        if (!listeners.hasCallback(added ? "coalescedIoAdd" : "coalescedIoDel")) continue;
        for (const range of rangesOf(flatView, region)) {
          notifyCoalesced(listeners, flatView, range, { addr, size }, added);
        }
      }
    });
  }

  isShown(region: RegionIdentity): boolean {
    const { transactions } = this.system;
    // Views that wait for a commit show what is no longer there.
    const isCurrent = transactions.depth === 0 && !transactions.committing;
    if (!(region instanceof MemoryRegion)) return false;
    if (isCurrent) {
      const views = new Map<MemoryRegion, FlatView>();
      for (const { flatView } of this.all) if (flatView.root) views.set(flatView.root, flatView);
      const answer = isShownIn(region, views);
      if (answer !== null) return answer;
    }
    return this.all.some(({ flatView }) => rangesOf(flatView, region).length > 0);
  }

  isRoot(region: RegionIdentity): boolean {
    return this.all.some(({ root, flatView }) => root === region || flatView.root === region);
  }

  showings(): ReadonlyMap<RegionIdentity, readonly string[]> {
    const places = new Map<RegionIdentity, string[]>();
    for (const { name, flatView } of this.all) {
      for (const { region, start } of flatView.ranges()) {
        const known = places.get(region);
        const place = `${region.name} at ${hex(start)} of ${name}`;
        if (known) known.push(place);
        else places.set(region, [place]);
      }
    }
    return places;
  }

  end(onError: (error: unknown) => void): void {
    const listenings = [...this.systemListenings].map((it) => () => it[Symbol.dispose]());
    attemptAll([...listenings, ...this.all.map((space) => () => space.end(onError))], onError);
  }

  clearDirtyLog(region: MemoryRegion, offset: number, length: number): void {
    this.tellListeners((listener, entry) => {
      if (!listener.logClear) return;
      const view = entry.addressSpace.flatView;
      for (const range of rangesOf(view, region)) {
        if (range.dirtyMask === 0) continue;
        const section = MemoryRegionSection.ofRange(range, view);
        const part = section.withinRegion(BigInt(offset), BigInt(length));
        if (part) listener.logClear(part);
      }
    });
  }

  /** Calls all listeners in order; what they throw comes out at the end. */
  tellListeners(call: Parameters<ListenerList<ListenerEntry>["forward"]>[0]): void {
    this.call(() => this.listeners.forward(call));
  }
}
