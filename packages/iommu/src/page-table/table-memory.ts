import { type Address, type MemTxAttrs, MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

/** The cost of an entry that no fast path reads, in entries that one does. */
const SLOW_COST = 64;

/**
 * Reads and writes entries of tables in guest memory. Tables are memory: where a device or
 * nothing answers, they cannot be read.
 */
export class TableMemory {
  /** Bits 0 to 31 of the entry read last, unsigned. */
  lo = 0;
  /** Bits 32 to 63 of it. */
  hi = 0;
  /** The cost of the reading so far: 1 for an entry of plain memory, more behind other ways. */
  cost = 0;
  readonly #space: AddressSpace;
  readonly #attrs: MemTxAttrs;
  readonly #bytes = new Uint8Array(8);
  readonly #view = new DataView(this.#bytes.buffer);

  /** @param attrs go with each access to a table. */
  constructor(space: AddressSpace, attrs: MemTxAttrs) {
    this.#space = space;
    this.#attrs = attrs;
  }

  /** Reads the entry at `addr`, a multiple of 8; `false` when it cannot be read. */
  read(addr: number): boolean {
    const { view, region, last, bias } = this.#space.lookup(addr);
    if (view !== null && region.directRead && addr + 7 <= last) {
      this.cost++;
      this.lo = view.getUint32(addr - bias, true);
      this.hi = view.getUint32(addr - bias + 4, true);
      return true;
    }
    this.cost += SLOW_COST;
    if (!this.#isMemory(addr, false)) return false;
    if (this.#space.read(addr, this.#bytes, this.#attrs) !== MemTxResult.OK) return false;
    this.lo = this.#view.getUint32(0, true);
    this.hi = this.#view.getUint32(4, true);
    return true;
  }

  /** Writes bits 0 to 31 of the entry at `addr`; `false` when they cannot be written. */
  writeLow(addr: number, lo: number): boolean {
    if (!this.#isMemory(addr, true)) return false;
    return this.#space.store(addr, 4, lo >>> 0, this.#attrs) === MemTxResult.OK;
  }

  #isMemory(addr: Address, isWrite: boolean): boolean {
    const { region, length } = this.#space.translate(addr, 8, isWrite, this.#attrs);
    return region.isRam && length === 8n;
  }
}
