import {
  hex,
  type MemoryRegion,
  type MemorySystem,
  type RegionIdentity,
  type ViewLayer,
} from "@mem/core";
import type { AddressSpace } from "./address-space.js";
import { CallbackTurns } from "./callback-turns.js";
import { notifyCoalesced } from "./coalesced-io.js";
import type { FlatView } from "./flat-view.js";
import { ListenerErrors, ListenerList } from "./listener-list.js";
import type { MemoryListener } from "./memory-listener.js";
import { MemoryRegionSection } from "./memory-region-section.js";
import { notifyViewChange } from "./topology-pass.js";
import { type RenderStatistics, ViewCache } from "./view-cache.js";
import { effectiveRoot } from "./view-root.js";

const KEY = Symbol("mem.flat.address-spaces");

/**
 * The address spaces of one memory system: renders their views when a transaction ends, and
 * tells all listeners, in their order.
 */
export class AddressSpaces implements ViewLayer {
  /** @internal What listeners threw in the operation that is under way. */
  readonly listenerErrors = new ListenerErrors();
  /** @internal Keeps listeners from joining and leaving in the midst of callbacks. */
  readonly turns = new CallbackTurns((error) => this.listenerErrors.note(error));
  /** @internal Listeners that are registered, or about to be. */
  readonly registered = new Set<MemoryListener>();
  /** Every listener of every address space. */
  readonly listeners = new ListenerList(this.listenerErrors);
  readonly views: ViewCache;
  readonly memory: MemorySystem;
  #spaces: readonly AddressSpace[] = [];

  private constructor(memory: MemorySystem) {
    this.memory = memory;
    this.views = new ViewCache(memory);
    memory.setViewLayer(this);
  }

  /** The address spaces of a system. */
  static of(memory: MemorySystem): AddressSpaces {
    return memory.extension(KEY, () => new AddressSpaces(memory));
  }

  /** In the order of their creation. */
  get all(): readonly AddressSpace[] {
    return this.#spaces;
  }

  /** Counts of renderings. */
  get statistics(): Readonly<RenderStatistics> {
    return this.views.statistics;
  }

  /** @internal */
  add(space: AddressSpace): void {
    this.#spaces = [...this.#spaces, space];
  }

  /** @internal */
  remove(space: AddressSpace): void {
    this.#spaces = this.#spaces.filter((other) => other !== space);
  }

  commitTopology(): void {
    const spaces = this.#spaces;
    const roots = spaces.map((space) => effectiveRoot(space.root));
    this.views.refresh(roots);
    // Looked up before any callback: what a callback changes is the next commit's business.
    const changes = spaces.map((space, i) => ({ space, view: this.views.get(roots[i] ?? null) }));
    this.call(() => this.#announce(changes));
  }

  #announce(changes: readonly { space: AddressSpace; view: FlatView }[]): void {
    this.listeners.forward((listener) => listener.begin?.());
    for (const { space, view } of changes) {
      space.adoptView(view, (before, after) => notifyViewChange(space.listeners, before, after));
      space.updateIoeventfds();
    }
    this.listeners.forward((listener) => listener.commit?.());
  }

  commitIoeventfds(): void {
    this.call(() => {
      for (const space of this.#spaces) space.updateIoeventfds();
    });
  }

  /**
   * @internal Runs `work`, which calls listeners: none joins or leaves meanwhile, and what they
   * throw comes out at the end.
   */
  call(work: () => void): void {
    this.listenerErrors.collect(() => this.turns.during(work));
  }

  damageEverything(): void {
    this.views.damageEverything();
  }

  coalescedRange(region: MemoryRegion, addr: bigint, size: bigint, added: boolean): void {
    this.call(() => {
      for (const { listeners, flatView } of this.#spaces) {
        if (listeners.size === 0) continue;
        for (const range of flatView.ranges()) {
          if (range.region !== region) continue;
          notifyCoalesced(listeners, flatView, range, { addr, size }, added);
        }
      }
    });
  }

  isShown(region: RegionIdentity): boolean {
    return this.#spaces.some(({ flatView }) => {
      for (const range of flatView.ranges()) if (range.region === region) return true;
      return false;
    });
  }

  isRoot(region: RegionIdentity): boolean {
    return this.#spaces.some(({ root, flatView }) => root === region || flatView.root === region);
  }

  showings(): ReadonlyMap<RegionIdentity, readonly string[]> {
    const places = new Map<RegionIdentity, string[]>();
    for (const { name, flatView } of this.#spaces) {
      for (const { region, start } of flatView.ranges()) {
        const known = places.get(region);
        const place = `${region.name} at ${hex(start)} of ${name}`;
        if (known) known.push(place);
        else places.set(region, [place]);
      }
    }
    return places;
  }

  clearDirtyLog(region: MemoryRegion, offset: number, length: number): void {
    this.tellListeners((listener, entry) => {
      if (!listener.logClear) return;
      const view = entry.addressSpace.flatView;
      for (const range of view.ranges()) {
        if (range.region !== region || range.dirtyMask === 0) continue;
        const section = MemoryRegionSection.ofRange(range, view);
        const part = section.withinRegion(BigInt(offset), BigInt(length));
        if (part) listener.logClear(part);
      }
    });
  }

  /** @internal Calls all listeners in order; what they throw comes out at the end. */
  tellListeners(call: Parameters<ListenerList["forward"]>[0]): void {
    this.call(() => this.listeners.forward(call));
  }
}
