import { ADDRESS_SPACE_END } from "./address.js";
import type { MemoryRegion } from "./memory-region.js";

/** Where a rendered view learns which of its addresses a change may have altered. */
export interface DamageSink {
  /** Addresses `[from, to)` of the view may resolve differently. */
  damage(from: bigint, to: bigint): void;
  /** Anything may. */
  damageAll(): void;
}

/** Containers and aliases nested deeper than this below the root of a view show nothing in it. */
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
export function reportDamage(region: MemoryRegion, from: bigint, to: bigint): void {
  // A stack of its own: a map may be nested deeper than calls can be.
  const pending: Part[] = [{ region, from, to, height: 0 }];
  for (let steps = 0; ; steps++) {
    const part = pending.pop();
    if (!part) return;
    if (steps === MAX_STEPS) break;
    climb(part, pending);
  }
  region.memory.damageEverything();
}

/** Bytes `[from, to)` of a region. */
interface Part {
  readonly region: MemoryRegion;
  readonly from: bigint;
  readonly to: bigint;
  /** How far above the change the region is. */
  readonly height: number;
}

/** Tells the view that starts at the region, and adds the parts of others that show this one. */
function climb({ region, from, to, height: below }: Part, pending: Part[]): void {
  if (from >= to || below > MAX_RENDER_DEPTH) return;
  const height = below + 1;
  const start = from + region.addr;
  const end = to + region.addr;
  region.damageSink?.damage(clip(start), clip(end));
  const { container } = region;
  if (container?.enabled) {
    pending.push({ region: container, from: start, to: min(end, container.size), height });
  }
  for (const alias of region.aliasedBy) {
    if (!alias.enabled) continue;
    const low = from - alias.aliasOffset;
    const high = min(to - alias.aliasOffset, alias.size);
    pending.push({ region: alias, from: low < 0n ? 0n : low, to: high, height });
  }
}

function clip(address: bigint): bigint {
  return min(address, ADDRESS_SPACE_END);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
