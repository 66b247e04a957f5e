import { ADDRESS_SPACE_END } from "../address.js";
import type { TreeNode } from "./node.js";

/**
 * Containers and aliases nested deeper than this below the root of a view show nothing in it.
 */
export const MAX_RENDER_DEPTH = 512;

/** Steps upwards followed for one change before every view is declared damaged instead. */
const MAX_STEPS = 10_000;

/**
 * Follows a change of `[from, to)` (bytes within `region`) up through containers and aliases to
 * every rendered view that may show it, and tells those views.
 *
 * It is called under the topology at the moment of the change, for the old place and the new:
 * the windows then hold whatever else happens before the commit, because each later change
 * reports its own.
 */
export function reportDamage(region: TreeNode, from: bigint, to: bigint): void {
  // Parts still to be followed, in a stack of its own: a map may be nested deeper than calls can
  // be. Most changes have one way up, which is followed without making anything on the way.
  let pending: Part[] | null = null;
  let at: TreeNode | null = region;
  let low = from;
  let high = to;
  let height = 0;
  for (let steps = 0; ; steps++) {
    if (at === null) {
      const part = pending?.pop();
      if (!part) return;
      ({ region: at, from: low, to: high, height } = part);
    }
    if (steps === MAX_STEPS) {
      region.system.views.damageEverything();
      return;
    }
    if (low >= high || height > MAX_RENDER_DEPTH) {
      at = null;
      continue;
    }
    height++;
    const { addr, aliasedBy, watchers, container }: TreeNode = at;
    if (aliasedBy) pending = addAliases(aliasedBy, low, high, height, pending ?? []);
    if (addr !== 0n) {
      low += addr;
      high += addr;
    }
    watchers.damageSink?.damage(clip(low), clip(high));
    at = container?.enabled ? container : null;
    if (at !== null && high > at.size) high = at.size;
  }
}

/** Bytes `[from, to)` of a region. */
interface Part {
  readonly region: TreeNode;
  readonly from: bigint;
  readonly to: bigint;
  /** Number of steps from the change up to the region. */
  readonly height: number;
}

/** Adds the parts of aliases that show bytes `[from, to)` of a region. */
function addAliases(
  aliases: ReadonlySet<TreeNode>,
  from: bigint,
  to: bigint,
  height: number,
  pending: Part[],
): Part[] {
  for (const alias of aliases) {
    if (!alias.enabled) continue;
    const low = from - alias.aliasOffset;
    const high = min(to - alias.aliasOffset, alias.size);
    pending.push({ region: alias, from: low < 0n ? 0n : low, to: high, height });
  }
  return pending;
}

function clip(address: bigint): bigint {
  return min(address, ADDRESS_SPACE_END);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
