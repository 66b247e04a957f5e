import type { Address, Data64, MemoryRegion, MemTxAttrs, MemTxResult } from "@mem/core";
import type { AccessWindow } from "../view/access-window.js";
import type { Mapping } from "../mapping/mapping.js";

/**
 * The kind of an access: a word is loaded, stored, or fetched as an instruction; bytes are read,
 * written, or written to ROM too; or it is only asked whether they could be.
 * @see docs/PLUMBING.md, "`@mem/flat/plumbing`"
 */
export type AccessKind = "load" | "fetch" | "store" | "read" | "write" | "writeRom" | "probe";

/** A word, or a piece of a transfer, that ended. Good until the observer returns. */
export interface EndedPiece {
  readonly kind: AccessKind;
  readonly isWrite: boolean;
  readonly attrs: MemTxAttrs;
  /** Bus address of the access of which it is a piece. */
  readonly addr: Address;
  /** Beginning of the piece, in bytes behind {@link addr}. */
  readonly done: number;
  /** Bytes of the piece. */
  readonly pieceSize: number;
  /** The region that it ended up in. */
  readonly region: MemoryRegion;
  /** Offset within the region, in bytes. */
  readonly xlat: Address;
  /** The IOMMU that translated it first, if one did. */
  readonly via: MemoryRegion | null;
  /** Its result. */
  readonly result: MemTxResult;
  /**
   * The value that was moved, little endian, into `into`.
   * @returns false where there is none: nothing was moved, or it has more than 8 bytes
   */
  valueTo(into: Data64): boolean;
}

/**
 * Observes the accesses of an address space, which has one observer at most. It performs none: it
 * keeps those that it wants to see off the fast paths, and is told of them as they end. An address
 * space knows nothing else of tracing, and a program that does not trace has none of it.
 */
export interface AccessObserver {
  /** True if accesses that begin at an address are observed. */
  observes(addr: number): boolean;
  /**
   * The place where the loads and stores of the address space may go by themselves; where they are observed,
   * a window on nothing that can be used.
   */
  wordWindow(addr: number): AccessWindow;
  /** The window to hand out: without bytes where accesses are observed. */
  lookup(addr: number): AccessWindow;
  /** A word, or a piece of a transfer, ended: of those that are not observed too. */
  ended(piece: EndedPiece): void;
  /** Memory was mapped. */
  mapped(mapping: Mapping, attrs: MemTxAttrs): void;
  /** A mapping ended; `length` bytes of it were accessed. */
  unmapped(mapping: Mapping, length: number): void;
}
