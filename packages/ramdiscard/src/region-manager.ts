import { LifecycleError, type MemoryRegion, RegionOptionsError } from "@mem/core";
import { checkRegion, internalsOf } from "@mem/core/plumbing";
import { checkManager, checkSource } from "./arguments.js";
import { DiscardStatus } from "./discard-status.js";
import { RamDiscardManager } from "./ram-discard-manager.js";
import type { RamDiscardSource } from "./ram-discard-source.js";

/**
 * Gives a RAM region its manager, or takes it away with `null`
 * (`memory_region_set_ram_discard_manager`). Do it before others look at the region.
 * @returns `BUSY` when the region has a manager already, which then stays.
 * @throws RegionOptionsError when the region is not RAM.
 */
export function setRamDiscardManager(
  region: MemoryRegion,
  manager: RamDiscardManager | null,
): DiscardStatus {
  checkRegion(region, "setRamDiscardManager");
  checkManager(manager, "setRamDiscardManager");
  internalsOf(region).assertUsable("set the discard manager of");
  if (!region.isRam) {
    throw new RegionOptionsError(`${region.describe()} is not RAM: nothing can be discarded`, {
      rule: "discard-not-ram",
      region: region.describe(),
    });
  }
  if (manager !== null && internalsOf(region).watchers.ramDiscardManager !== null)
    return DiscardStatus.BUSY;
  internalsOf(region).ownWatchers.ramDiscardManager = manager;
  return DiscardStatus.OK;
}

/**
 * The manager of a RAM region; `null` when all of it is always there. Aliases are not followed.
 */
export function getRamDiscardManager(region: MemoryRegion): RamDiscardManager | null {
  checkRegion(region, "getRamDiscardManager");
  return internalsOf(region).watchers.ramDiscardManager as RamDiscardManager | null;
}

/** True if a region may be populated in part only. */
export function hasRamDiscardManager(region: MemoryRegion): boolean {
  checkRegion(region, "hasRamDiscardManager");
  return internalsOf(region).watchers.ramDiscardManager !== null;
}

/**
 * Adds a source to the manager of a RAM region, which gets one if it has none
 * (`memory_region_add_ram_discard_source`).
 * @returns as {@link RamDiscardManager.addSource}; the region keeps its state when it is refused.
 * @throws RegionOptionsError when the region is not RAM, and as {@link RamDiscardManager.addSource}.
 */
export function addRamDiscardSource(region: MemoryRegion, source: RamDiscardSource): DiscardStatus {
  checkRegion(region, "addRamDiscardSource");
  checkSource(source, "addRamDiscardSource");
  const known = getRamDiscardManager(region);
  if (known) return known.addSource(source);
  const manager = new RamDiscardManager(region);
  const status = manager.addSource(source);
  return status || setRamDiscardManager(region, manager);
}

/**
 * Removes a source from the manager of a RAM region (`memory_region_del_ram_discard_source`). A
 * manager that is left with neither sources nor listeners is taken away, too.
 * @returns as {@link RamDiscardManager.removeSource}.
 * @throws LifecycleError when it is none of the manager's sources, or there is no manager.
 */
export function removeRamDiscardSource(
  region: MemoryRegion,
  source: RamDiscardSource,
): DiscardStatus {
  checkRegion(region, "removeRamDiscardSource");
  const manager = getRamDiscardManager(region);
  if (!manager) {
    throw new LifecycleError(`${region.describe()} has no discard manager`, {
      rule: "discard-source-unknown",
      region: region.describe(),
    });
  }
  const status = manager.removeSource(source);
  const unused = manager.sources.length === 0 && manager.listenerCount === 0;
  if (!status && unused) setRamDiscardManager(region, null);
  return status;
}
