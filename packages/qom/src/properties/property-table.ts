/** Anything that has a name in a table. */
interface Named {
  readonly name: string;
}

const INDEXED = /^(.*)\[(\d+)\]$/s;

/** An object's own properties in the order they were added, and the free indexes of array names. */
export class PropertyTable<P extends Named> {
  readonly #byName = new Map<string, P>();
  // Lowest index of a stem that may be free; keeps adding n array elements linear.
  #hints: Map<string, number> | null = null;

  get(name: string): P | undefined {
    return this.#byName.get(name);
  }

  set(property: P): void {
    this.#byName.set(property.name, property);
  }

  /** Removes that very property; false when its name stands for another one by now. */
  remove(property: P): boolean {
    if (this.#byName.get(property.name) !== property) return false;
    this.#byName.delete(property.name);
    this.#release(property.name);
    return true;
  }

  /** The properties; the iterator stays valid while properties come and go. */
  values(): MapIterator<P> {
    return this.#byName.values();
  }

  /** The first free name `stem[N]`. */
  freeName(stem: string, taken: (name: string) => boolean): string {
    let index = this.#hints?.get(stem) ?? 0;
    let name = `${stem}[${index}]`;
    while (taken(name)) name = `${stem}[${++index}]`;
    // Most names come once: they need no hint.
    if (index > 0) (this.#hints ??= new Map()).set(stem, index);
    return name;
  }

  #release(name: string): void {
    const match = this.#hints === null ? null : INDEXED.exec(name);
    if (match === null) return;
    const [, stem = "", digits = ""] = match;
    const hint = this.#hints?.get(stem);
    if (hint !== undefined && Number(digits) < hint) this.#hints?.set(stem, Number(digits));
  }
}
