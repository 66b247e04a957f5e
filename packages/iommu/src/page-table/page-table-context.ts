import type { IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { isSameEntry, type MappedPages, mappedPages } from "./mapped-pages.js";
import type { PageTableWalker } from "./page-table-walker.js";
import { ShadowTable } from "./shadow-table.js";

type Entry = IommuTlbEntry<AddressSpace>;

/** The changes of a table since it was last told. */
export interface TableDifference {
  /** Told before, and gone or different now. */
  readonly gone: readonly Entry[];
  /** New, or different from what was told. */
  readonly added: readonly Entry[];
  /** The address from where on the tables were not read, `null` when they were. */
  readonly missed: number | null;
}

/** One table of a page-table IOMMU: its root, its walker, and what mirrors of it were told. */
export class PageTableContext {
  /** Address of the top table, `null` for none. */
  root: number | null = null;
  walker: PageTableWalker;
  readonly #target: AddressSpace;
  #shadow: ShadowTable | null = null;

  constructor(walker: PageTableWalker, target: AddressSpace) {
    this.walker = walker;
    this.#target = target;
  }

  /** The pages that are mapped and touch `first` to `last`. */
  pages(first: number, last: number): MappedPages {
    if (this.root === null) return { entries: [], missed: null };
    return mappedPages(this.walker, this.root, this.#target, first, last);
  }

  /** The entries that mirrors were told. */
  get told(): readonly Entry[] {
    return this.#shadow?.entries ?? [];
  }

  /** Nobody mirrors the table any longer. */
  forget(): void {
    this.#shadow = null;
  }

  /** Compares the tables with what mirrors were told; what is answered counts as told from now. */
  update(first: number, last: number): TableDifference {
    const shadow = (this.#shadow ??= new ShadowTable());
    let [from, to] = [BigInt(first), BigInt(last)];
    for (;;) {
      const old = shadow.touching(from, to);
      const { entries, missed } = this.pages(Number(from), Number(to));
      const [outerFrom, outerTo] = [lowest(from, old, entries), highest(to, old, entries)];
      if (outerFrom === from && outerTo === to) {
        shadow.replace(from, to, entries);
        return { gone: without(old, entries), added: without(entries, old), missed };
      }
      // A page that reaches out of the range may have taken the place of smaller ones there.
      [from, to] = [outerFrom, outerTo];
    }
  }
}

function lowest(first: bigint, ...lists: readonly (readonly Entry[])[]): bigint {
  return lists.reduce((low, [entry]) => (entry && entry.iova < low ? entry.iova : low), first);
}

function highest(last: bigint, ...lists: readonly (readonly Entry[])[]): bigint {
  return lists.reduce((high, list) => {
    const entry = list.at(-1);
    const end = entry ? entry.iova | entry.addrMask : high;
    return end > high ? end : high;
  }, last);
}

/** Entries of an ascending list that the other one has not alike. */
function without(entries: readonly Entry[], others: readonly Entry[]): Entry[] {
  let at = 0;
  return entries.filter((entry) => {
    while (at < others.length && (others[at]?.iova ?? 0n) < entry.iova) at++;
    const other = others[at];
    return other === undefined || !isSameEntry(entry, other);
  });
}
