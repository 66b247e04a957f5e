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
    this.#entry = { listener, addressSpace, isOver: false };
    this.#check(listener);
    spaces.registered.add(listener);
    spaces.turns.take(() => this.#join());
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
    return !this.#entry.isOver;
  }

  /** @internal Ends the registration behind an entry. */
  static end(spaces: AddressSpaces, entry: ListenerEntry): void {
    if (entry.isOver) return;
    entry.isOver = true;
    spaces.turns.take(() => {
      forget(spaces, entry, () => {
        // One that never came to join has nothing to be told.
        if (spaces.listeners.has(entry)) spaces.memory.transaction(() => replayRemovals(entry));
      });
      spaces.memory.reclaimer.drain();
    });
  }

  /** Unregisters after replaying the view as removals (`memory_listener_unregister`). */
  [Symbol.dispose](): void {
    ListenerRegistration.end(this.#spaces, this.#entry);
  }

  #check(listener: MemoryListener): void {
    const name = listener.name ?? "listener";
    const refuse = (rule: string, why: string): never => {
      throw new LifecycleError(`${name} cannot watch ${this.addressSpace.name}: ${why}`, { rule });
    };
    if (listener.logSync && listener.logSyncGlobal) {
      refuse("listener-log-sync", "it has both logSync and logSyncGlobal");
    }
    if (this.#spaces.registered.has(listener)) {
      refuse("listener-registered-twice", "it is registered already");
    }
  }

  /** What the listener changes while it is told of the view is committed afterwards. */
  #join(): void {
    const entry = this.#entry;
    const { addressSpace } = entry;
    if (entry.isOver) return;
    if (addressSpace.isDestroyed) {
      forget(this.#spaces, entry, () => undefined);
      return;
    }
    this.#spaces.listeners.add(entry);
    addressSpace.listeners.add(entry);
    try {
      this.#spaces.memory.transaction(() => this.#replayAdditions());
    } catch (error) {
      forget(this.#spaces, entry, () => undefined);
      throw error;
    }
  }

  #replayAdditions(): void {
    const { listener, addressSpace } = this.#entry;
    listener.begin?.();
    if (this.#spaces.memory.globalDirtyLog !== 0) {
      const refusal = listener.logGlobalStart?.();
      if (typeof refusal === "string") {
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

/** Takes an entry off all lists after a last word, also when that throws. */
function forget(spaces: AddressSpaces, entry: ListenerEntry, lastWord: () => void): void {
  entry.isOver = true;
  try {
    lastWord();
  } finally {
    spaces.registered.delete(entry.listener);
    spaces.listeners.remove(entry);
    entry.addressSpace.listeners.remove(entry);
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
