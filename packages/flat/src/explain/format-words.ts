import { hex, type MemoryRegion, type RegionKind } from "@mem/core";

const KINDS: Readonly<Record<RegionKind, string>> = {
  container: "container",
  ram: "RAM",
  ramDevice: "RAM device",
  mmio: "MMIO",
  romDevice: "ROM device",
  reservation: "reservation",
  alias: "alias",
  iommu: "IOMMU",
};

/** The kind of a region. */
export function kindName(region: MemoryRegion): string {
  return region.isRom ? "ROM" : KINDS[region.kind];
}

/** A region's name; there are some without. */
export function nameOf(region: MemoryRegion): string {
  return region.name || "(anonymous)";
}

/** Addresses from the first to the last; `to` is one past that. */
export function span(from: bigint, to: bigint): string {
  return `${hex(from)}-${hex(to - 1n)}`;
}

/** Lines two spaces further to the right. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** E.g. `1, 2 and 4`. */
export function list(items: readonly (string | number)[]): string {
  const last = items.at(-1);
  if (last === undefined) return "";
  const rest = items.slice(0, -1);
  return rest.length > 0 ? `${rest.join(", ")} and ${last}` : `${last}`;
}
