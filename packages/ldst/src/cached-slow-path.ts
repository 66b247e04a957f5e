import {
  type Address,
  addWrapped,
  type Data64,
  memOp,
  type MemOp,
  memOpSize,
  type MemoryRegion,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
  narrow,
} from "@mem/core";
import { accessChunk, dispatchRead, dispatchWrite, internalsOf } from "@mem/core/plumbing";
import { type FlatView } from "@mem/flat";
import {
  loadTranslated,
  loadView,
  readView,
  ScratchStack,
  storeTranslated,
  storeView,
  type Translation,
  writeView,
} from "@mem/flat/plumbing";
import type { TxStatus } from "./tx-status.js";

/** As whom leak reports name a cache. */
const HOLDER = "cache";

/**
 * Memory that a cache holds on to, and the way to it when it cannot be used in place: the region
 * found at creation is asked directly, without looking the address up again; only an IOMMU
 * translates anew for each access.
 */
export class CachedSlowPath {
  readonly region: MemoryRegion;
  /** Bus address of the first byte. */
  readonly addr: Address;
  /** Offset of the first byte within {@link region}. */
  readonly xlat: Address;
  /** The view that it was found in. */
  readonly view: FlatView;
  readonly #scratch: ScratchStack;
  readonly #remaining: bigint;

  /** @param splits whether words go to each side of a boundary that they cross. */
  constructor(view: FlatView, start: bigint, splits: boolean) {
    this.addr = narrow(start);
    const window = view.find(this.addr);
    this.region = window.region;
    this.xlat = window.xlat(this.addr);
    this.#remaining = window.remaining(this.addr);
    this.view = view;
    this.#scratch = new ScratchStack(view.system, splits);
  }

  /** Number of `wanted` bytes that lie in the section of the first byte; a hole has no end. */
  sectionLength(wanted: number): number {
    const isHole = this.region === this.view.system.unassigned;
    return isHole || this.#remaining > wanted ? wanted : Number(this.#remaining);
  }

  /** Takes a use of the region, and keeps the view. */
  retain(): this {
    this.region.refUse(HOLDER);
    this.view.retain();
    return this;
  }

  /** Gives both back. */
  release(): void {
    this.view.release();
    this.region.unrefUse(HOLDER);
    this.region.system.reclaimer.drain();
  }

  /** True if stores into the memory have to be told to dirty clients. */
  get isLogged(): boolean {
    return internalsOf(this.region).writeLoggers !== 0;
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
    const { data, translation } = this.#scratch.current;
    const { reclaimer } = this.region.system;
    reclaimer.enter();
    try {
      const result = this.region.isIommu
        ? loadView(this.view, addWrapped(this.addr, offset), op, data, attrs, translation)
        : loadTranslated(this.#locate(offset, memOpSize(op), translation), op, data, attrs);
      if (status) status.result = result;
      return data;
    } finally {
      reclaimer.exit();
    }
  }

  /** Stores 1 to 8 bytes. */
  store(
    offset: number,
    value: number | bigint | Data64,
    op: MemOp,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
    status: TxStatus | undefined,
  ): void {
    const { data, translation } = this.#scratch.current;
    if (typeof value === "number") data.value = value;
    else if (typeof value === "bigint") data.value64 = value;
    else data.set(value.lo, value.hi);
    const { reclaimer } = this.region.system;
    reclaimer.enter();
    try {
      const result = this.region.isIommu
        ? storeView(this.view, addWrapped(this.addr, offset), op, data, attrs, translation)
        : storeTranslated(this.#locate(offset, memOpSize(op), translation), op, data, attrs);
      if (status) status.result = result;
    } finally {
      reclaimer.exit();
    }
  }

  /** Reads bytes piece by piece. */
  read(offset: number, into: Uint8Array): MemTxResult {
    return this.#transfer(offset, into, false);
  }

  /** Writes bytes piece by piece. */
  write(offset: number, from: Uint8Array): MemTxResult {
    return this.#transfer(offset, from, true);
  }

  #transfer(offset: number, bytes: Uint8Array, isWrite: boolean): MemTxResult {
    const scratch = this.#scratch.current;
    const { data, translation } = scratch;
    const { reclaimer } = this.region.system;
    let result: MemTxResult = MemTxResult.OK;
    reclaimer.enter();
    try {
      // What a translation leads to is asked for each piece, as in an access without a cache: the
      // next piece may be another region's, or the translation another one by then.
      if (this.region.isIommu) {
        const at = addWrapped(this.addr, offset);
        const move = isWrite ? writeView : readView;
        return move(this.view, at, bytes, MEMTXATTRS_UNSPECIFIED, scratch);
      }
      for (let done = 0; done < bytes.length;) {
        const left = bytes.length - done;
        this.#locate(offset + done, left, translation);
        const n = pieceLength(translation, left, isWrite);
        result |= movePiece(translation, bytes.subarray(done, done + n), isWrite, data);
        done += n;
      }
    } finally {
      reclaimer.exit();
    }
    return result;
  }

  #locate(offset: number, length: number, translation: Translation): Translation {
    translation.window = null;
    translation.region = this.region;
    translation.xlat = addWrapped(this.xlat, offset);
    translation.length = length;
    return translation;
  }
}

/** Bytes that move at once: up to the end of memory, or one access of a device. */
function pieceLength(translation: Translation, left: number, isWrite: boolean): number {
  const { region } = translation;
  const room = (region.ramBlock?.maxLength ?? 0) - Number(translation.xlat);
  if (region.isDirect(isWrite, MEMTXATTRS_UNSPECIFIED) && room > 0) return Math.min(left, room);
  return accessChunk(internalsOf(region), left, translation.xlat);
}

function movePiece(
  translation: Translation,
  piece: Uint8Array,
  isWrite: boolean,
  data: Data64,
): MemTxResult {
  const { region, xlat } = translation;
  const attrs = MEMTXATTRS_UNSPECIFIED;
  if (region.isDirect(isWrite, attrs) && Number(xlat) < (region.ramBlock?.maxLength ?? 0)) {
    if (!isWrite) {
      region.ramBlock?.read(Number(xlat), piece);
    } else {
      region.ramBlock?.write(Number(xlat), piece);
      region.markWritten(Number(xlat), piece.length);
    }
    return MemTxResult.OK;
  }
  const op = memOp(piece.length);
  if (isWrite) {
    data.loadBytes(piece, 0, piece.length);
    return dispatchWrite(internalsOf(region), xlat, op, data, attrs);
  }
  const result = dispatchRead(internalsOf(region), xlat, op, data, attrs);
  data.storeBytes(piece, 0, piece.length);
  return result;
}
