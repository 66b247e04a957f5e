import { internals, Phase, type ObjectNode } from "../node/object-node.js";
import { LinkProperty } from "../properties/link-property.js";

/**
 * Whoever holds references on an object, and how many.
 * @see {@link ObjectSystem}, whose example prints a report
 */
export interface Holder {
  /** `parent PATH`, `link PATH.NAME`, `the object system`, the name given to ref(), or `(unnamed)`. */
  readonly holder: string;
  /** Number of references. */
  readonly count: number;
}

/** The strong links of all live objects, by target: made once per report, so that links cost nothing to keep. */
export function strongLinks(objects: Iterable<ObjectNode>): Map<ObjectNode, string[]> {
  const byTarget = new Map<ObjectNode, string[]>();
  for (const obj of objects) {
    for (const property of obj[internals].values?.keys() ?? []) {
      if (!(property instanceof LinkProperty) || !property.strong) continue;
      const target = property.read(obj);
      if (target === null) continue;
      const holder = `link ${obj.describe()}.${property.name}`;
      const known = byTarget.get(target);
      if (known === undefined) byTarget.set(target, [holder]);
      else known.push(holder);
    }
  }
  return byTarget;
}

/** The holders of one object, the unnamed rest last. */
export function holdersOf(
  obj: ObjectNode,
  links: ReadonlyMap<ObjectNode, readonly string[]> = strongLinks(obj.objects.liveObjects()),
): Holder[] {
  const state = obj[internals];
  if (state.phase > Phase.LIVE) return [];
  const holders: Holder[] = [];
  if (obj === obj.objects.root) holders.push({ holder: "the object system", count: 1 });
  if (state.parent !== null) {
    holders.push({ holder: `parent ${state.parent.describe()}`, count: 1 });
  }
  for (const holder of links.get(obj) ?? []) holders.push({ holder, count: 1 });
  for (const [holder, count] of state.holders ?? []) holders.push({ holder, count });
  const unnamed = state.refs - state.pinned;
  if (unnamed > 0) holders.push({ holder: "(unnamed)", count: unnamed });
  return holders;
}
