import { type MemoryRegion, RegionOptionsError } from "@mem/core";
import { DiscardStatus } from "./discard-status.js";
import type { RamDiscardManager } from "./ram-discard-manager.js";

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
  region.assertUsable("set the discard manager of");
  if (!region.isRam) {
    throw new RegionOptionsError(`${region.describe()} is not RAM: nothing can be discarded`, {
      rule: "discard-not-ram",
      region: region.describe(),
    });
  }
  if (manager !== null && region.ramDiscardManager !== null) return DiscardStatus.BUSY;
  region.ramDiscardManager = manager;
  return DiscardStatus.OK;
}

/** The manager of a RAM region; `null` when all of it is always there. Aliases are not followed. */
export function getRamDiscardManager(region: MemoryRegion): RamDiscardManager | null {
  return region.ramDiscardManager as RamDiscardManager | null;
}

/** Whether a region may be populated in part only. */
export function hasRamDiscardManager(region: MemoryRegion): boolean {
  return region.ramDiscardManager !== null;
}
