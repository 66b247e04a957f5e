import {
  type Data64,
  type MemOp,
  MemOp as Op,
  type MemTxAttrs,
  MemTxResult,
  memOpSize,
} from "@mem/core";
import { loadDataAt, storeDataAt } from "@mem/flat/plumbing";
import { checkStored } from "./arguments.js";
import type { CachedSlowPath } from "./cached-slow-path.js";
import { orderedOp } from "./ordered-op.js";
import type { TxStatus } from "./tx-status.js";
import { loadWordAt, storeWordAt } from "./view-access.js";
import { WordAccess } from "./word-access.js";

const NO_MEMORY = new DataView(new ArrayBuffer(0));

/**
 * The loads and stores of a cached piece: straight to its bytes where it has some at hand, otherwise by
 * what it was looked up as.
 * @see {@link MemoryRegionCache}, which is one
 */
export abstract class CachedWords extends WordAccess<number> {
  // What the most frequent accesses need, as fields of this object: the bytes, and the offsets below
  // which 4 of them may be read and written in place. Shorter accesses to the last bytes are slow ones.
  protected readable = 0;
  protected writable = 0;
  protected memory: DataView = NO_MEMORY;

  /** View of the bytes that are held in place; `null` where there are none. */
  abstract get view(): DataView | null;

  /**
   * The way of all that is not in place.
   * @throws LifecycleError when nothing is cached
   */
  protected abstract target(action: string): CachedSlowPath;

  /** @throws AddressError when an access leaves the piece */
  protected abstract check(offset: number, size: number): void;

  /** @throws AddressError when a store leaves the piece; LifecycleError when it is for reading only */
  protected abstract checkWrite(offset: number, size: number): void;

  /** Bytes were stored in place. */
  protected abstract mark(offset: number, length: number): void;

  /** Holds no bytes in place any more. */
  protected dropBytes(): void {
    this.readable = this.writable = 0;
    this.memory = NO_MEMORY;
  }

  protected override load8(offset: number, attrs?: MemTxAttrs, status?: TxStatus): number {
    if (typeof offset === "number" && offset >>> 0 === offset && offset < this.readable) {
      if (status !== undefined) status.result = MemTxResult.OK;
      return this.memory.getUint8(offset);
    }
    return this.#loadSlow(offset, Op.SIZE_8, attrs, status) >>> 0;
  }

  protected override load16(
    offset: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number {
    if (typeof offset === "number" && offset >>> 0 === offset && offset < this.readable) {
      if (status !== undefined) status.result = MemTxResult.OK;
      return this.memory.getUint16(offset, isLittle);
    }
    return this.#loadSlow(offset, orderedOp(Op.SIZE_16, isLittle), attrs, status) >>> 0;
  }

  protected override load32(
    offset: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number {
    if (typeof offset === "number" && offset >>> 0 === offset && offset < this.readable) {
      if (status !== undefined) status.result = MemTxResult.OK;
      return this.memory.getUint32(offset, isLittle);
    }
    return this.#loadSlow(offset, orderedOp(Op.SIZE_32, isLittle), attrs, status) >>> 0;
  }

  protected override store8(
    offset: number,
    value: number,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    if (
      typeof value === "number" &&
      typeof offset === "number" &&
      offset >>> 0 === offset &&
      offset < this.writable
    ) {
      this.memory.setUint8(offset, value);
      if (status !== undefined) status.result = MemTxResult.OK;
    } else {
      this.#storeSlow(offset, value, Op.SIZE_8, attrs, status);
    }
  }

  protected override store16(
    offset: number,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    if (
      typeof value === "number" &&
      typeof offset === "number" &&
      offset >>> 0 === offset &&
      offset < this.writable
    ) {
      this.memory.setUint16(offset, value, isLittle);
      if (status !== undefined) status.result = MemTxResult.OK;
    } else {
      this.#storeSlow(offset, value, orderedOp(Op.SIZE_16, isLittle), attrs, status);
    }
  }

  protected override store32(
    offset: number,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    if (
      typeof value === "number" &&
      typeof offset === "number" &&
      offset >>> 0 === offset &&
      offset < this.writable
    ) {
      this.memory.setUint32(offset, value, isLittle);
      if (status !== undefined) status.result = MemTxResult.OK;
    } else {
      this.#storeSlow(offset, value, orderedOp(Op.SIZE_32, isLittle), attrs, status);
    }
  }

  protected override loadQuad(
    offset: number,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): bigint {
    this.check(offset, 8);
    if (this.view !== null) {
      if (status) status.result = MemTxResult.OK;
      return this.view.getBigUint64(offset, (op & Op.BIG) === 0);
    }
    return this.target("load from").load(offset, op, attrs, status).value64;
  }

  protected override storeQuad(
    offset: number,
    value: bigint,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    this.checkWrite(offset, 8);
    if (this.view !== null) {
      this.view.setBigUint64(offset, value, (op & Op.BIG) === 0);
      this.mark(offset, 8);
      if (status) status.result = MemTxResult.OK;
    } else {
      this.target("store to").store(offset, value, op, attrs, status);
    }
  }

  protected override loadHalves(
    offset: number,
    into: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    this.check(offset, 8);
    if (this.view !== null) {
      loadDataAt(this.view, offset, op, into);
      if (status) status.result = MemTxResult.OK;
    } else {
      const { lo, hi } = this.target("load from").load(offset, op, attrs, status);
      into.set(lo, hi);
    }
  }

  protected override storeHalves(
    offset: number,
    from: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    this.checkWrite(offset, 8);
    if (this.view !== null) {
      storeDataAt(this.view, offset, op, from);
      this.mark(offset, 8);
      if (status) status.result = MemTxResult.OK;
    } else {
      this.target("store to").store(offset, from, op, attrs, status);
    }
  }

  /** A load that is not of memory in place, or leaves the cache. */
  #loadSlow(
    offset: number,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): number {
    this.check(offset, memOpSize(op));
    if (this.view === null) return this.target("load from").load(offset, op, attrs, status).lo;
    if (status) status.result = MemTxResult.OK;
    return loadWordAt(this.view, offset, op);
  }

  /** A store that is not to memory in place, or not allowed. */
  #storeSlow(
    offset: number,
    value: number,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    checkStored(value);
    this.checkWrite(offset, memOpSize(op));
    if (this.view === null) {
      this.target("store to").store(offset, value, op, attrs, status);
      return;
    }
    storeWordAt(this.view, offset, value, op);
    this.mark(offset, memOpSize(op));
    if (status) status.result = MemTxResult.OK;
  }
}
