import {
  type Address,
  type Data64,
  type MemOp,
  type MemoryRegion,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  type MemTxResult,
} from "@mem/core";
import { addWrapped, internalsOf, narrow, systemInternals } from "@mem/core/plumbing";
import { type AccessWindow, type FlatView } from "@mem/flat";
import { type AccessInitiator, MemAccess, performAccess, ScratchStack } from "@mem/flat/plumbing";
import type { TxStatus } from "./tx-status.js";

/** As whom leak reports name a cache. */
const HOLDER = "cache";

/**
 * Memory that a cache holds on to, and the way to it when it cannot be used in place: the region
 * found at creation is asked directly, without looking the address up again; only an IOMMU
 * translates anew for each access.
 */
export class CachedSlowPath implements AccessInitiator {
  readonly region: MemoryRegion;
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** Offset of the first byte within {@link region}. */
  readonly xlat: Address;
  /** The view that it was found in. */
  readonly flatView: FlatView;
  /** The section that accesses stay in; `null` where an IOMMU translates each. */
  readonly #section: AccessWindow | null;
  readonly #accesses: ScratchStack<MemAccess>;
  readonly #remaining: bigint;

  /** @param splits true if words go to each side of a boundary that they cross. */
  constructor(view: FlatView, start: bigint, splits: boolean) {
    this.addr = narrow(start);
    const window = view.find(this.addr);
    this.region = window.region;
    this.xlat = window.xlat(this.addr);
    this.#remaining = window.remaining(this.addr);
    this.flatView = view;
    this.#section = internalsOf(window.region).isIommu ? null : window;
    this.#accesses = new ScratchStack(
      systemInternals(view.system).reclaimer,
      () => new MemAccess(this, splits),
    );
  }

  /** The machine that it belongs to. */
  get system(): MemorySystem {
    return this.flatView.system;
  }

  /** Number of `wanted` bytes that lie in the section of the first byte; a hole has no end. */
  sectionLength(wanted: number): number {
    const isHole = this.region === this.flatView.system.unassigned;
    return isHole || this.#remaining > wanted ? wanted : Number(this.#remaining);
  }

  /** Takes a use of the region, and keeps the view. */
  retain(): this {
    this.region.refUse(HOLDER);
    this.flatView.retain();
    return this;
  }

  /** Gives both back. */
  release(): void {
    this.flatView.release();
    this.region.unrefUse(HOLDER);
    internalsOf(this.region).system.reclaimer.drain();
  }

  /** True if stores into the memory have to be told to dirty clients. */
  get isLogged(): boolean {
    return internalsOf(this.region).writeLoggers !== 0;
  }

  /** True if accesses in a direction go straight to memory. */
  isDirect(isWrite: boolean): boolean {
    return internalsOf(this.region).isDirect(isWrite, MEMTXATTRS_UNSPECIFIED);
  }

  /** True if stores in place have to be told: to those who watch code, to dirty clients if asked. */
  tellsStores(marksDirty: boolean): boolean {
    if (internalsOf(this.region).ramBlock?.isCodeWatched === true) return true;
    return marksDirty && this.isLogged;
  }

  /** Tells them of a store. */
  stored(offset: number, length: number, marksDirty: boolean): void {
    if (marksDirty) this.markWritten(offset, length);
    else internalsOf(this.region).ramBlock?.codeStored(Number(this.xlat) + offset, length);
  }

  /** Writes the log line of a callback about the cache that threw. */
  logCallbackError(error: unknown): void {
    internalsOf(this.region).logCallbackError(error);
  }

  /** Tells the dirty clients that memory was written in place. */
  markWritten(offset: number, length: number): void {
    this.region.markWritten(Number(this.xlat) + offset, length);
  }

  /** Loads 1 to 8 bytes; the answer is good until the next access. */
  load(
    offset: number,
    op: MemOp,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
    status: TxStatus | undefined,
  ): Data64 {
    const access = this.#begin();
    const { ownData } = access;
    const result = performAccess(access.word("load", this.#at(offset), op, ownData, attrs));
    if (status) status.result = result;
    return ownData;
  }

  /** Stores 1 to 8 bytes. */
  store(
    offset: number,
    value: number | bigint | Data64,
    op: MemOp,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
    status: TxStatus | undefined,
  ): void {
    const access = this.#begin();
    const { ownData } = access;
    if (typeof value === "number") ownData.value = value;
    else if (typeof value === "bigint") ownData.value64 = value;
    else ownData.set(value.lo, value.hi);
    const result = performAccess(access.word("store", this.#at(offset), op, ownData, attrs));
    if (status) status.result = result;
  }

  /** Reads bytes piece by piece. */
  read(offset: number, into: Uint8Array): MemTxResult {
    return this.#transfer("read", offset, into);
  }

  /** Writes bytes piece by piece. */
  write(offset: number, from: Uint8Array): MemTxResult {
    return this.#transfer("write", offset, from);
  }

  #transfer(kind: "read" | "write", offset: number, bytes: Uint8Array): MemTxResult {
    const at = this.#at(offset);
    return performAccess(this.#begin().transfer(kind, at, bytes, MEMTXATTRS_UNSPECIFIED));
  }

  /**
   * An access begins: it stays in the section that was found, unless that is an IOMMU. What a
   * translation leads to is asked for anew, as in an access without a cache.
   */
  #begin(): MemAccess {
    const access = this.#accesses.current.begin();
    access.section = this.#section;
    return access;
  }

  #at(offset: number): Address {
    return addWrapped(this.addr, offset);
  }
}
