/** The live things of one kind that a script can name. */
export class Registry<T> {
  readonly #kind: string;
  readonly #byId = new Map<string, T>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  /** The thing with this id. Throws when there is none. */
  get(id: string): T {
    const found = this.#byId.get(id);
    if (found === undefined) throw new ReferenceError(`no ${this.#kind} "${id}"`);
    return found;
  }

  /** The thing with this id, null when there is none. */
  find(id: string): T | null {
    return this.#byId.get(id) ?? null;
  }

  /** Makes `thing` known under `id`. */
  add(id: string, thing: T): T {
    this.#byId.set(id, thing);
    return thing;
  }

  /** Forgets the thing with this id, and returns it. Throws when there is none. */
  take(id: string): T {
    const found = this.get(id);
    this.#byId.delete(id);
    return found;
  }

  /** Everything known, in the order it was added. */
  entries(): IterableIterator<[string, T]> {
    return this.#byId.entries();
  }
}
