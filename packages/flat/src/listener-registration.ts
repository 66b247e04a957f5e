import { LifecycleError } from "@mem/core";
import type { AddressSpace } from "./address-space.js";
import type { AddressSpaces } from "./address-spaces.js";
import { replayCoalesced } from "./coalesced-io.js";
import { eventfdSection } from "./ioeventfd-list.js";
import type { ListenerEntry } from "./listener-list.js";
import type { MemoryListener } from "./memory-listener.js";
import { MemoryRegionSection } from "./memory-region-section.js";

/** A listener that watches an address space; disposing it unregisters the listener. */
export class ListenerRegistration implements Disposable {
  readonly #spaces: AddressSpaces;
  readonly #entry: ListenerEntry;

  /**
   * Registers and replays the present view as additions (`memory_listener_register`).
   * @throws LifecycleError for a listener that is registered already, has both kinds of
   *   `logSync`, or refuses global dirty logging while it is on.
   */
  constructor(spaces: AddressSpaces, addressSpace: AddressSpace, listener: MemoryListener) {
    this.#spaces = spaces;
    this.#entry = { listener, addressSpace };
    this.#check(listener);
    spaces.listeners.add(this.#entry);
    addressSpace.listeners.add(this.#entry);
    this.#replayAdditions();
  }

  /** The address space that is watched. */
  get addressSpace(): AddressSpace {
    return this.#entry.addressSpace;
  }

  /** The listener. */
  get listener(): MemoryListener {
    return this.#entry.listener;
  }

  /** Whether it still watches. */
  get active(): boolean {
    return this.#spaces.listeners.has(this.#entry);
  }

  /** @internal Ends the registration behind an entry. */
  static end(spaces: AddressSpaces, entry: ListenerEntry): void {
    replayRemovals(entry);
    spaces.listeners.remove(entry);
    entry.addressSpace.listeners.remove(entry);
    spaces.memory.reclaimer.drain();
  }

  /** Unregisters after replaying the view as removals (`memory_listener_unregister`). */
  [Symbol.dispose](): void {
    if (this.active) ListenerRegistration.end(this.#spaces, this.#entry);
  }

  #check(listener: MemoryListener): void {
    const name = listener.name ?? "listener";
    const refuse = (rule: string, why: string): never => {
      throw new LifecycleError(`${name} cannot watch ${this.addressSpace.name}: ${why}`, { rule });
    };
    if (listener.logSync && listener.logSyncGlobal) {
      refuse("listener-log-sync", "it has both logSync and logSyncGlobal");
    }
    if (this.#spaces.listeners.some((other) => other === listener)) {
      refuse("listener-registered-twice", "it is registered already");
    }
  }

  #replayAdditions(): void {
    const { listener, addressSpace } = this.#entry;
    listener.begin?.();
    if (this.#spaces.memory.globalDirtyLog !== 0) {
      const refusal = listener.logGlobalStart?.();
      if (typeof refusal === "string") {
        this.#spaces.listeners.remove(this.#entry);
        addressSpace.listeners.remove(this.#entry);
        throw new LifecycleError(`${listener.name ?? "listener"}: ${refusal}`, {
          rule: "log-global-start",
        });
      }
    }
    const view = addressSpace.flatView;
    for (const range of view.ranges()) {
      const section = MemoryRegionSection.ofRange(range, view);
      listener.regionAdd?.(section);
      replayCoalesced(listener, section, range, true);
      if (range.dirtyMask !== 0) listener.logStart?.(section, 0, range.dirtyMask);
    }
    for (const fd of addressSpace.ioeventfds) {
      listener.eventfdAdd?.(eventfdSection(fd), fd.matchData, fd.data, fd.notifier);
    }
    listener.commit?.();
  }
}

function replayRemovals({ listener, addressSpace }: ListenerEntry): void {
  listener.begin?.();
  const view = addressSpace.flatView;
  for (const range of view.ranges()) {
    const section = MemoryRegionSection.ofRange(range, view);
    if (range.dirtyMask !== 0) listener.logStop?.(section, range.dirtyMask, 0);
    replayCoalesced(listener, section, range, false);
    listener.regionDel?.(section);
  }
  for (const fd of addressSpace.ioeventfds) {
    listener.eventfdDel?.(eventfdSection(fd), fd.matchData, fd.data, fd.notifier);
  }
  listener.commit?.();
}
