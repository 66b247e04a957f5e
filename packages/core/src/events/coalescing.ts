import { type Address, ADDRESS_SPACE_END, toAddress, toSize } from "../address.js";
import { checkRegion } from "../arguments.js";
import { RegionOptionsError } from "../errors.js";
import { internalsOf, type MemoryRegion } from "../region/memory-region.js";

/**
 * Lets all writes to a region be queued (`memory_region_set_coalescing`): by a `CoalescedQueue`,
 * if whoever runs the guest attached one. Otherwise listeners are told, and nothing changes.
 * @throws RegionOptionsError for a region of 2^64 bytes.
 * @see {@link addCoalescing}
 */
export function setCoalescing(region: MemoryRegion): void {
  checkRegion(region, "setCoalescing");
  if (region.size >= ADDRESS_SPACE_END) {
    throw new RegionOptionsError(`${region.describe()}: 2^64 bytes cannot be coalesced`, {
      rule: "coalesce-size",
      region: region.describe(),
    });
  }
  clearCoalescing(region);
  addCoalescing(region, 0n, region.size);
}

/**
 * Lets writes to `[offset, offset + size)` of a region be queued, in bytes.
 * @see the guide "From QEMU's memory.h to Mem", "What is as you know it"
 */
export function addCoalescing(region: MemoryRegion, offset: Address, size: Address): void {
  checkRegion(region, "addCoalescing");
  const own = internalsOf(region);
  own.assertUsable("coalesce");
  const range = {
    addr: toAddress(offset, "coalesced offset", region.describe()),
    size: toSize(size, "coalesced size", region.describe()),
  };
  own.ownWatchers.coalesced = [...own.watchers.coalesced, range];
  own.system.views.coalescedRange(region, range.addr, range.size, true);
  setFlushCoalesced(region);
}

/**
 * Ends all queueing of writes (`memory_region_clear_coalescing`), oldest range first; what is
 * queued is delivered before.
 * @see the guide "From QEMU's memory.h to Mem", "What is as you know it"
 */
export function clearCoalescing(region: MemoryRegion): void {
  checkRegion(region, "clearCoalescing");
  const own = internalsOf(region);
  own.assertUsable("stop coalescing");
  if (own.watchers.coalesced.length === 0) return;
  own.system.flushCoalescedMmio();
  own.ownWatchers.flushCoalesced = false;
  for (let range = own.watchers.coalesced[0]; range; range = own.watchers.coalesced[0]) {
    own.ownWatchers.coalesced = own.watchers.coalesced.slice(1);
    own.system.views.coalescedRange(region, range.addr, range.size, false);
  }
}

/**
 * Queued writes are flushed before the region is accessed (`memory_region_set_flush_coalesced`).
 */
export function setFlushCoalesced(region: MemoryRegion): void {
  checkRegion(region, "setFlushCoalesced");
  internalsOf(region).ownWatchers.flushCoalesced = true;
}

/**
 * Ends {@link setFlushCoalesced}, unless the region itself is coalesced
 * (`memory_region_clear_flush_coalesced`).
 * @see {@link setFlushCoalesced}
 */
export function clearFlushCoalesced(region: MemoryRegion): void {
  checkRegion(region, "clearFlushCoalesced");
  const own = internalsOf(region);
  if (own.watchers.coalesced.length === 0) own.ownWatchers.flushCoalesced = false;
}
