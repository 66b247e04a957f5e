import {
  type Address,
  Data64,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemorySystem,
  type MemTxAttrs,
  MemTxResult,
} from "@mem/core";
import { loadPart } from "@mem/core/plumbing";
import type { FlatView } from "../view/flat-view.js";
import type { AccessKind, AccessObserver, EndedPiece } from "./access-observer.js";
import { Translation } from "../translation/translation.js";
import { checkAttrs } from "./words.js";

/**
 * Whoever makes an access: an address space, or a cache of a piece of one.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export interface AccessInitiator {
  readonly system: MemorySystem;
  /** The view that its accesses are looked up in. */
  readonly flatView: FlatView;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One access: who makes it, what it is to do, where it went. There is one record for each depth at
 * which an initiator's accesses nest, filled anew for each, so that an access allocates nothing.
 * `performAccess` performs what it says.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export class MemAccess extends Translation implements EndedPiece {
  readonly initiator: AccessInitiator;
  /** Told of the access, or of each piece of it, as it ends; `null` where nobody asks. */
  observer: AccessObserver | null = null;
  kind: AccessKind = "load";
  /** Bus address of the first byte. */
  addr: Address = 0;
  /** Bytes that are asked for. */
  size = 0;
  /** Size and byte order of a word; without meaning for a block. */
  op: MemOp = 0;
  /** Carries the value of a word. A store may change it: exchange its bytes, for instance. */
  data: Data64;
  /** A carrier for those who bring none. */
  readonly ownData = new Data64();
  /** The bytes of a transfer. */
  bytes: Uint8Array = NO_BYTES;

  // What an observer is told, piece by piece. A word is one piece, even where it was split.
  done = 0;
  pieceSize = 0;
  /** False where nothing was moved: a master that wants memory only was refused. */
  isMoved = true;
  result: MemTxResult = MemTxResult.OK;
  /** The value of a word that was stored, as it was given, while somebody observes. */
  readonly given = new Data64();

  /** @param splits true if words go to each side of a boundary that they cross. */
  constructor(initiator: AccessInitiator, splits = false) {
    super(initiator.flatView, splits);
    this.initiator = initiator;
    this.data = this.ownData;
  }

  /** An access begins, in the present view of its initiator. */
  begin(observer: AccessObserver | null = null): this {
    this.view = this.initiator.flatView;
    this.observer = observer;
    return this;
  }

  /** The access is of a word. */
  word(
    kind: "load" | "fetch" | "store",
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
  ): this {
    checkAttrs(attrs);
    this.kind = kind;
    this.isWrite = kind === "store";
    this.addr = addr;
    this.op = op;
    this.size = 1 << (op & Op.SIZE_MASK);
    this.data = data;
    this.attrs = attrs;
    return this;
  }

  /** The access is of bytes. */
  transfer(
    kind: "read" | "write" | "writeRom",
    addr: Address,
    bytes: Uint8Array,
    attrs: MemTxAttrs,
  ): this {
    checkAttrs(attrs);
    this.kind = kind;
    this.isWrite = kind !== "read";
    this.addr = addr;
    this.bytes = bytes;
    this.size = bytes.length;
    this.attrs = attrs;
    return this;
  }

  /** Makes it a question: would an access of `size` bytes be accepted? Nothing is moved. */
  probe(addr: Address, size: number, isWrite: boolean, attrs: MemTxAttrs): this {
    checkAttrs(attrs);
    this.kind = "probe";
    this.isWrite = isWrite;
    this.addr = addr;
    this.size = size;
    this.attrs = attrs;
    return this;
  }

  /** A piece ended. */
  pieceEnded(done: number, size: number, result: MemTxResult, isMoved = true): void {
    const { observer } = this;
    if (observer === null) return;
    this.done = done;
    this.pieceSize = size;
    this.result = result;
    this.isMoved = isMoved;
    observer.ended(this);
  }

  valueTo(into: Data64): boolean {
    const { kind, op } = this;
    if (kind === "load" || kind === "fetch" || kind === "store") {
      const { lo, hi } = kind === "store" ? this.given : this.data;
      into.set(lo, hi);
      into.truncate(memOpSize(op));
      if (op & Op.BIG) into.swap(memOpSize(op));
      return true;
    }
    if (!this.isMoved || this.pieceSize > 8) return false;
    loadPart(into, this.bytes, this.done, this.pieceSize);
    return true;
  }
}
