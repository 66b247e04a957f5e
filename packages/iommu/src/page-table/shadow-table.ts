import type { IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

type Entry = IommuTlbEntry<AddressSpace>;

/** Entries that are put into the list in place; of more, a new list is made. */
const SPLICE_LIMIT = 1000;

/** The translations of one table that were told to those who mirror it, ascending and disjoint. */
export class ShadowTable {
  #entries: Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Entries that touch the addresses `first` to `last`. */
  touching(first: bigint, last: bigint): readonly Entry[] {
    return this.#entries.slice(this.#endingFrom(first), this.#beginningAfter(last));
  }

  /** Puts `entries`, which lie within `first` to `last`, in the place of all that touch these. */
  replace(first: bigint, last: bigint, entries: readonly Entry[]): void {
    const from = this.#endingFrom(first);
    const to = this.#beginningAfter(last);
    if (entries.length <= SPLICE_LIMIT) {
      this.#entries.splice(from, to - from, ...entries);
    } else {
      this.#entries = this.#entries.slice(0, from).concat(entries, this.#entries.slice(to));
    }
  }

  #endingFrom(addr: bigint): number {
    return this.#search((entry) => (entry.iova | entry.addrMask) >= addr);
  }

  #beginningAfter(addr: bigint): number {
    return this.#search((entry) => entry.iova > addr);
  }

  /** Position of the first entry that `isBehind` accepts; all after it do too. */
  #search(isBehind: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry === undefined || isBehind(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
