import { type Address, type Data64, MemOp, type MemTxAttrs } from "@mem/core";
import { Inspectable, refuseNoBigint, type Summary } from "@mem/flat/plumbing";
import { refuseNoHalves } from "./arguments.js";
import type { TxStatus } from "./tx-status.js";

const W64LE = MemOp.SIZE_64 | MemOp.LITTLE;
const W64BE = MemOp.SIZE_64 | MemOp.BIG;
// The target is little endian.
const W64 = W64LE;

/**
 * The whole family of loads and stores over one definition of each: 8 to 64 bits, little
 * endian (`le`), big endian (`be`) or the target's order (no suffix, which is little here).
 *
 * Every member takes an address and, last, two optional arguments: the attributes of the bus
 * master (default: unspecified), and a {@link TxStatus} that receives how the access went
 * (default: nobody is told, as with QEMU's `_phys` functions). Loads answer unsigned values, except
 * `lds`; parts that failed read as 0. Stores reduce the value to the width. Any alignment will do.
 * 64-bit values are `bigint`.
 *
 * @typeParam A what addresses may be.
 * @see {@link Bus}, which derives from it
 */
export abstract class WordAccess<A extends Address> extends Inspectable {
  // One member for each width, and literals that say the order: they are known wherever these
  // calls are inlined, while a constant of a module has to be fetched at each access wherever a
  // bundler made a variable of it, or packages are not bundled.

  protected override summarize(): Summary {
    return { kind: this.constructor.name };
  }

  /** Loads 1 byte. */
  protected abstract load8(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number;
  /** Loads 2 bytes. */
  protected abstract load16(
    addr: A,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number;
  /** Loads 4 bytes. */
  protected abstract load32(
    addr: A,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number;
  /** Loads 8 bytes as `op` says. */
  protected abstract loadQuad(
    addr: A,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): bigint;
  /** Stores 1 byte. */
  protected abstract store8(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void;
  /** Stores 2 bytes. */
  protected abstract store16(
    addr: A,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void;
  /** Stores 4 bytes. */
  protected abstract store32(
    addr: A,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void;
  /** Stores 8 bytes as `op` says. */
  protected abstract storeQuad(
    addr: A,
    value: bigint,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void;
  /** Loads 8 bytes as `op` says into two halves. */
  protected abstract loadHalves(
    addr: A,
    into: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void;
  /** Stores 8 bytes as `op` says from two halves, which stay as they are. */
  protected abstract storeHalves(
    addr: A,
    from: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void;

  // ---- loads ---------------------------------------------------------------------------------

  /** Loads 8 bits (`ldub`). */
  ld8(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load8(addr, attrs, status) >>> 0;
  }

  /** Loads 16 bits, little endian (`lduw_le`). */
  ld16le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load16(addr, true, attrs, status) >>> 0;
  }

  /** Loads 16 bits, big endian (`lduw_be`). */
  ld16be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load16(addr, false, attrs, status) >>> 0;
  }

  /** Loads 16 bits in the target's order (`lduw`). */
  ld16(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load16(addr, true, attrs, status) >>> 0;
  }

  /** Loads 32 bits, little endian (`ldl_le`). */
  ld32le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, true, attrs, status) >>> 0;
  }

  /** Loads 32 bits, big endian (`ldl_be`). */
  ld32be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, false, attrs, status) >>> 0;
  }

  /** Loads 32 bits in the target's order (`ldl`). */
  ld32(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, true, attrs, status) >>> 0;
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

  // ---- signed loads -------------------------------------------------------------------------

  /** Loads 8 bits, as a signed value (`ldsb`). */
  lds8(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return (this.load8(addr, attrs, status) << 24) >> 24;
  }

  /** Loads 16 bits, little endian, as a signed value (`ldsw_le`). */
  lds16le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return (this.load16(addr, true, attrs, status) << 16) >> 16;
  }

  /** Loads 16 bits, big endian, as a signed value (`ldsw_be`). */
  lds16be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return (this.load16(addr, false, attrs, status) << 16) >> 16;
  }

  /** Loads 16 bits in the target's order, as a signed value (`ldsw`). */
  lds16(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return (this.load16(addr, true, attrs, status) << 16) >> 16;
  }

  /** Loads 32 bits, little endian, as a signed value (`ldl_le` into an `int`). */
  lds32le(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, true, attrs, status) | 0;
  }

  /** Loads 32 bits, big endian, as a signed value (`ldl_be` into an `int`). */
  lds32be(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, false, attrs, status) | 0;
  }

  /** Loads 32 bits in the target's order, as a signed value (`ldl` into an `int`). */
  lds32(addr: A, attrs?: MemTxAttrs, status?: TxStatus): number {
    return this.load32(addr, true, attrs, status) | 0;
  }

  // ---- stores --------------------------------------------------------------------------------

  /** Stores 8 bits (`stb`). */
  st8(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store8(addr, value, attrs, status);
  }

  /** Stores 16 bits, little endian (`stw_le`). */
  st16le(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store16(addr, value, true, attrs, status);
  }

  /** Stores 16 bits, big endian (`stw_be`). */
  st16be(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store16(addr, value, false, attrs, status);
  }

  /** Stores 16 bits in the target's order (`stw`). */
  st16(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store16(addr, value, true, attrs, status);
  }

  /** Stores 32 bits, little endian (`stl_le`). */
  st32le(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store32(addr, value, true, attrs, status);
  }

  /** Stores 32 bits, big endian (`stl_be`). */
  st32be(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store32(addr, value, false, attrs, status);
  }

  /** Stores 32 bits in the target's order (`stl`). */
  st32(addr: A, value: number, attrs?: MemTxAttrs, status?: TxStatus): void {
    this.store32(addr, value, true, attrs, status);
  }

  /** Stores 64 bits, little endian (`stq_le`). */
  st64le(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof value !== "bigint") refuseNoBigint(value, "st64");
    this.storeQuad(addr, value, W64LE, attrs, status);
  }

  /** Stores 64 bits, big endian (`stq_be`). */
  st64be(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof value !== "bigint") refuseNoBigint(value, "st64");
    this.storeQuad(addr, value, W64BE, attrs, status);
  }

  /** Stores 64 bits in the target's order (`stq`). */
  st64(addr: A, value: bigint, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof value !== "bigint") refuseNoBigint(value, "st64");
    this.storeQuad(addr, value, W64, attrs, status);
  }

  // ---- 64 bits in two halves ----------------------------------------------------------------

  /** Loads 64 bits, little endian, into two halves: as {@link ld64le}, allocating nothing. */
  ld64leInto(addr: A, into: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof into !== "object") refuseNoHalves(into, "ld64Into");
    this.loadHalves(addr, into, W64LE, attrs, status);
  }

  /** Loads 64 bits, big endian, into two halves; `lo` is the last 4 bytes. */
  ld64beInto(addr: A, into: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof into !== "object") refuseNoHalves(into, "ld64Into");
    this.loadHalves(addr, into, W64BE, attrs, status);
  }

  /** Loads 64 bits in the target's order into two halves. */
  ld64Into(addr: A, into: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof into !== "object") refuseNoHalves(into, "ld64Into");
    this.loadHalves(addr, into, W64, attrs, status);
  }

  /** Stores 64 bits, little endian, from two halves: as {@link st64le}, allocating nothing. */
  st64leFrom(addr: A, from: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof from !== "object") refuseNoHalves(from, "st64From");
    this.storeHalves(addr, from, W64LE, attrs, status);
  }

  /** Stores 64 bits, big endian, from two halves. */
  st64beFrom(addr: A, from: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof from !== "object") refuseNoHalves(from, "st64From");
    this.storeHalves(addr, from, W64BE, attrs, status);
  }

  /** Stores 64 bits in the target's order from two halves. */
  st64From(addr: A, from: Data64, attrs?: MemTxAttrs, status?: TxStatus): void {
    if (typeof from !== "object") refuseNoHalves(from, "st64From");
    this.storeHalves(addr, from, W64, attrs, status);
  }
}
