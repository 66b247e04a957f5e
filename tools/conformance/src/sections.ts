import type { MemoryRegionSection } from "@mem/flat";
import { bit, hex } from "./format-number.js";
import type { Journal } from "./journal.js";
import type { JsonObject } from "./script.js";

/** A section as results and log entries show it. */
export function sectionFields(harness: Journal, section: MemoryRegionSection): JsonObject {
  return {
    mr: harness.regionId(section.region),
    off: hex(section.offsetWithinRegion),
    addr: hex(section.offsetWithinAddressSpace),
    size: hex(section.size),
    ro: bit(section.readonly),
    nv: bit(section.nonvolatile),
    um: bit(section.unmergeable),
  };
}
