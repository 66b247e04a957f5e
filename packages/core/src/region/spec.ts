import type { QomObject } from "@mem/qom";
import type { ResolvedMmioOps } from "../mmio/resolved-ops.js";
import type { RamBlock } from "../ram/block.js";

/**
 * The kind of a region. ROM is `ram` with its read-only attribute set; resizeable RAM is `ram`
 * whose block has room to grow.
 * @see {@link MemorySystem}
 */
export type RegionKind =
  "container" | "ram" | "ramDevice" | "mmio" | "romDevice" | "reservation" | "alias" | "iommu";

/** The kinds, by the number that a region's word of flags has for them. */
export const REGION_KINDS = [
  "container",
  "alias",
  "ram",
  "ramDevice",
  "romDevice",
  "mmio",
  "reservation",
  "iommu",
] as const satisfies readonly RegionKind[];

/**
 * Checked options from which a region is built.
 */
export interface RegionSpec<Region = unknown> {
  /** Kind of the region. */
  readonly kind: RegionKind;
  /** Its name; `null` keeps it out of the object tree. */
  readonly name: string | null;
  /** Whoever must live while it is in use, if anybody. */
  readonly owner: QomObject | null;
  /** Bytes, 0 to 2^64. */
  readonly size: bigint;
  /** Region that an alias shows. */
  readonly target?: Region;
  /** Offset of an alias in its target, in bytes. */
  readonly aliasOffset?: bigint;
  /** The callbacks of a device. */
  readonly ops?: ResolvedMmioOps | null;
  /** The memory of RAM, ROM and ROM devices. */
  readonly ramBlock?: RamBlock;
  /** True if it starts as read-only. */
  readonly readonly?: boolean;
}
