import { type Address, MemOp, type MemTxAttrs } from "@mem/core";
import type { TxStatus } from "./tx-status.js";

const W8 = MemOp.SIZE_8;
const W16LE = MemOp.SIZE_16 | MemOp.LITTLE;
const W16BE = MemOp.SIZE_16 | MemOp.BIG;
const W32LE = MemOp.SIZE_32 | MemOp.LITTLE;
const W32BE = MemOp.SIZE_32 | MemOp.BIG;
const W64LE = MemOp.SIZE_64 | MemOp.LITTLE;
const W64BE = MemOp.SIZE_64 | MemOp.BIG;
// The target is little endian.
const W16 = W16LE;
const W32 = W32LE;
const W64 = W64LE;

/**
 * The whole family of loads and stores over one definition of each: 8 to 64 bits, little
 * endian (`le`), big endian (`be`) or the target's order (no suffix, which is little here).
 *
 * Every member takes an address and, last, two optional arguments: the attributes of the bus
 * master (default: unspecified), and a {@link TxStatus} that receives how the access went
 * (default: nobody is told, as with QEMU's `_phys` functions). Loads answer unsigned values;
 * parts that failed read as 0. Stores reduce the value to the width. Any alignment will do.
 * 64-bit values are `bigint`.
 *
 * @typeParam A what addresses may be.
 */
export abstract class WordAccess<A extends Address> {
  /** Loads 1, 2 or 4 bytes as `op` says. */
  protected abstract loadWord(
    addr: A,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): number;
  /** Loads 8 bytes as `op` says. */
  protected abstract loadQuad(
    addr: A,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): bigint;
  /** Stores 1, 2 or 4 bytes as `op` says. */
  protected abstract storeWord(
    addr: A,
    value: number,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void;
  /** Stores 8 bytes as `op` says. */
  protected abstract storeQuad(
    addr: A,
    value: bigint,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void;

  // ---- loads ---------------------------------------------------------------------------------

  /** Loads 8 bits (`ldub`). */
  ld8(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W8, attrs, status);
  }

  /** Loads 16 bits, little endian (`lduw_le`). */
  ld16le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W16LE, attrs, status);
  }

  /** Loads 16 bits, big endian (`lduw_be`). */
  ld16be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W16BE, attrs, status);
  }

  /** Loads 16 bits in the target's order (`lduw`). */
  ld16(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W16, attrs, status);
  }

  /** Loads 32 bits, little endian (`ldl_le`). */
  ld32le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W32LE, attrs, status);
  }

  /** Loads 32 bits, big endian (`ldl_be`). */
  ld32be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W32BE, attrs, status);
  }

  /** Loads 32 bits in the target's order (`ldl`). */
  ld32(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.loadWord(addr, W32, attrs, status);
  }

  /** Loads 64 bits, little endian (`ldq_le`). */
  ld64le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): bigint {
    return this.loadQuad(addr, W64LE, attrs, status);
  }

  /** Loads 64 bits, big endian (`ldq_be`). */
  ld64be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): bigint {
    return this.loadQuad(addr, W64BE, attrs, status);
  }

  /** Loads 64 bits in the target's order (`ldq`). */
  ld64(addr: A, attrs?: MemTxAttrs, status?: TxStatus): bigint {
    return this.loadQuad(addr, W64, attrs, status);
  }

  // ---- stores --------------------------------------------------------------------------------

  /** Stores 8 bits (`stb`). */
  st8(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W8, attrs, status);
  }

  /** Stores 16 bits, little endian (`stw_le`). */
  st16le(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W16LE, attrs, status);
  }

  /** Stores 16 bits, big endian (`stw_be`). */
  st16be(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W16BE, attrs, status);
  }

  /** Stores 16 bits in the target's order (`stw`). */
  st16(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W16, attrs, status);
  }

  /** Stores 32 bits, little endian (`stl_le`). */
  st32le(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W32LE, attrs, status);
  }

  /** Stores 32 bits, big endian (`stl_be`). */
  st32be(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W32BE, attrs, status);
  }

  /** Stores 32 bits in the target's order (`stl`). */
  st32(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeWord(addr, value, W32, attrs, status);
  }

  /** Stores 64 bits, little endian (`stq_le`). */
  st64le(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeQuad(addr, value, W64LE, attrs, status);
  }

  /** Stores 64 bits, big endian (`stq_be`). */
  st64be(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeQuad(addr, value, W64BE, attrs, status);
  }

  /** Stores 64 bits in the target's order (`stq`). */
  st64(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.storeQuad(addr, value, W64, attrs, status);
  }
}
