import type { QomObject } from "@mem/qom";
import type { MemoryRegion } from "./memory-region.js";
import type { ResolvedMmioOps } from "./mmio-ops.js";
import type { RamBlock } from "./ram-block.js";

/**
 * What a region is. ROM is `ram` with its read-only attribute set; resizeable RAM is `ram`
 * whose block has room to grow.
 */
export type RegionKind =
  "container" | "ram" | "ramDevice" | "mmio" | "romDevice" | "reservation" | "alias" | "iommu";

/** Checked options from which a region is built. */
export interface RegionSpec {
  readonly kind: RegionKind;
  readonly name: string | null;
  readonly owner: QomObject | null;
  /** Bytes, 0 to 2^64. */
  readonly size: bigint;
  readonly target?: MemoryRegion;
  readonly aliasOffset?: bigint;
  readonly ops?: ResolvedMmioOps | null;
  readonly ramBlock?: RamBlock;
  readonly readonly?: boolean;
}
