import type { MemoryRegion } from "@mem/core";
import { attributeRows } from "@mem/core/plumbing";

/** `ramd`, `romd`, `rom`, `ram` or `i/o`, as `info mtree` has it; an alias is what it shows. */
export function kindLabel(region: MemoryRegion): string {
  if (region.alias) return kindLabel(region.alias);
  if (region.kind === "ramDevice") return "ramd";
  if (region.isRomd) return "romd";
  if (region.isRom) return "rom";
  return region.isRam ? "ram" : "i/o";
}

/** Text before the kind, by the attributes in a word of flags: `nv-`. */
export function kindPrefix(flags: number): string {
  let prefix = "";
  for (const [, row] of attributeRows()) if ((flags & row.bit) !== 0) prefix += row.kindPrefix;
  return prefix;
}
