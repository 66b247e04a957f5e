import { attributeRows, type RegionAttributeName } from "@mem/core/plumbing";
import { PAGE } from "./operation.js";

/** The attributes of a region that are set; those that are not named are not. */
export type Attributes = Readonly<Partial<Record<RegionAttributeName, boolean>>>;

/** Attributes that all has which shows in a region that has them. */
const INHERITED: readonly RegionAttributeName[] = attributeRows()
  .filter(([, { shows }]) => shows === "below")
  .map(([name]) => name);

/** The attributes that a range has, of its region or of something above it. */
export function inheritedOf(attributes: Attributes): RegionAttributeName[] {
  return INHERITED.filter((name) => attributes[name] === true);
}

/** A region as far as it decides what shows; positions and sizes in bytes. */
export interface Visible {
  readonly size: number;
  readonly addr: number;
  readonly enabled: boolean;
  readonly attributes: Attributes;
  /** Whether it answers accesses itself. */
  readonly leaf: boolean;
  /** The region that an alias shows. */
  readonly target: this | null;
  readonly aliasOffset: number;
  /** Those in front first. */
  readonly children: readonly this[];
  /** Distinguishes regions. */
  readonly id: number;
}

/** What shows at an address. */
interface Shown<R> {
  readonly region: R;
  readonly offset: number;
  /** Attributes of the region, or of something above it. */
  readonly attributes: readonly RegionAttributeName[];
  /** The regions from the root on: what came the same way belongs together. */
  readonly way: string;
}

/** Addresses at which a region shows in one piece. */
export interface PlainRange<R> extends Omit<Shown<R>, "way"> {
  readonly start: number;
  readonly end: number;
}

const NOTHING_ABOVE = { attributes: [], way: "" };

/** The region that a view of `region` starts at: what is one with its only content is looked through. */
export function viewRoot<R extends Visible>(region: R): R | null {
  if (!region.enabled) return null;
  if (region.target) {
    const isWhole = region.aliasOffset === 0 && region.size >= region.target.size;
    return isWhole ? viewRoot(region.target) : region;
  }
  if (region.leaf) return region;
  const enabled = region.children.filter((child) => child.enabled);
  const [only] = enabled;
  if (!only) return null;
  const fits = enabled.length === 1 && only.addr === 0 && only.size <= region.size;
  return fits ? viewRoot(only) : region;
}

/**
 * The ranges of a view, cell by cell: whatever begins or ends does so between two cells.
 * @param limit where the address space ends, in bytes.
 */
export function plainRanges<R extends Visible>(
  root: R | null,
  grain: number,
  limit: number,
): PlainRange<R>[] {
  const ranges: (PlainRange<R> & { end: number; way: string })[] = [];
  if (!root) return ranges;
  for (let at = 0; at < limit; at += grain) {
    const shown = resolve(root, at - root.addr, NOTHING_ABOVE);
    if (!shown) continue;
    const last = ranges.at(-1);
    if (last && last.end === at && belongs(last, shown)) last.end += grain;
    else ranges.push({ ...shown, start: at, end: at + grain });
  }
  return ranges;
}

function resolve<R extends Visible>(
  region: R,
  offset: number,
  above: Omit<Shown<R>, "region" | "offset">,
): Shown<R> | null {
  if (!region.enabled || offset < 0 || offset >= region.size) return null;
  const here = {
    attributes: INHERITED.filter(
      (name) => above.attributes.includes(name) || region.attributes[name] === true,
    ),
    way: `${above.way}/${region.id}`,
  };
  if (region.target) return resolve(region.target, offset + region.aliasOffset, here);
  for (const child of region.children) {
    const found = resolve(child, offset - child.addr, here);
    if (found) return found;
  }
  return region.leaf ? { ...here, region, offset } : null;
}

function belongs<R>(last: PlainRange<R> & { way: string }, next: Shown<R>): boolean {
  if (last.region !== next.region || last.offset + last.end - last.start !== next.offset) {
    return false;
  }
  if (last.way === next.way) return true;
  const [before, after] = [last.attributes, next.attributes];
  return String(before) === String(after) && !before.includes("unmergeable");
}

/** A piece of a view that an access does not leave: a part of a range, cut at pages. */
export interface Section<R> {
  readonly region: R | null;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** A view as it was when a transaction ended. */
export class PlainView<R> {
  readonly ranges: readonly PlainRange<R>[];

  constructor(ranges: readonly PlainRange<R>[]) {
    this.ranges = ranges;
  }

  /** The section that holds an address; a hole has no region. */
  sectionAt(at: number): Section<R> {
    const range = this.ranges.find(({ start, end }) => at >= start && at < end);
    if (!range) return { region: null, start: at, end: Infinity, offset: at };
    const cuts = [range.start];
    const head = Math.ceil(range.start / PAGE) * PAGE;
    const tail = Math.floor(range.end / PAGE) * PAGE;
    if (head > range.start && head < range.end) cuts.push(head);
    if (tail > head && tail < range.end) cuts.push(tail);
    cuts.push(range.end);
    const index = cuts.findIndex((cut, i) => at >= cut && at < (cuts[i + 1] ?? range.end));
    const start = cuts[index] ?? range.start;
    const end = cuts[index + 1] ?? range.end;
    return { region: range.region, start, end, offset: range.offset + start - range.start };
  }
}
