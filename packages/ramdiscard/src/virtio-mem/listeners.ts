import { type MemoryRegion, MemorySystem } from "@mem/core";
import { CallbackList, isThenable, whenRejected, internalsOf } from "@mem/core/plumbing";

/**
 * Observer of the changes of a {@link VirtioMem}, whose two callbacks are optional. They are called from the machine's queue (`MemorySystem.schedule`): when the request,
 * and the access or commit that it is part of, is over.
 */
export interface VirtioMemListener {
  /**
   * The requested size changed, and perhaps the usable region: a guest is interrupted to read
   * the configuration.
   */
  configChanged?(): void;
  /** The guest plugged or unplugged memory: this many bytes are plugged now. */
  pluggedSizeChanged?(size: bigint): void;
}

/**
 * The listeners of one device, in the order of addition. They are told from the machine's queue,
 * once the request that changed something is over: of several changes until then once.
 */
export class VirtioMemListeners {
  readonly #region: MemoryRegion;
  readonly #listeners = new CallbackList<VirtioMemListener>();
  readonly #waiting = new Map<keyof VirtioMemListener, Disposable>();

  constructor(region: MemoryRegion) {
    this.#region = region;
  }

  /** Adds one, which leaves when the answer is disposed. */
  add(listener: VirtioMemListener): Disposable {
    return this.#listeners.add(listener);
  }

  configChanged(): void {
    this.#later("configChanged", (listener) => listener.configChanged?.());
  }

  /** @param size asked for when the listeners are told */
  pluggedSizeChanged(size: () => bigint): void {
    this.#later("pluggedSizeChanged", (listener) => listener.pluggedSizeChanged?.(size()));
  }

  /** Nobody is told of anything any more. */
  end(): void {
    for (const waiting of this.#waiting.values()) waiting[Symbol.dispose]();
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #later(what: keyof VirtioMemListener, call: (listener: VirtioMemListener) => unknown): void {
    const system = MemorySystem.of(this.#region);
    if (this.#listeners.size === 0) return;
    if (!this.#waiting.has(what)) {
      const run = (): void => {
        this.#waiting.delete(what);
        this.#each(call);
      };
      this.#waiting.set(what, system.schedule(run, { name: `${what} of ${this.#region.name}` }));
    }
    system.runPending();
  }

  #each(call: (listener: VirtioMemListener) => unknown): void {
    const failed = (error: unknown): void => internalsOf(this.#region).logCallbackError(error);
    this.#listeners.eachGuarded((listener) => {
      const answer = call(listener);
      if (isThenable(answer)) whenRejected(answer, failed);
    }, failed);
  }
}
