/** Whoever can drop a reference that has a holder's name on it. */
interface Held {
  unref(holder: string): void;
}

/**
 * A reference with a holder's name on it. Dropped once, by {@link release} or at the end of a
 * `using` block; later calls do nothing.
 * @see {@link QomObject}, whose example holds one
 */
export class Reference<T extends Held> implements Disposable {
  /** The object kept alive. */
  readonly object: T;
  /** Who keeps it alive, as reports name it. */
  readonly holder: string;
  #released = false;

  constructor(object: T, holder: string) {
    this.object = object;
    this.holder = holder;
  }

  /** Whether the reference was dropped. */
  get released(): boolean {
    return this.#released;
  }

  /** Drops the reference; the object dies when it was the last one. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.object.unref(this.holder);
  }

  /** Drops the reference, as {@link release} does. */
  [Symbol.dispose](): void {
    this.release();
  }
}
