/** Positions and sizes in bytes: `number`s throughout, or `bigint`s throughout. */
export type Bytes = number | bigint;

/** A region as far as it decides what shows. */
export interface NaiveNode<N extends Bytes> {
  readonly size: N;
  /** Its offset in the region that holds it. */
  readonly addr: N;
  /** False for what shows nothing: switched off, or dead. */
  readonly enabled: boolean;
  /** True if it answers accesses itself. */
  readonly leaf: boolean;
  /** The region that an alias shows. */
  readonly target: this | null;
  readonly aliasOffset: N;
  /** Those in front first. */
  readonly children: readonly this[];
  /** Attributes set on it that all has which shows in it. */
  readonly inherited: readonly string[];
}

/** What shows at one address. */
export interface NaiveShown<R, N extends Bytes> {
  readonly region: R;
  readonly offset: N;
  /** The regions from the one that shows up to the root. */
  readonly way: R[];
}

/** Addresses at which a region shows in one piece. */
export interface NaiveRange<R, N extends Bytes> {
  readonly start: N;
  readonly end: N;
  readonly region: R;
  readonly offset: N;
  /** Attributes of the region or of something above it, in the order of their names. */
  readonly attributes: readonly string[];
}

/**
 * What shows at an offset of a region, by the letter of the rules, address by address: leaves may hold
 * subregions, and what is dead shows nothing. Slow, and nothing to do with how the library works.
 */
export function naiveShown<N extends Bytes, R extends NaiveNode<N>>(
  region: R,
  offset: N,
): NaiveShown<R, N> | null {
  if (!region.enabled || offset < 0 || offset >= region.size) return null;
  const shown = region.target
    ? naiveShown<N, R>(region.target, plus(offset, region.aliasOffset))
    : (shownBelow<N, R>(region, offset) ?? (region.leaf ? { region, offset, way: [] } : null));
  shown?.way.push(region);
  return shown;
}

function shownBelow<N extends Bytes, R extends NaiveNode<N>>(
  region: R,
  offset: N,
): NaiveShown<R, N> | null {
  for (const child of region.children) {
    const shown = naiveShown<N, R>(child, minus(offset, child.addr));
    if (shown) return shown;
  }
  return null;
}

/**
 * The region that a view of this one starts at, whose own offset counts: whole aliases and
 * containers with one fitting child at 0 are looked through. `null` where nothing shows.
 */
export function naiveRoot<N extends Bytes, R extends NaiveNode<N>>(region: R): R | null {
  if (!region.enabled) return null;
  if (region.target) {
    const isWhole = isZero(region.aliasOffset) && region.size >= region.target.size;
    return isWhole ? naiveRoot<N, R>(region.target) : region;
  }
  if (region.leaf) return region;
  const enabled = region.children.filter((child) => child.enabled);
  const [only] = enabled;
  if (!only) return null;
  const fits = enabled.length === 1 && isZero(only.addr) && only.size <= region.size;
  return fits ? naiveRoot<N, R>(only) : region;
}

/**
 * The ranges of a view, cell by cell: whatever begins or ends does so between two cells.
 * @param limit where it ends, in bytes.
 * @param grain bytes of a cell.
 */
export function naiveRanges<N extends Bytes, R extends NaiveNode<N>>(
  root: R | null,
  limit: N,
  grain: N,
): NaiveRange<R, N>[] {
  const ranges: Grown<R, N>[] = [];
  if (!root) return ranges;
  for (let at = minus(grain, grain); at < limit; at = plus(at, grain)) {
    const shown = naiveShown<N, R>(root, minus(at, root.addr));
    if (!shown) continue;
    const last = ranges.at(-1);
    const next = { ...shown, start: at, end: plus(at, grain), attributes: attributesOf(shown.way) };
    if (last && last.end === at && belongs(last, next)) last.end = next.end;
    else ranges.push(next);
  }
  return ranges;
}

interface Grown<R, N extends Bytes> extends NaiveRange<R, N> {
  end: N;
  readonly way: readonly R[];
}

function attributesOf(way: readonly { readonly inherited: readonly string[] }[]): string[] {
  return [...new Set(way.flatMap(({ inherited }) => inherited))].sort();
}

/** Addresses that came the same way belong together, and others whose attributes are the same. */
function belongs<R, N extends Bytes>(last: Grown<R, N>, next: Grown<R, N>): boolean {
  const offset = plus(last.offset, minus(last.end, last.start));
  if (last.region !== next.region || offset !== next.offset) return false;
  const { way } = next;
  if (last.way.length === way.length && last.way.every((at, i) => at === way[i])) return true;
  const { attributes } = last;
  return String(attributes) === String(next.attributes) && !attributes.includes("unmergeable");
}

// `+` and `-` are the same words for both kinds of numbers, which the types do not say.
const plus = <N extends Bytes>(a: N, b: N): N => ((a as number) + (b as number)) as N;
const minus = <N extends Bytes>(a: N, b: N): N => ((a as number) - (b as number)) as N;
const isZero = (value: Bytes): boolean => Number(value) === 0;
