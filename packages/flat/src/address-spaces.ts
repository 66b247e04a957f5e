import {
  hex,
  type MemoryRegion,
  type MemorySystem,
  type RegionIdentity,
  type ViewLayer,
} from "@mem/core";
import type { AddressSpace } from "./address-space.js";
import { notifyCoalesced } from "./coalesced-io.js";
import { ListenerErrors, ListenerList } from "./listener-list.js";
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
    this.views.refresh(spaces.map((space) => effectiveRoot(space.root)));
    this.listenerErrors.collect(() => this.#announce(spaces));
  }

  #announce(spaces: readonly AddressSpace[]): void {
    this.listeners.forward((listener) => listener.begin?.());
    for (const space of spaces) {
      space.adoptView(this.views.get(effectiveRoot(space.root)), (before, after) =>
        notifyViewChange(space.listeners, before, after),
      );
      space.updateIoeventfds();
    }
    this.listeners.forward((listener) => listener.commit?.());
  }

  commitIoeventfds(): void {
    this.listenerErrors.collect(() => {
      for (const space of this.#spaces) space.updateIoeventfds();
    });
  }

  damageEverything(): void {
    this.views.damageEverything();
  }

  coalescedRange(region: MemoryRegion, addr: bigint, size: bigint, added: boolean): void {
    this.listenerErrors.collect(() => {
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
    this.listenerErrors.collect(() => this.listeners.forward(call));
  }
}
