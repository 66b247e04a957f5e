import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";

/** Whoever can drop a reference that has a holder's name on it. */
interface Held {
  unref(holder: string): void;
  describe(): string;
}

/**
 * A reference with a holder's name on it. Dropped once, by {@link release} or at the end of a
 * `using` block; later calls do nothing.
 * @see {@link QomObject}, whose example holds one
 */
export class Reference<T extends Held> implements Disposable {
  /** The object kept alive. */
  readonly object: T;
  /** Whoever keeps it alive, as reports name it. */
  readonly holder: string;
  #released = false;

  constructor(object: T, holder: string) {
    this.object = object;
    this.holder = holder;
  }

  /** True if the reference was dropped. */
  get released(): boolean {
    return this.#released;
  }

  /** Drops the reference; the object dies when it was the last one. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.object.unref(this.holder);
  }

  /** `HOLDER -> OBJECT`. */
  toString(): string {
    return `${this.holder} -> ${this.object.describe()}`;
  }

  /** Holder and object. */
  toJSON(): object {
    const { holder, released, object } = this;
    return { holder, object: object.describe(), released };
  }

  /** The text that `console.log` shows: who holds what. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => {
        const path = ink(this.object.describe(), "name");
        const state = this.released ? ", released" : "";
        return `Reference of ${ink(this.holder, "kind")} on ${path}${state}`;
      },
    });
  }

  /** Drops the reference, as {@link release} does. */
  [Symbol.dispose](): void {
    this.release();
  }
}
