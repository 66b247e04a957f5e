import { ADDRESS_SPACE_END } from "../address.js";
import type { TreeNode } from "./node.js";

/**
 * Containers and aliases nested deeper than this below the root of a view show nothing in it.
 * @see the README of `@mem/core`, "For packages above"
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
  // Parts still to be followed, in a stack of its own: a map may be nested deeper than calls can be.
  const pending: Part[] = [];
  let part: Part | undefined = { region, from, to, height: 0 };
  for (let steps = 0; part; steps++) {
    if (steps === MAX_STEPS) {
      region.memory.damageEverything();
      return;
    }
    part = climb(part, pending) ?? pending.pop();
  }
}

/** Bytes `[from, to)` of a region. */
interface Part {
  readonly region: TreeNode;
  readonly from: bigint;
  readonly to: bigint;
  /** How far above the change the region is. */
  readonly height: number;
}

/**
 * Tells the view that starts at the region, adds the parts of aliases that show this one, and
 * returns the part of the container that does.
 */
function climb({ region, from, to, height: below }: Part, pending: Part[]): Part | undefined {
  if (from >= to || below > MAX_RENDER_DEPTH) return undefined;
  const height = below + 1;
  const { addr, container, aliasedBy, damageSink } = region;
  const start = from + addr;
  const end = to + addr;
  damageSink?.damage(clip(start), clip(end));
  if (aliasedBy) {
    for (const alias of aliasedBy) {
      if (!alias.enabled) continue;
      const low = from - alias.aliasOffset;
      const high = min(to - alias.aliasOffset, alias.size);
      pending.push({ region: alias, from: low < 0n ? 0n : low, to: high, height });
    }
  }
  if (!container?.enabled) return undefined;
  return { region: container, from: start, to: min(end, container.size), height };
}

function clip(address: bigint): bigint {
  return min(address, ADDRESS_SPACE_END);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
