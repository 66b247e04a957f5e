import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import { firstOf } from "../inspect/object-text.js";
import { internals, type ObjectNode } from "../node/object-node.js";
import { holdersOf, strongLinks, type Holder } from "./holders.js";

/**
 * One object that is still alive, and what keeps it so.
 * @see {@link ObjectSystem}, whose example prints a report of one
 */
export interface LeakEntry<O extends ObjectNode> {
  /** The object. */
  readonly object: O;
  /** Its path, or for an object outside the tree its number and type. */
  readonly description: string;
  /** Its type's name. */
  readonly type: string;
  /** All its references. */
  readonly refcount: number;
  /** Holders of these references. */
  readonly holders: readonly Holder[];
  /** Its parent's path or description; null without a parent. */
  readonly parent: string | null;
}

/**
 * Selection of the objects that a report covers.
 * @see {@link ObjectSystem}, whose example asks for a report
 */
export interface LeakOptions {
  /** True also lists objects that only their parent holds, and the root. Default false. */
  readonly all?: boolean;
}

/**
 * Objects that are still held, and their holders, at the time it was made.
 * @see {@link ObjectSystem}, whose example prints one
 */
export class LeakReport<O extends ObjectNode> implements Iterable<LeakEntry<O>> {
  /** The objects, oldest first. */
  readonly entries: readonly LeakEntry<O>[];

  constructor(entries: readonly LeakEntry<O>[]) {
    this.entries = entries;
  }

  /** Number of objects that it lists. */
  get length(): number {
    return this.entries.length;
  }

  /** The entries, oldest object first. */
  [Symbol.iterator](): Iterator<LeakEntry<O>> {
    return this.entries.values();
  }

  /** One line per object; `no object is held` when there are none. */
  toString(): string {
    if (this.entries.length === 0) return "no object is held";
    return this.entries.map(line).join("\n");
  }

  /** The entries, at most 256, objects by their paths. */
  toJSON(): object {
    return firstOf(this.entries).map(({ description, type, refcount, holders, parent }) => {
      return { object: description, type, refcount, holders, parent };
    });
  }

  /** The text that `console.log` shows: how many objects are held, then a line for each. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) =>
        `${ink("LeakReport", "kind")} of ${this.length} ${this.length === 1 ? "object" : "objects"}`,
      lines: () => this.#lines(),
      total: this.length,
    });
  }

  *#lines(): Generator<string> {
    for (const entry of this.entries) yield line(entry);
  }
}

function line(entry: LeakEntry<ObjectNode>): string {
  const { description, type, refcount, holders } = entry;
  const named = description.includes(`(${type})`) ? description : `${description} (${type})`;
  const list = holders.map(({ holder, count }) => (count === 1 ? holder : `${holder} x${count}`));
  return `${named}: ${refcount} ${refcount === 1 ? "reference" : "references"}: ${list.join(", ")}`;
}

/** Lists the live objects that something besides their parent holds. */
export function makeLeakReport<O extends ObjectNode>(
  objects: Iterable<O>,
  options: LeakOptions,
): LeakReport<O> {
  const live = [...objects];
  const links = strongLinks(live);
  const entries: LeakEntry<O>[] = [];
  for (const object of live) {
    const { refs, parent } = object[internals];
    const composed = object === object.objects.root || (parent !== null && refs === 1);
    if (composed && options.all !== true) continue;
    entries.push({
      object,
      description: object.describe(),
      type: object.klass.name,
      refcount: refs,
      holders: holdersOf(object, links),
      parent: parent?.describe() ?? null,
    });
  }
  return new LeakReport(entries);
}
