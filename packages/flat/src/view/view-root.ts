import type { MemoryRegion } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";

/**
 * The region that the view of an address space is really built from: whole aliases and
 * containers with one fitting child are looked through, so that address spaces which come to
 * the same region share a view. `null` when nothing can show. Attributes of what was looked
 * through are lost, as they are in QEMU.
 */
export function effectiveRoot(root: MemoryRegion): MemoryRegion | null {
  for (let region = root; region.enabled;) {
    const next = simpler(region);
    if (next === region) return internalsOf(region).isCountable ? region : null;
    if (next === null) return null;
    region = next;
  }
  return null;
}

/**
 * The regions from `root` on that are looked through one after the other; last the one that the
 * view is built from, or that nothing can show of: see {@link effectiveRoot}.
 */
export function lookThrough(root: MemoryRegion): MemoryRegion[] {
  const chain = [root];
  for (let region = root; region.enabled;) {
    const next = simpler(region);
    if (next === null || next === region) break;
    chain.push(next);
    region = next;
  }
  return chain;
}

function simpler(region: MemoryRegion): MemoryRegion | null {
  const { alias } = region;
  if (alias) return region.aliasOffset === 0n && region.size >= alias.size ? alias : region;
  if (internalsOf(region).terminates) return region;
  const only = internalsOf(region).subregionList?.soleEnabled();
  if (!only || only.count === 0) return null;
  const { child } = only;
  return child && child.addr === 0n && region.size >= child.size ? child : region;
}
