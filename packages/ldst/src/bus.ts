import {
  type Address,
  Data64,
  type MemOp,
  MemOp as Op,
  type MemTxAttrs,
  MemTxResult,
  toAddress,
} from "@mem/core";
import { checkArgument, refuseArgument, systemInternals } from "@mem/core/plumbing";
import { type AccessWindow, type AddressSpace } from "@mem/flat";
import { anAddressSpace, refuseNoNumber, ScratchStack, type Summary } from "@mem/flat/plumbing";
import type { TxStatus } from "./tx-status.js";
import { WordAccess } from "./word-access.js";

/**
 * Loads and stores of an address space (`address_space_ld*`, `address_space_st*`, and the
 * `_phys` families). RAM is reached in place; anything else goes through dispatch.
 *
 * An address is a `number`, or a `bigint` for the space above 2^53. What is there, or not, never
 * throws; an address that is no integer of 64 bits is a mistake and throws `AddressError`.
 *
 * @example
 * const bus = new Bus(space);
 * bus.st32le(0x10, 0xcafe); // any width and order, any alignment
 * console.log(hex(bus.ld16be(0x10)), bus.ld64le(0x10)); // prints: 0xfeca 51966n
 * bus.st8(0x8000_0000, 1); // a hole: nothing happens
 */
export class Bus extends WordAccess<Address> {
  /** The address space of the accesses. */
  readonly space: AddressSpace;
  readonly #carriers: ScratchStack<Data64>;

  /** @throws ArgumentError for what is no address space. */
  constructor(space: AddressSpace) {
    super();
    checkArgument(space, anAddressSpace, "new Bus", "the address space", refuseArgument);
    this.space = space;
    this.#carriers = new ScratchStack(systemInternals(space.system).reclaimer, () => new Data64());
  }

  protected override summarize(): Summary {
    return { kind: "Bus", name: this.space.name, facts: [`root ${this.space.root.name}`] };
  }

  /** The data of {@link space}. */
  toJSON(): object {
    return { space: this.space.toJSON() };
  }

  protected override load8(addr: Address, attrs?: MemTxAttrs, status?: TxStatus): number {
    const { space } = this;
    const value = space.load(addr, 1, attrs);
    if (status !== undefined) status.result = space.lastResult;
    return value;
  }

  protected override load16(
    addr: Address,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number {
    const { space } = this;
    const value = space.load(addr, 2, attrs);
    if (status !== undefined) status.result = space.lastResult;
    // A big-endian access is a little-endian one with its bytes exchanged, whatever is there.
    return isLittle ? value : swap16(value);
  }

  protected override load32(
    addr: Address,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): number {
    const { space } = this;
    const value = space.load(addr, 4, attrs);
    if (status !== undefined) status.result = space.lastResult;
    // A big-endian access is a little-endian one with its bytes exchanged, whatever is there.
    return isLittle ? value : swap32(value);
  }

  protected override store8(
    addr: Address,
    value: number,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    const result = this.space.store(addr, 1, value, attrs);
    if (status !== undefined) status.result = result;
  }

  protected override store16(
    addr: Address,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    const result = this.space.store(addr, 2, isLittle ? value : swap16(checked(value)), attrs);
    if (status !== undefined) status.result = result;
  }

  protected override store32(
    addr: Address,
    value: number,
    isLittle: boolean,
    attrs?: MemTxAttrs,
    status?: TxStatus,
  ): void {
    const result = this.space.store(addr, 4, isLittle ? value : swap32(checked(value)), attrs);
    if (status !== undefined) status.result = result;
  }

  protected override loadHalves(
    addr: Address,
    into: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    const result = this.space.loadData(addr, op, into, attrs);
    if (status !== undefined) status.result = result;
  }

  protected override storeHalves(
    addr: Address,
    from: Data64,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    // Storing may exchange the bytes of what it is given.
    const data = this.#carriers.current;
    data.set(from.lo, from.hi);
    this.#store(addr, op, data, attrs, status);
  }

  protected override loadQuad(
    addr: Address,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): bigint {
    if (isExact(addr)) {
      const window = this.space.lookup(addr);
      const view = readable(window, addr, op);
      if (view !== null) {
        if (status) status.result = MemTxResult.OK;
        return view.getBigUint64(addr - window.bias, (op & Op.BIG) === 0);
      }
    }
    return this.#load(addr, op, attrs, status).value64;
  }

  protected override storeQuad(
    addr: Address,
    value: bigint,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    if (isExact(addr)) {
      const window = this.space.lookup(addr);
      const view = writable(window, addr, op);
      if (view !== null) {
        view.setBigUint64(addr - window.bias, value, (op & Op.BIG) === 0);
        if (status) status.result = MemTxResult.OK;
        return;
      }
    }
    const data = this.#carriers.current;
    data.value64 = value;
    this.#store(addr, op, data, attrs, status);
  }

  #load(
    addr: Address,
    op: MemOp,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): Data64 {
    if (!isExact(addr)) toAddress(addr, "load address");
    const data = this.#carriers.current;
    const result = this.space.loadData(addr, op, data, attrs);
    if (status) status.result = result;
    return data;
  }

  #store(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs | undefined,
    status: TxStatus | undefined,
  ): void {
    if (!isExact(addr)) toAddress(addr, "store address");
    const result = this.space.storeData(addr, op, data, attrs);
    if (status) status.result = result;
  }
}

/** An address that a window can be looked up for. */
function isExact(addr: Address): addr is number {
  return typeof addr === "number" && Number.isSafeInteger(addr) && addr >= 0;
}

/** The window's bytes, when this load can be served from them. */
function readable(window: AccessWindow, addr: number, op: MemOp): DataView | null {
  const fits = addr + (1 << (op & Op.SIZE_MASK)) - 1 <= window.last;
  return fits && window.region.directRead ? window.view : null;
}

/** The window's bytes, when this store may go straight into them. */
function writable(window: AccessWindow, addr: number, op: MemOp): DataView | null {
  const fits = addr + (1 << (op & Op.SIZE_MASK)) - 1 <= window.last;
  return fits && window.region.plainWrite ? window.view : null;
}

/**
 * A value whose bytes are to be exchanged and stored; the space checks the others.
 * @throws ArgumentError for what is no number
 */
const checked = (value: number): number =>
  typeof value === "number" ? value : refuseNoNumber(value, "a store of a bus");

/** The low 2 bytes of a value in reverse order. */
const swap16 = (value: number): number => ((value & 0xff) << 8) | ((value >>> 8) & 0xff);

/** The low 4 bytes of a value in reverse order. */
const swap32 = (value: number): number => {
  const halves = ((value & 0xff00ff) << 8) | ((value >>> 8) & 0xff00ff);
  return ((halves << 16) | (halves >>> 16)) >>> 0;
};
