import { ADDRESS_SPACE_END } from "./address.js";
import type { MemoryRegion } from "./memory-region.js";

/** Where a rendered view learns which of its addresses a change may have altered. */
export interface DamageSink {
  /** Addresses `[from, to)` of the view may resolve differently. */
  damage(from: bigint, to: bigint): void;
  /** Anything may. */
  damageAll(): void;
}

/** Paths followed upwards for one change before every view is declared damaged instead. */
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
  const budget = { steps: MAX_STEPS };
  climb(region, from, to, budget);
  if (budget.steps <= 0) region.memory.damageEverything();
}

function climb(region: MemoryRegion, from: bigint, to: bigint, budget: { steps: number }): void {
  if (from >= to || budget.steps-- <= 0) return;
  region.damageSink?.damage(clip(from + region.addr), clip(to + region.addr));
  const { container } = region;
  if (container && container.enabled) {
    const size = container.size;
    climb(container, from + region.addr, min(to + region.addr, size), budget);
  }
  for (const alias of region.aliasedBy) {
    if (!alias.enabled) continue;
    const low = from - alias.aliasOffset;
    climb(alias, low < 0n ? 0n : low, min(to - alias.aliasOffset, alias.size), budget);
  }
}

function clip(address: bigint): bigint {
  return min(address, ADDRESS_SPACE_END);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
