import type { ObjectNode } from "../node/object-node.js";

/**
 * Number of objects that there are and were.
 * @see {@link escapeName}, whose example reads one
 */
export interface LiveStatistics {
  /** Objects adopted and not yet finalized, the root included. */
  readonly objects: number;
  /** Objects ever adopted. */
  readonly created: number;
  /** Objects finalized. */
  readonly finalized: number;
  /** Live objects by type name. */
  readonly byType: ReadonlyMap<string, number>;
}

/** The objects of a system that are alive, and counts of those that were. */
export class Population<O extends ObjectNode> {
  readonly #live = new Set<O>();
  #created = 0;
  #finalized = 0;

  /** A new object. */
  enter(obj: O): void {
    this.#live.add(obj);
    this.#created++;
  }

  /** An object that was taken apart. */
  leave(obj: O): void {
    if (this.#live.delete(obj)) this.#finalized++;
  }

  /** Number of live objects. */
  get size(): number {
    return this.#live.size;
  }

  /** The live objects, oldest first. */
  values(): Iterable<O> {
    return this.#live.values();
  }

  /** The counts of this moment. */
  statistics(): LiveStatistics {
    const byType = new Map<string, number>();
    for (const obj of this.#live) byType.set(obj.klass.name, (byType.get(obj.klass.name) ?? 0) + 1);
    return {
      objects: this.#live.size,
      created: this.#created,
      finalized: this.#finalized,
      byType,
    };
  }
}
