import type { Address, Data64, MemOp, MemTxAttrs, MemTxResult } from "@mem/core";
import type { AccessWindow } from "../view/access-window.js";
import type { Mapping } from "./mapping.js";

/**
 * A hook that carries out the accesses of an address space in its stead, to observe them. An
 * address space has one at most, and knows nothing else of tracing: a program that does not trace
 * has none of it.
 */
export interface AccessHook {
  /** True if accesses that begin at an address are observed. */
  observes(addr: number): boolean;
  /**
   * The place where the loads and stores of the address space may go by themselves; where they are observed,
   * a window on nothing that can be used.
   */
  wordWindow(addr: number): AccessWindow;
  /** The window to hand out: without bytes where accesses are observed. */
  lookup(addr: number): AccessWindow;
  /**
   * Loads into `data`, or stores from it.
   * @param isWord 1, 2 or 4 bytes, little endian, which need not take the slow path.
   * @param isFetch a load of an instruction.
   */
  access(
    isWrite: boolean,
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs,
    isWord: boolean,
    isFetch?: boolean,
  ): MemTxResult;
  read(addr: Address, into: Uint8Array, attrs: MemTxAttrs): MemTxResult;
  write(addr: Address, from: Uint8Array, attrs: MemTxAttrs): MemTxResult;
  writeRom(addr: Address, from: Uint8Array, attrs: MemTxAttrs): void;
  mapped(mapping: Mapping, attrs: MemTxAttrs): void;
  /** `length` bytes of it were accessed. */
  unmapped(mapping: Mapping, length: number): void;
}
