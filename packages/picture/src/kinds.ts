import type { MemoryRegion } from "@mem/core";

/**
 * The way in which a box is drawn. `rom` is RAM that the guest may not write; `hole` is no region at all.
 * @see {@link layoutMap}
 */
export type PictureKind =
  | "ram"
  | "rom"
  | "ramDevice"
  | "romDevice"
  | "mmio"
  | "reservation"
  | "iommu"
  | "alias"
  | "container"
  | "hole";

/** Every kind, in the order of the legend. */
export const PICTURE_KINDS = [
  "ram",
  "rom",
  "mmio",
  "romDevice",
  "ramDevice",
  "reservation",
  "iommu",
  "alias",
  "container",
  "hole",
] as const satisfies readonly PictureKind[];

/** The letter that tells kinds apart where colours do not. */
export const KIND_LETTERS: Readonly<Record<PictureKind, string>> = {
  ram: "R",
  rom: "O",
  ramDevice: "V",
  romDevice: "F",
  mmio: "M",
  reservation: "X",
  iommu: "T",
  alias: "A",
  container: "C",
  hole: "",
};

/** The kind in words. */
export const KIND_WORDS: Readonly<Record<PictureKind, string>> = {
  ram: "RAM",
  rom: "ROM",
  ramDevice: "RAM of a device",
  romDevice: "ROM device (flash)",
  mmio: "device registers (MMIO)",
  reservation: "reserved",
  iommu: "translated",
  alias: "alias",
  container: "container",
  hole: "hole: nothing answers",
};

/**
 * The kind of a region.
 * @param readonly it shows read-only, as below a read-only alias
 */
export function kindOf(region: MemoryRegion, readonly = region.readonly): PictureKind {
  return region.kind === "ram" && readonly ? "rom" : region.kind;
}
