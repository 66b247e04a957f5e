import {
  type Address,
  type MemoryRegion,
  MemorySystem,
  type MemTxAttrs,
  type MemTxResult,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import type { AddressSpace } from "../space/address-space.js";

/**
 * The kind of access: a byte or word was read or written, an instruction's byte was fetched
 * ({@link AddressSpace.fetch}), memory was mapped for a transfer, or that ended.
 * @see {@link AccessTrace}
 */
export type AccessType = "read" | "write" | "fetch" | "map" | "unmap";

/**
 * The kind of thing that an access reached: RAM, ROM (RAM that refuses writes by itself), a ROM device in either of
 * its modes, any other region that answers itself, or a hole.
 * @see {@link AccessTrace}
 */
export type TraceTarget = "ram" | "rom" | "romd" | "mmio" | "unassigned";

/**
 * One access, as it ended.
 * @see {@link AccessTrace}, whose callbacks are told of them
 */
export interface AccessEvent {
  /** The kind of access. */
  readonly type: AccessType;
  /** The address space that was asked. */
  readonly space: AddressSpace;
  /** The address in it, in bytes. */
  readonly address: Address;
  /** Bytes. Of a transfer each piece is an event: a device's access, or a run of memory. */
  readonly size: number;
  /**
   * The value that was read or written, as a little-endian number, whatever order was asked for: a `bigint`
   * for more than 4 bytes, `null` for more than 8 and where nothing was moved.
   */
  readonly value: number | bigint | null;
  /** True if bytes went, or are to go, towards the guest's memory. */
  readonly isWrite: boolean;
  /** The place where it ended, after all translations; the unassigned region for a hole. */
  readonly region: MemoryRegion;
  /** Offset within {@link region}, in bytes. */
  readonly offset: Address;
  /** The kind of thing that was reached. */
  readonly target: TraceTarget;
  /** The IOMMU that translated it first, if one did. */
  readonly via: MemoryRegion | null;
  /** The result, {@link MemTxResult} bits. */
  readonly result: MemTxResult;
  /** The bus master's attributes. */
  readonly attrs: MemTxAttrs;
  /** Ascends over all traces of a machine; numbers that are left out are accesses nobody asked for. */
  readonly sequence: number;
}

/** Types as bits. */
export const TYPE_BITS: Readonly<Record<AccessType, number>> = {
  read: 1,
  write: 2,
  fetch: 4,
  map: 8,
  unmap: 16,
};

/** The kind of a region to one who accesses it. */
export function targetOf(region: MemoryRegion): TraceTarget {
  if (region === MemorySystem.of(region).unassigned) return "unassigned";
  if (internalsOf(region).isRomDevice) return "romd";
  if (region.isRam) return region.readonly ? "rom" : "ram";
  return "mmio";
}
