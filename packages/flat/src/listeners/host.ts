import type { ListenerChanges } from "./listener-changes.js";
import type { ListenerEntry, WatchedSpace } from "./entry.js";
import type { ListenerErrors, ListenerList } from "./list.js";
import type { MemoryListener } from "./memory-listener.js";

/** A listener that watches all address spaces, as those who register address spaces see it. */
export interface SpaceWatcher extends Disposable {
  /** Watches one address space more. */
  join(space: WatchedSpace): void;
  /** An address space ends: the listener is told that everything in it goes. */
  leave(space: WatchedSpace): void;
}

/** The place where listeners register: all of one machine, and what keeps their callbacks in order. */
export interface ListenerHost {
  readonly system: { transaction<T>(change: () => T): T; readonly reclaimer: { drain(): void } };
  /** The address spaces, in the order of their creation. */
  readonly all: readonly WatchedSpace[];
  /** Every listener of every address space. */
  readonly listeners: ListenerList<ListenerEntry>;
  /** Listeners that are registered, or about to be. */
  readonly registered: Set<MemoryListener>;
  /** Listeners that watch all address spaces. */
  readonly systemListenings: Set<SpaceWatcher>;
  /** The errors that listeners threw in the operation that is under way. */
  readonly listenerErrors: ListenerErrors;
  /** Keeps listeners from joining and leaving in the midst of callbacks. */
  readonly listenerChanges: ListenerChanges;
}
