import { ADDRESS_SPACE_END, type MemoryRegion } from "@mem/core";
import {
  INHERITED_ATTRIBUTES,
  internalsOf,
  MAX_RENDER_DEPTH,
  type RegionInternals,
} from "@mem/core/plumbing";
import { type FlatRange, packAttributes } from "./flat-range.js";
import { RangeBuilder } from "./range-builder.js";

/**
 * Regions visited in one rendering, after which the rest shows nothing.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export const MAX_RENDER_VISITS = 20_000_000;

/**
 * A half-open interval of addresses, in bytes.
 * @see {@link explain}
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export interface Interval {
  /** The first address. */
  readonly from: bigint;
  /** One past the last; 2^64 at most. */
  readonly to: bigint;
}

/** Every address there is. */
export const EVERYWHERE: Interval = { from: 0n, to: ADDRESS_SPACE_END };

/**
 * Resolves the graph below `root` into the ranges that show within `window`.
 *
 * A region is visible where no sibling of higher precedence is; a container shows its
 * subregions and, where it has none, itself if it answers accesses; an alias shows its target
 * shifted. Positions are exact and unbounded on the way, and clipped to the window, which lies
 * within the address space: nothing wraps around.
 */
export function render(
  root: MemoryRegion,
  window: Interval,
): { ranges: FlatRange[]; visits: number } {
  const rendering = new Rendering();
  rendering.visit(internalsOf(root), 0n, window.from, window.to, 0, 0);
  return { ranges: rendering.builder.finish(), visits: rendering.visits };
}

class Rendering {
  readonly builder = new RangeBuilder();
  visits = 0;

  /**
   * @param base address at which the region's container starts
   * @param from start of the part of the address space that is still of interest
   * @param to its end
   * @param above bits of the attributes that all has that shows in the regions above
   */
  visit(
    region: RegionInternals,
    base: bigint,
    from: bigint,
    to: bigint,
    above: number,
    depth: number,
  ): void {
    if (!region.enabled) return;
    const start = base + region.addr;
    const end = start + region.size;
    const low = start > from ? start : from;
    const high = end < to ? end : to;
    if (low >= high) return;
    const isDeep = depth > MAX_RENDER_DEPTH;
    if (isDeep || ++this.visits > MAX_RENDER_VISITS) {
      region.system.logOnce(
        isDeep ? `render-depth:${region.id}` : "render-visits",
        "guest_error",
        `${region.describe()}: the memory graph is too ${isDeep ? "deep" : "large"} here; not shown`,
        isDeep ? region : undefined,
      );
      return;
    }
    const attributes = above | (region.flags & INHERITED_ATTRIBUTES);
    const { alias } = region;
    if (alias) {
      const target = start - region.aliasOffset - alias.addr;
      this.visit(alias, target, low, high, attributes, depth + 1);
      return;
    }
    const { subregionList } = region;
    if (subregionList && subregionList.size > 0) {
      let free = low;
      let freeOffset = Number(free - start);
      subregionList.visitWindow(low - start, high - start, (sub) => {
        this.visit(sub, start, low, high, attributes, depth + 1);
        if (sub.approximateStart > freeOffset) return true;
        // Those of less precedence cannot show any more once all is taken.
        free = this.builder.firstFree(free, high);
        freeOffset = Number(free - start);
        return free < high;
      });
      if (free === high) return;
    }
    // What is dying has no place in a view any more: nothing could keep it alive there.
    if (!region.terminates || !region.isCountable) return;
    const shown = packAttributes(attributes | region.flags, region.dirtyLogMask);
    this.builder.fill(region, start, low, high, shown);
  }
}
