import type { MemoryRegion } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import type { FlatView } from "./flat-view.js";

/** Steps upwards that are followed for one region. */
const MAX_STEPS = 10_000;

/** A region, as far as the way up from it goes. Values are bytes. */
interface Step {
  readonly addr: bigint;
  readonly size: bigint;
  readonly aliasOffset: bigint;
  readonly container: Step | null;
  readonly aliasedBy: ReadonlySet<Step> | null;
}

/** Bytes `[from, to)` of a region, or of one that shows it. */
interface Part {
  readonly region: Step;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * True if a region shows in one of some views, which show the map as it is. It is looked for where
 * it stands: upwards through containers and aliases, and in each view only where those lead.
 * @param views the views by the region that each is built from
 * @returns `null` where too many ways lead upwards
 */
export function isShownIn(
  region: MemoryRegion,
  views: ReadonlyMap<object, FlatView>,
): boolean | null {
  const pending: Part[] = [{ region: internalsOf(region), from: 0n, to: region.size }];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const part = pending.pop();
    if (part === undefined) return false;
    const { region: at } = part;
    for (const alias of at.aliasedBy ?? []) {
      const from = part.from - alias.aliasOffset;
      const to = least(part.to - alias.aliasOffset, alias.size);
      if (to > 0n && to > from) pending.push({ region: alias, from: from < 0n ? 0n : from, to });
    }
    const [from, to] = [part.from + at.addr, part.to + at.addr];
    const view = views.get(at);
    if (view !== undefined && shows(view, region, from, to)) return true;
    const { container } = at;
    if (container !== null && from < container.size) {
      pending.push({ region: container, from, to: least(to, container.size) });
    }
  }
  return null;
}

function shows(view: FlatView, region: MemoryRegion, from: bigint, to: bigint): boolean {
  for (const range of view.rangesWithin(from, to)) if (range.region === region) return true;
  return false;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
