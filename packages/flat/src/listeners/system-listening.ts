import { Inspectable, type Summary } from "../inspect/summary.js";
import { listenerName } from "./callbacks.js";
import { ListenerEntry, type WatchedSpace } from "./entry.js";
import type { ListenerHost, SpaceWatcher } from "./host.js";
import { checkListener, joinAddressSpace, joinOrEnd, leaveAddressSpace } from "./registration.js";
import type { MemoryListener } from "./memory-listener.js";

/**
 * A listener that watches every address space of a machine, those that come later too; disposing
 * it unregisters the listener.
 * @see {@link Machine}, whose `listen` answers one
 */
export class SystemListening extends Inspectable implements Disposable {
  readonly #watcher: SystemWatcher;

  /**
   * `Machine.listen` makes these. Replays the view of one address space after the other as
   * additions.
   * @throws LifecycleError for a listener that is registered already, has both kinds of
   *   `logSync`, or refuses global dirty logging while it is on; ListenerError when it throws. In
   *   either case it is not registered, and was told of removals where it had joined.
   */
  constructor(spaces: ListenerHost, listener: MemoryListener) {
    super();
    this.#watcher = new SystemWatcher(spaces, listener);
  }

  /** The listener. */
  get listener(): MemoryListener {
    return this.#watcher.listener;
  }

  /** True if it still watches. */
  get active(): boolean {
    return this.#watcher.active;
  }

  protected override summarize(): Summary {
    const name = listenerName(this.listener);
    const facts = ["watches all address spaces", !this.active && "ended"];
    return { kind: "SystemListening", name, facts };
  }

  /** The name of the listener. */
  toJSON(): object {
    return { listener: listenerName(this.listener), active: this.active };
  }

  /** Unregisters after replaying the views as removals, one address space after the other. */
  [Symbol.dispose](): void {
    this.#watcher[Symbol.dispose]();
  }
}

/** A listener that watches all address spaces, as those who register address spaces have it. */
class SystemWatcher implements SpaceWatcher {
  readonly listener: MemoryListener;
  readonly #spaces: ListenerHost;
  readonly #entries = new Map<WatchedSpace, ListenerEntry>();
  #isOver = false;

  constructor(spaces: ListenerHost, listener: MemoryListener) {
    this.#spaces = spaces;
    this.listener = listener;
    checkListener(spaces, listener, "all address spaces");
    spaces.registered.add(listener);
    spaces.systemListenings.add(this);
    joinOrEnd(
      spaces,
      () => {
        try {
          for (const space of spaces.all) this.join(space);
        } catch (error) {
          this.#end();
          throw error;
        }
      },
      () => this[Symbol.dispose](),
    );
  }

  /** True if it still watches. */
  get active(): boolean {
    return !this.#isOver;
  }

  join(space: WatchedSpace): void {
    if (this.#isOver || this.#entries.has(space)) return;
    const { listenerErrors } = this.#spaces;
    const entry = new ListenerEntry(this.listener, space, listenerErrors, true);
    this.#entries.set(space, entry);
    const isFirst = this.#entries.size === 1;
    if (isFirst) entry.makePrimary();
    try {
      joinAddressSpace(this.#spaces, entry, isFirst);
    } finally {
      if (entry.isOver) this.#entries.delete(space);
    }
  }

  leave(space: WatchedSpace): void {
    const entry = this.#entries.get(space);
    if (!entry || entry.isOver) return;
    entry.isOver = true;
    const view = space.flatView.retain();
    this.#spaces.listenerChanges.runOrDefer(() => {
      try {
        leaveAddressSpace(this.#spaces, entry, view);
      } finally {
        view.release();
        this.#entries.delete(space);
        // What is about the machine as a whole is heard through another one from now on.
        for (const next of this.#entries.values()) {
          next.makePrimary();
          break;
        }
      }
    });
  }

  /** Unregisters after replaying the views as removals, one address space after the other. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#spaces.listenerErrors.collect(() =>
      this.#spaces.listenerChanges.runOrDefer(() => this.#end()),
    );
  }

  #end(): void {
    this.#isOver = true;
    const { listenerErrors, system, registered, systemListenings } = this.#spaces;
    listenerErrors.collect(() => {
      for (const entry of this.#entries.values()) leaveAddressSpace(this.#spaces, entry);
    });
    this.#entries.clear();
    systemListenings.delete(this);
    registered.delete(this.listener);
    system.reclaimer.drain();
  }
}
