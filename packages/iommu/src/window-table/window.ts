import type { Address, IommuAccess, IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { largestBlock } from "../aligned-blocks.js";

/**
 * A run of input addresses that leads to one place. All values are in bytes.
 * @see {@link WindowTableIommu}
 */
export interface IommuWindow {
  /** First input address, within the region. */
  readonly iova: Address;
  /** At least one granule. */
  readonly length: Address;
  /** The place where the first input address leads. */
  readonly target: Address;
  /** `IommuAccess.RO`, `WO` or `RW`; default `RW`. */
  readonly perm?: IommuAccess;
  /** The address space that it leads to; default: that of the IOMMU. */
  readonly targetAs?: AddressSpace;
}

/** A window in its table: all values exact, and cut into entries on demand. */
export class TableWindow {
  readonly iova: bigint;
  readonly length: bigint;
  readonly target: bigint;
  readonly perm: IommuAccess;
  readonly targetAs: AddressSpace;
  /** Last input address. */
  readonly last: bigint;
  /** Size minus 1 of the largest blocks that lie alike on both sides. */
  readonly #alike: bigint;
  #recent: IommuTlbEntry<AddressSpace> | null = null;
  #recentLast = 0n;

  constructor(
    iova: bigint,
    length: bigint,
    target: bigint,
    perm: IommuAccess,
    targetAs: AddressSpace,
  ) {
    this.iova = iova;
    this.length = length;
    this.target = target;
    this.perm = perm;
    this.targetAs = targetAs;
    this.last = iova + length - 1n;
    const distance = BigInt.asUintN(64, target - iova);
    this.#alike = distance === 0n ? (1n << 64n) - 1n : (distance & -distance) - 1n;
  }

  /** Upper bound of the number of entries that the window is told in. */
  get pieces(): bigint {
    return this.length / (this.#alike + 1n) + 128n;
  }

  /** The entry of the largest aligned block around an address of the window. */
  entryAt(addr: bigint): IommuTlbEntry<AddressSpace> {
    const recent = this.#recent;
    if (recent !== null && addr >= recent.iova && addr <= this.#recentLast) return recent;
    const addrMask = largestBlock(addr, this.iova, this.last, this.#alike);
    const iova = addr & ~addrMask;
    const entry = {
      targetAs: this.targetAs,
      iova,
      translatedAddr: iova - this.iova + this.target,
      addrMask,
      perm: this.perm,
    };
    this.#recent = entry;
    this.#recentLast = iova + addrMask;
    return entry;
  }

  /** The entries that make up the window, ascending. */
  *entries(): Generator<IommuTlbEntry<AddressSpace>> {
    for (let addr = this.iova; addr <= this.last;) {
      const entry = this.entryAt(addr);
      yield entry;
      addr = entry.iova + entry.addrMask + 1n;
    }
  }
}
