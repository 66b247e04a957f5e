import {
  type Address,
  ADDRESS_MAX,
  AddressError,
  hex,
  type MemoryRegion,
  toAddress,
  toSize,
} from "@mem/core";
import { narrow } from "@mem/core/plumbing";
import { type TraceTarget, type AccessType, targetOf, TYPE_BITS } from "./access-event.js";
import type { AccessRecord } from "./access-record.js";

/**
 * Bus addresses `addr` to `addr + size - 1`, in bytes; beyond 2^64 there is nothing.
 * @see {@link AccessTrace}
 */
export interface TraceRange {
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** 1 to 2^64. */
  readonly size: Address;
}

/**
 * Accesses that are meant: those that all of what is given applies to.
 * @see {@link AccessTrace}
 */
export interface TraceFilter {
  /** Accesses that touch one of these ranges. */
  readonly ranges?: readonly TraceRange[];
  /** Accesses of one of these types. */
  readonly types?: readonly AccessType[];
  /** The kinds of things that are reached; `"iommu"` for those that were translated on the way, or refused there. */
  readonly targets?: readonly (TraceTarget | "iommu")[];
  /** Accesses that reach one of these regions, or are translated by it. */
  readonly regions?: readonly MemoryRegion[];
}

/** Inclusive bounds, numbers where these are exact. */
export interface Bounds {
  readonly first: Address;
  readonly last: Address;
}

/** A filter as it is asked. */
export class AccessFilter {
  /** `null`: all addresses. */
  readonly ranges: readonly Bounds[] | null;
  readonly typeMask: number;
  readonly #targets: ReadonlySet<TraceTarget | "iommu"> | null;
  readonly #regions: ReadonlySet<MemoryRegion> | null;

  /** @throws AddressError for a range without bytes, or one that is no range of 64-bit addresses. */
  constructor({ ranges, types, targets, regions }: TraceFilter) {
    this.ranges = ranges?.map(boundsOf) ?? null;
    this.typeMask = types?.reduce((mask, type) => mask | TYPE_BITS[type], 0) ?? -1;
    this.#targets = targets ? new Set(targets) : null;
    this.#regions = regions ? new Set(regions) : null;
  }

  matches(record: AccessRecord): boolean {
    if ((this.typeMask & record.typeBit) === 0) return false;
    if (this.ranges !== null && !touchesAny(this.ranges, record.address, record.size)) return false;
    const { region, via } = record;
    const regions = this.#regions;
    if (regions !== null && !regions.has(region) && (via === null || !regions.has(via))) {
      return false;
    }
    const targets = this.#targets;
    if (targets === null || targets.has(targetOf(region))) return true;
    return via !== null && targets.has("iommu");
  }
}

/** True if `size` bytes from an address share one with a range. */
export function touchesAny(ranges: readonly Bounds[], addr: Address, size: number): boolean {
  const end = typeof addr === "number" ? addr + size - 1 : addr + BigInt(size) - 1n;
  for (const { first, last } of ranges) if (addr <= last && end >= first) return true;
  return false;
}

function boundsOf({ addr, size }: TraceRange): Bounds {
  const first = toAddress(addr, "start of a traced range");
  const length = toSize(size, "size of a traced range");
  if (length === 0n) {
    throw new AddressError(`the traced range at ${hex(first)} has no bytes`, {
      rule: "empty-range",
      address: first,
    });
  }
  const last = first + length - 1n;
  return { first: narrow(first), last: narrow(last < ADDRESS_MAX ? last : ADDRESS_MAX) };
}
