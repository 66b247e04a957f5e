import { LifecycleError } from "@mem/core";
import type { FlatView } from "../view/flat-view.js";
import { listenerName } from "./callbacks.js";
import { checkListenerShape } from "./listener-table.js";
import { ListenerEntry, type WatchedSpace } from "./entry.js";
import type { ListenerHost } from "./host.js";
import { replayAdditions, replayRemovals } from "./replay.js";
import type { MemoryListener } from "./memory-listener.js";

/**
 * A listener that watches an address space; disposing it unregisters the listener.
 * @see the README of `@mem/flat`, "For packages beside"
 */
export class ListenerRegistration<Space extends WatchedSpace = WatchedSpace> implements Disposable {
  readonly #spaces: ListenerHost;
  readonly #entry: ListenerEntry;
  readonly #addressSpace: Space;

  /**
   * Registers and replays the present view as additions (`memory_listener_register`).
   * @throws LifecycleError for a listener that is registered already, has both kinds of
   *   `logSync`, or refuses global dirty logging while it is on; ListenerError when it throws.
   */
  constructor(spaces: ListenerHost, addressSpace: Space, listener: MemoryListener) {
    this.#spaces = spaces;
    this.#addressSpace = addressSpace;
    checkListener(spaces, listener, addressSpace.name);
    const entry = new ListenerEntry(listener, addressSpace, spaces.listenerErrors);
    this.#entry = entry;
    spaces.registered.add(listener);
    joinOrEnd(
      spaces,
      () => {
        try {
          if (!entry.isOver) joinAddressSpace(spaces, entry, true);
        } finally {
          if (entry.isOver) spaces.registered.delete(listener);
        }
      },
      () => ListenerRegistration.end(spaces, entry),
    );
  }

  /** The address space that is watched. */
  get addressSpace(): Space {
    return this.#addressSpace;
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
  static end(spaces: ListenerHost, entry: ListenerEntry): void {
    if (entry.isOver) return;
    entry.isOver = true;
    spaces.listenerErrors.collect(() => {
      spaces.turns.take(() => {
        leaveAddressSpace(spaces, entry);
        spaces.registered.delete(entry.listener);
        spaces.memory.reclaimer.drain();
      });
    });
  }

  /** @internal Ends all registrations behind entries; what listeners throw comes out together. */
  static endAll(spaces: ListenerHost, entries: readonly ListenerEntry[]): void {
    spaces.listenerErrors.collect(() => {
      for (const entry of entries) ListenerRegistration.end(spaces, entry);
    });
  }

  /** Unregisters after replaying the view as removals (`memory_listener_unregister`). */
  [Symbol.dispose](): void {
    ListenerRegistration.end(this.#spaces, this.#entry);
  }
}

/**
 * @throws ArgumentError for what is no listener; LifecycleError for one that cannot be registered,
 *   now or ever.
 */
export function checkListener(spaces: ListenerHost, listener: MemoryListener, place: string): void {
  checkListenerShape(listener);
  const refuse = (rule: string, why: string): never => {
    throw new LifecycleError(`${listenerName(listener)} cannot watch ${place}: ${why}`, { rule });
  };
  if (listener.logSync && listener.logSyncGlobal) {
    refuse("listener-log-sync", "it has both logSync and logSyncGlobal");
  }
  if (spaces.registered.has(listener)) {
    refuse("listener-registered-twice", "it is registered already");
  }
}

/**
 * Has a listener join, now or when callbacks that are under way are over. When something throws,
 * be it another listener that came to join meanwhile, the caller gets no registration: so `end`
 * ends it.
 */
export function joinOrEnd(spaces: ListenerHost, join: () => void, end: () => void): void {
  const { listenerErrors, turns } = spaces;
  try {
    listenerErrors.collect(() => turns.take(join));
  } catch (error) {
    listenerErrors.collect(() => {
      listenerErrors.note(error);
      end();
    });
  }
}

/**
 * Adds an entry to the lists and tells the listener what there is. What the listener changes
 * meanwhile is committed afterwards. An entry that does not join, because the address space is gone
 * or the listener throws, is over.
 * @param withLogging whether the listener is to be told of global dirty logging too
 */
export function joinAddressSpace(
  spaces: ListenerHost,
  entry: ListenerEntry,
  withLogging: boolean,
): void {
  const { addressSpace } = entry;
  if (addressSpace.isDestroyed) {
    entry.isOver = true;
    return;
  }
  spaces.listeners.add(entry);
  addressSpace.listeners.add(entry);
  const giveUp = (error: unknown): never => {
    entry.isOver = true;
    forget(spaces, entry);
    throw error;
  };
  try {
    spaces.memory.transaction(() => {
      try {
        replayAdditions(entry, withLogging);
      } catch (error) {
        // Before the transaction ends: it is told of no change of what it was not told of.
        giveUp(error);
      }
    });
  } catch (error) {
    giveUp(error);
  }
}

/**
 * Takes an entry off the lists, after telling the listener that everything goes.
 * @param view what it is told of; default: what the address space shows at present
 */
export function leaveAddressSpace(
  spaces: ListenerHost,
  entry: ListenerEntry,
  view: FlatView = entry.addressSpace.flatView,
): void {
  entry.isOver = true;
  // One that never came to join has nothing to be told.
  if (!spaces.listeners.has(entry)) return;
  spaces.memory.transaction(() => {
    try {
      replayRemovals(entry, view);
    } finally {
      // Before the transaction ends: what it changes itself is no business of its own any more.
      forget(spaces, entry);
    }
  });
}

function forget(spaces: ListenerHost, entry: ListenerEntry): void {
  spaces.listeners.remove(entry);
  entry.addressSpace.listeners.remove(entry);
}
