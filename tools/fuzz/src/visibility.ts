import type { NaiveRange } from "@mem/common";
import { attributeRows, type RegionAttributeName } from "@mem/core/plumbing";
import { PAGE } from "./operation.js";

/** The attributes of a region that are set; those that are not named are not. */
export type Attributes = Readonly<Partial<Record<RegionAttributeName, boolean>>>;

/** Attributes that all has which shows in a region that has them, in the order of their names. */
const INHERITED: readonly RegionAttributeName[] = attributeRows()
  .filter(([, { shows }]) => shows === "below")
  .map(([name]) => name)
  .sort();

/** The attributes that a range has, of its region or of something above it. */
export function inheritedOf(attributes: Attributes): RegionAttributeName[] {
  return INHERITED.filter((name) => attributes[name] === true);
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
  readonly ranges: readonly NaiveRange<R, number>[];

  constructor(ranges: readonly NaiveRange<R, number>[]) {
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
