import type { MemoryRegion, MemorySystem } from "@mem/core";
import { CallbackList, type IoeventfdChange } from "@mem/core/plumbing";
import type { AccessObserver } from "../access/access-observer.js";
import type { ListenerEntry } from "../listeners/entry.js";
import { ShownIoeventfds } from "../listeners/ioeventfd-list.js";
import { ListenerList } from "../listeners/list.js";
import type { FlatView } from "../view/flat-view.js";
import type { RegisteredSpace, SpaceRegistry } from "./registry.js";

/** An address space as far as anybody may know it. */
interface PublicSpace {
  readonly name: string;
  readonly root: MemoryRegion;
  readonly system: MemorySystem;
  readonly flatView: FlatView;
  readonly isDestroyed: boolean;
}

/** The things that an address space lets its member do with it, and nobody else. */
export interface SpaceControl {
  /** Takes a reference on a view, and shows it in place of the one that was there. */
  show(view: FlatView): void;
  /** Forgets the windows that accesses found. */
  forget(): void;
  /** The one who observes accesses; `null` when nobody does. */
  observer(): AccessObserver | null;
  /** Has accesses observed by this one from now on. */
  observe(observer: AccessObserver | null): void;
  /** Ends the address space with its machine. */
  end(onError: (error: unknown) => void): void;
}

/**
 * An address space as its machine has it: its listeners, its write triggers, and how its view is
 * swapped. Sibling packages reach it with `memberOf`.
 */
export class SpaceMember implements RegisteredSpace {
  /** The address space itself. */
  readonly space: PublicSpace;
  /** Its listeners, in order. */
  readonly listeners: ListenerList<ListenerEntry>;
  /** Write triggers that show in it. */
  readonly ioeventfds = new ShownIoeventfds();
  readonly #spaces: SpaceRegistry;
  readonly #control: SpaceControl;
  readonly #followers = new CallbackList<() => void>();

  constructor(space: PublicSpace, spaces: SpaceRegistry, control: SpaceControl) {
    this.space = space;
    this.#spaces = spaces;
    this.#control = control;
    this.listeners = new ListenerList(spaces.listenerErrors);
  }

  get name(): string {
    return this.space.name;
  }

  get root(): MemoryRegion {
    return this.space.root;
  }

  get system(): MemorySystem {
    return this.space.system;
  }

  get flatView(): FlatView {
    return this.space.flatView;
  }

  get isDestroyed(): boolean {
    return this.space.isDestroyed;
  }

  /** Tells listeners of triggers that came or went: of `change` alone, where it is known. */
  updateIoeventfds(change: IoeventfdChange | null = null): void {
    if (!this.isDestroyed) this.ioeventfds.update(this.flatView, this.listeners, change);
  }

  /**
   * Swaps the view in, after telling listeners what changes. A callback that ends the address space
   * has the rest of it go by.
   */
  adoptView(view: FlatView, announce: (before: FlatView, after: FlatView) => void): void {
    if (this.isDestroyed) return;
    const before = this.flatView;
    announce(before, view);
    if (this.isDestroyed) return;
    this.#control.show(view);
    this.forget();
    before.release();
  }

  /** Forgets what accesses found, and calls those who {@link follow}. */
  forget(): void {
    this.#control.forget();
    this.#followers.each((follow) => follow());
  }

  /**
   * Calls `follow` whenever the view is another one, or regions allow other accesses, until the
   * result is disposed. It keeps nothing from ending, and must not throw.
   */
  follow(follow: () => void): Disposable {
    return this.#followers.add(follow);
  }

  /** The one who observes accesses; `null` when nobody does. */
  get observer(): AccessObserver | null {
    return this.#control.observer();
  }

  /**
   * Has accesses observed from now on, by what is another one or a changed one; or, with `null`, no
   * more. Listeners get a `begin` and a `commit`: windows that they remember are stale.
   */
  setObserver(observer: AccessObserver | null): void {
    this.#control.observe(observer);
    this.forget();
    if (!this.isDestroyed) this.#spaces.renew(this);
  }

  end(onError: (error: unknown) => void): void {
    this.#control.end(onError);
  }
}
