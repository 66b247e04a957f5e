import type { MemoryRegion } from "@mem/core";

/**
 * Who wants to know how a {@link VirtioMem} changes; both are optional.
 * @see the README of `@mem/ramdiscard`, "What a guest asks"
 */
export interface VirtioMemListener {
  /**
   * The requested size changed, and perhaps the usable region: a guest is interrupted to read
   * the configuration.
   */
  configChanged?(): void;
  /** The guest plugged or unplugged memory, to this many bytes. */
  pluggedSizeChanged?(size: bigint): void;
}

/** The listeners of one device, in the order of addition. What they throw is logged. */
export class VirtioMemListeners {
  readonly #region: MemoryRegion;
  readonly #listeners = new Set<{ readonly listener: VirtioMemListener }>();

  constructor(region: MemoryRegion) {
    this.#region = region;
  }

  /** Adds one, which leaves when the answer is disposed. */
  add(listener: VirtioMemListener): Disposable {
    const entry = { listener };
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  configChanged(): void {
    this.#each((listener) => listener.configChanged?.());
  }

  pluggedSizeChanged(size: bigint): void {
    this.#each((listener) => listener.pluggedSizeChanged?.(size));
  }

  #each(call: (listener: VirtioMemListener) => void): void {
    for (const entry of [...this.#listeners]) {
      try {
        call(entry.listener);
      } catch (error) {
        this.#region.logCallbackError(error);
      }
    }
  }
}
