import { internalsOf } from "@mem/core/plumbing";
import type { MapRegion } from "./naive-map.js";

/** A way from a root to a region, with the address as an offset in each. */
export type Way = readonly { readonly region: MapRegion; readonly offset: bigint }[];

/** What the rules say of a way, in the words of `HiddenReason`. */
export interface NaiveHidden {
  readonly way: Way;
  readonly kind: string;
  /** The region that is named as the cause, if there is one. */
  readonly by: readonly MapRegion[];
  readonly isAbove: boolean;
}

/** What lies at an address below a root: what is seen, and all that is not. */
export interface NaiveAnswer {
  readonly winner: Way | null;
  readonly hidden: readonly NaiveHidden[];
}

/**
 * All ways of a small map, then the letter of the rules for each: no search that prunes, and
 * nothing carried along.
 */
export function naiveAnswer(root: MapRegion, addr: number): NaiveAnswer {
  const chain = chainOf(root);
  const offset = BigInt(addr) - (chain.at(-1)?.addr ?? 0n);
  const verdicts = judge([...waysBelow([{ region: root, offset }])], chain);
  const first = verdicts.findIndex(({ kind }) => kind === "able");
  const winner = verdicts[first]?.way ?? null;
  const shown = new Set(
    verdicts.filter(({ kind }) => kind !== "cutOff").map(({ way }) => end(way)),
  );
  const hidden: NaiveHidden[] = [];
  const cut = new Set<string>();
  verdicts.forEach(({ way, kind, by }, index) => {
    if (index === first) return;
    const isAbove = winner === null || index < first;
    if (kind === "able") hidden.push({ ...precedence(way, winner ?? way), isAbove });
    else if (kind !== "cutOff") hidden.push({ way, kind, by, isAbove });
    else if (!shown.has(end(way)) && !cut.has(end(way))) {
      cut.add(end(way));
      const all = verdicts.filter((other) => other.kind === kind && end(other.way) === end(way));
      hidden.push({ way, kind, by: nearest(all), isAbove });
    }
  });
  return { winner, hidden };
}

interface Verdict {
  readonly way: Way;
  readonly kind: string;
  readonly by: readonly MapRegion[];
}

/** The regions that a view is not built from, and the one that it is. */
function chainOf(root: MapRegion): MapRegion[] {
  const chain = [root];
  for (let region = root; region.enabled;) {
    const enabled = region.children.filter((child) => child.enabled);
    const [only] = enabled;
    let next: MapRegion | null = null;
    if (region.target) {
      if (region.aliasOffset === 0n && region.size >= region.target.size) next = region.target;
    } else if (!region.leaf && enabled.length === 1 && only?.addr === 0n) {
      if (only.size <= region.size) next = only;
    }
    if (!next) return chain;
    chain.push(next);
    region = next;
  }
  return chain;
}

/** A way and all that go on from it; what is below comes before what it is below. */
function* waysBelow(way: Way): IterableIterator<Way> {
  const last = way.at(-1);
  if (!last) return;
  const { region, offset } = last;
  if (region.target) {
    yield* waysBelow([...way, { region: region.target, offset: offset + region.aliasOffset }]);
  }
  for (const child of region.children) {
    yield* waysBelow([...way, { region: child, offset: offset - child.addr }]);
  }
  yield way;
}

const isOutside = ({ region, offset }: Way[number]): boolean =>
  offset < 0n || offset >= region.size;

function judge(ways: readonly Way[], chain: readonly MapRegion[]): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const way of ways) {
    const last = way.at(-1);
    if (!last || isOutside(last)) continue;
    // What a view looks through cuts nothing off.
    const cutters = way.filter(
      (at, i) => isOutside(at) && !(chain[i] === at.region && chain[i + 1] === way[i + 1]?.region),
    );
    const disabled = way.filter(({ region }) => !region.enabled);
    const isSimple = cutters.length === 1 || cutters.every(({ region }) => !region.target);
    const below = verdicts.filter(
      ({ way: other }) => other.length > way.length && begins(other, way),
    );
    const verdict = (kind: string, by: Way = []): void => {
      verdicts.push({ way, kind, by: by.slice(0, 1).map(({ region }) => region) });
    };
    if (disabled.length > 0) {
      const isTold = below.some(({ kind }) => kind === "disabled");
      if (cutters.length === 0 && (last.region.leaf || !isTold)) verdict("disabled", disabled);
    } else if (last.region.leaf) {
      if (cutters.length === 0) verdict("able");
      else if (isSimple) verdict("cutOff", cutters);
    } else if (cutters.length === 0) {
      const isTold = below.some(({ kind }) => ["able", "empty", "pastTarget"].includes(kind));
      const { target } = last.region;
      if (isTold) continue;
      if (!target) verdict("empty");
      else if (last.offset + last.region.aliasOffset >= target.size) verdict("pastTarget");
    }
  }
  return verdicts;
}

function begins(way: Way, start: Way): boolean {
  return start.every(({ region }, i) => way[i]?.region === region);
}

function end(way: Way): string {
  const last = way.at(-1);
  return last ? `${internalsOf(last.region.real).id}@${last.offset}` : "";
}

/** The causes of several ways that are cut off, each once, the nearest edge first. */
function nearest(verdicts: readonly Verdict[]): MapRegion[] {
  const far = new Map<MapRegion, bigint>();
  for (const { way, by } of verdicts) {
    const cutter = way.find(({ region }) => region === by[0]);
    if (!cutter) continue;
    const { region, offset } = cutter;
    far.set(region, offset < 0n ? -offset : offset - region.size + 1n);
  }
  return [...far].sort(([, a], [, b]) => Number(a - b)).map(([region]) => region);
}

function precedence(way: Way, winner: Way): Omit<NaiveHidden, "isAbove"> {
  const parting = winner.findIndex(({ region }, i) => way[i]?.region !== region);
  const seen = winner[parting]?.region;
  const other = way[parting]?.region;
  const by = seen ? [seen] : [];
  if (!other) return { way, kind: "beneathSubregion", by };
  const kind = other.priority === seen?.priority ? "addedEarlier" : "lowerPriority";
  return { way, kind, by };
}
