import {
  type Address,
  ADDRESS_MAX,
  type MemoryRegion,
  MemorySystem,
  toAddress,
  toSize,
} from "@mem/core";
import { checkRegion, INHERITED_ATTRIBUTES, REGION_ATTRIBUTES } from "@mem/core/plumbing";
import { checkCallback, checkView } from "../arguments.js";
import type { AddressSpace } from "./address-space.js";
import { AddressSpaces } from "./address-spaces.js";
import { flagsOf } from "../view/flat-range.js";
import type { FlatView } from "../view/flat-view.js";
import { MemoryRegionSection, sectionFlags } from "../view/section.js";

/**
 * The section that shows first in `[addr, addr + size)` of a region (`memory_region_find`): looked up in the
 * first address space whose root is the topmost container. `null` when nothing does, or when
 * the region is not below the root of any address space.
 * @param addr offset within the region, in bytes
 * @param size bytes asked for
 *
 * @example
 * system.addSubregion(0x8000, machine.rom({ name: "rom", size: 0x1000 }), { priority: 1 });
 * const section = findSection(system, 0x8ff0, 0x100);
 * console.log(section?.region.name, section?.offsetWithinRegion, section?.size); // prints: rom 4080n 16n
 * console.log(findSection(system, 0x8000_0000, 1)); // prints: null
 * @see the guide "Watching the map", "Asking instead"
 */
export function findSection(
  region: MemoryRegion,
  addr: Address,
  size: Address,
): MemoryRegionSection | null {
  checkRegion(region, "findSection");
  const start = toAddress(addr, "address", region.describe());
  const bytes = toSize(size, "size", region.describe());
  const place = locate(region, start);
  if (!place) return null;
  const view = place.space.flatView;
  const end = place.at + bytes;
  for (const range of view.rangesWithin(place.at, end)) {
    const low = range.start > place.at ? range.start : place.at;
    const high = range.end < end ? range.end : end;
    return new MemoryRegionSection({
      region: range.region,
      flatView: view,
      offsetWithinRegion: range.offset + (low - range.start),
      offsetWithinAddressSpace: low,
      size: high - low,
      // As in QEMU, a section that was looked for does not say so of one that stays apart.
      [sectionFlags]: flagsOf(range) & INHERITED_ATTRIBUTES & ~REGION_ATTRIBUTES.unmergeable.bit,
    });
  }
  return null;
}

/**
 * True if a region other than `container` itself shows at an address within it
 * (`memory_region_present`).
 * @param addr offset within the container, in bytes
 * @see the guide "Watching the map", "Asking instead"
 */
export function isPresent(container: MemoryRegion, addr: Address): boolean {
  checkRegion(container, "isPresent");
  const section = findSection(container, addr, 1);
  return section !== null && section.region !== container;
}

/**
 * Told of one range of a view (`flatview_cb`): its first address, its size, the region that
 * shows and the offset of the first byte within that; all in bytes. `true` ends the walk.
 * @see {@link flatViewForEachRange}
 */
export type FlatViewCallback = (
  start: bigint,
  size: bigint,
  region: MemoryRegion,
  offset: bigint,
) => boolean | void;

/**
 * Calls back for each range of a view, ascending (`flatview_for_each_range`).
 * @see the guide "Watching the map", "Asking instead"
 */
export function flatViewForEachRange(view: FlatView, callback: FlatViewCallback): void {
  checkView(view, "flatViewForEachRange");
  checkCallback(callback, "flatViewForEachRange", "the callback");
  for (const range of view.ranges()) {
    if (callback(range.start, range.size, range.region, range.offset) === true) return;
  }
}

function locate(region: MemoryRegion, addr: bigint): { space: AddressSpace; at: bigint } | null {
  let at = addr + region.addr;
  let top = region;
  while (top.container) {
    top = top.container;
    at += top.addr;
  }
  const space = AddressSpaces.of(MemorySystem.of(region)).all.find(
    (candidate) => candidate.root === top,
  );
  return space ? { space, at: at & ADDRESS_MAX } : null;
}
