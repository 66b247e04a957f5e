import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import { MAX_REPLAY_STEPS } from "../replay.js";
import type { PageTableWalker } from "./page-table-walker.js";

/** Pages that tables map, and how far they were read. */
export interface MappedPages {
  /** Ascending. */
  readonly entries: readonly IommuTlbEntry<AddressSpace>[];
  /** The address from where on there may be more, `null` when these are all. */
  readonly missed: number | null;
}

/** The entry of a page of 2^shift bytes. */
export function pageEntry(
  targetAs: AddressSpace,
  iova: number,
  base: number,
  shift: number,
  perm: IommuAccess,
): IommuTlbEntry<AddressSpace> {
  const addrMask = BigInt(2 ** shift - 1);
  return { targetAs, iova: BigInt(iova), translatedAddr: BigInt(base), addrMask, perm };
}

/** The pages that touch `first` to `last`. A walker that is walking finds none. */
export function mappedPages(
  walker: PageTableWalker,
  root: number,
  targetAs: AddressSpace,
  first: number,
  last: number,
): MappedPages {
  const entries: IommuTlbEntry<AddressSpace>[] = [];
  if (walker.isBusy) return { entries, missed: first };
  walker.isBusy = true;
  try {
    const missed = walker.visit(root, first, last, {
      page(iova, base, shift, perm) {
        if (entries.length === MAX_REPLAY_STEPS) return false;
        entries.push(pageEntry(targetAs, iova, base, shift, perm));
        return true;
      },
    });
    return { entries, missed };
  } finally {
    walker.isBusy = false;
  }
}

/** True if two entries translate alike. */
export function isSameEntry(
  a: IommuTlbEntry<AddressSpace>,
  b: IommuTlbEntry<AddressSpace>,
): boolean {
  return (
    a.iova === b.iova &&
    a.addrMask === b.addrMask &&
    a.translatedAddr === b.translatedAddr &&
    a.perm === b.perm
  );
}

/** Entry for the same addresses without a translation. */
export function unmapped(entry: IommuTlbEntry<AddressSpace>): IommuTlbEntry<AddressSpace> {
  return { ...entry, perm: IommuAccess.NONE };
}
