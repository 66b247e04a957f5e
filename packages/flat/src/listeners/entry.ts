import type { ListenerError, LogCategory } from "@mem/core";
import type { FlatView } from "../view/flat-view.js";
import { guardedCallbacks } from "./callbacks.js";
import type { ShownIoeventfds } from "./ioeventfd-list.js";
import type { ListedListener, ListenerErrors, ListenerList } from "./list.js";
import type { MemoryListener } from "./memory-listener.js";

/** An address space as those who watch it see it. */
export interface WatchedSpace {
  readonly name: string;
  readonly system: {
    readonly globalDirtyLog: number;
    log(category: LogCategory, message: string): void;
  };
  /** The present view, as of the last commit. */
  readonly flatView: FlatView;
  readonly isDestroyed: boolean;
  /** Its listeners, in order. */
  readonly listeners: ListenerList<ListenerEntry>;
  /** Write triggers that show here. */
  readonly ioeventfds: ShownIoeventfds;
}

/** One listener watching one address space. */
export class ListenerEntry implements ListedListener {
  readonly listener: MemoryListener;
  readonly addressSpace: WatchedSpace;
  /** True if the listener watches all address spaces, of which this is one. */
  readonly isSystemWide: boolean;
  /** True if it was unregistered, though it may still hear of what is under way. */
  isOver = false;
  readonly #errors: ListenerErrors;
  #callbacks: MemoryListener;

  constructor(
    listener: MemoryListener,
    addressSpace: WatchedSpace,
    errors: ListenerErrors,
    isSystemWide = false,
  ) {
    this.listener = listener;
    this.addressSpace = addressSpace;
    this.isSystemWide = isSystemWide;
    this.#errors = errors;
    this.#callbacks = this.#guard(isSystemWide ? "local" : "all");
  }

  /** The callbacks that the listener had when it was registered; what they throw is noted. */
  get callbacks(): MemoryListener {
    return this.#callbacks;
  }

  /** Makes this entry the one through which the listener is told what is about the whole machine. */
  makePrimary(): void {
    this.#callbacks = this.#guard("all");
  }

  /** All callbacks, which throw what the listener throws, as a `ListenerError`. */
  throwing(): MemoryListener {
    const fail = (error: ListenerError): never => {
      throw error;
    };
    return guardedCallbacks(this.listener, this.addressSpace.name, "all", fail, this.#log);
  }

  /** All callbacks; what they throw is noted. */
  noting(): MemoryListener {
    return this.#guard("all");
  }

  #guard(scope: "all" | "local"): MemoryListener {
    const note = (error: ListenerError): void => this.#errors.note(error);
    return guardedCallbacks(this.listener, this.addressSpace.name, scope, note, this.#log);
  }

  readonly #log = (message: string): void => this.addressSpace.system.log("callback", message);
}
