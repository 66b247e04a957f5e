import { type Address, hex, type MemoryRegion } from "@mem/core";
import type { Summary } from "@mem/flat/plumbing";

/** A cache as far as it is shown. */
interface ShownCache {
  readonly length: number;
  readonly isWrite: boolean;
  readonly isDirect: boolean;
}

/** The piece that a cache holds. */
interface ShownPiece {
  readonly addr: Address;
  readonly region: MemoryRegion;
  readonly xlat: Address;
}

/** E.g. `0x1000+0x40 ram@0x1000 (direct)`. */
export function cacheText({ length, isDirect }: ShownCache, piece: ShownPiece | null): string {
  if (piece === null) return "(nothing cached)";
  const place = `${hex(piece.addr)}+${hex(length)} ${piece.region.name}@${hex(piece.xlat)}`;
  return `${place}${isDirect ? " (direct)" : ""}`;
}

/** The text that `console.log` shows of a cache. */
export function cacheSummary(cache: ShownCache, piece: ShownPiece | null): Summary {
  const facts = [piece !== null && (cache.isWrite ? "read and write" : "read only")];
  return { kind: "MemoryRegionCache", name: cacheText(cache, piece), facts };
}

/** The data of a cache. */
export function cacheData(cache: ShownCache, piece: ShownPiece | null): object {
  const { isDirect, isWrite, length } = cache;
  return {
    address: piece && hex(piece.addr),
    length,
    region: piece && piece.region.name,
    offset: piece && hex(piece.xlat),
    isWrite,
    isDirect,
  };
}
