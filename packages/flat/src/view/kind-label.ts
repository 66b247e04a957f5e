import type { MemoryRegion } from "@mem/core";

/** `ramd`, `romd`, `rom`, `ram` or `i/o`, as `info mtree` has it; an alias is what it shows. */
export function kindLabel(region: MemoryRegion): string {
  if (region.alias) return kindLabel(region.alias);
  if (region.isRamDevice) return "ramd";
  if (region.isRomd) return "romd";
  if (region.isRom) return "rom";
  return region.isRam ? "ram" : "i/o";
}
