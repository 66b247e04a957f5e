import { LifecycleError } from "@mem/core";
import { Inspectable, type Summary } from "../inspect/summary.js";
import type { FlatView } from "../view/flat-view.js";
import { listenerName } from "./callbacks.js";
import { checkListenerShape } from "./listener-table.js";
import { ListenerEntry, type WatchedSpace } from "./entry.js";
import type { ListenerHost } from "./host.js";
import { replayAdditions, replayRemovals } from "./replay.js";
import type { MemoryListener } from "./memory-listener.js";

/**
 * A listener that watches an address space; disposing it unregisters the listener.
 * @see {@link AddressSpace}, whose `listen` answers one
 */
export class ListenerRegistration<Space = unknown> extends Inspectable implements Disposable {
  readonly #spaces: ListenerHost;
  readonly #entry: ListenerEntry;
  readonly #addressSpace: Space;

  /**
   * `AddressSpace.listen` makes registrations. Replays the present view as additions
   * (`memory_listener_register`).
   * @param watched `space` as its machine has it
   * @throws LifecycleError for a listener that is registered already, has both kinds of
   *   `logSync`, or refuses global dirty logging while it is on; ListenerError when it throws.
   */
  constructor(spaces: ListenerHost, watched: WatchedSpace, space: Space, listener: MemoryListener) {
    super();
    this.#spaces = spaces;
    this.#addressSpace = space;
    checkListener(spaces, listener, watched.name);
    const entry = new ListenerEntry(listener, watched, spaces.listenerErrors);
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
      () => endRegistration(spaces, entry),
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

  /** True if it still watches. */
  get active(): boolean {
    return !this.#entry.isOver;
  }

  protected override summarize(): Summary {
    const { active, listener } = this;
    const facts = [`watches ${this.#entry.addressSpace.name}`, !active && "ended"];
    return { kind: "ListenerRegistration", name: listenerName(listener), facts };
  }

  /** Names of the listener and of what it watches. */
  toJSON(): object {
    const space = this.#entry.addressSpace.name;
    return { listener: listenerName(this.listener), space, active: this.active };
  }

  /** Unregisters after replaying the view as removals (`memory_listener_unregister`). */
  [Symbol.dispose](): void {
    endRegistration(this.#spaces, this.#entry);
  }
}

/** Ends the registration behind an entry; what the listener throws comes out. */
export function endRegistration(spaces: ListenerHost, entry: ListenerEntry): void {
  if (entry.isOver) return;
  entry.isOver = true;
  spaces.listenerErrors.collect(() => {
    spaces.listenerChanges.runOrDefer(() => {
      leaveAddressSpace(spaces, entry);
      spaces.registered.delete(entry.listener);
      spaces.system.reclaimer.drain();
    });
  });
}

/** Ends all registrations behind entries; what listeners throw comes out together. */
export function endRegistrations(spaces: ListenerHost, entries: readonly ListenerEntry[]): void {
  spaces.listenerErrors.collect(() => {
    for (const entry of entries) endRegistration(spaces, entry);
  });
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
  const { listenerChanges, listenerErrors } = spaces;
  try {
    listenerErrors.collect(() => listenerChanges.runOrDefer(join));
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
 * @param withLogging true if the listener is to be told of global dirty logging too
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
    spaces.system.transaction(() => {
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
 * @param view ranges that it is told of; default: those that the address space shows at present
 */
export function leaveAddressSpace(
  spaces: ListenerHost,
  entry: ListenerEntry,
  view: FlatView = entry.addressSpace.flatView,
): void {
  entry.isOver = true;
  // One that never came to join has nothing to be told.
  if (!spaces.listeners.has(entry)) return;
  spaces.system.transaction(() => {
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
