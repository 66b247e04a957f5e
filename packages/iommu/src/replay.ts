import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

/** Translations asked for, or told, in one replay. */
export const MAX_REPLAY_STEPS = 1 << 20;

/** The part of an IOMMU that {@link replayByPages} needs. */
interface PagedTranslator {
  readonly size: bigint;
  getMinPageSize(): bigint;
  translate(addr: bigint, flag: IommuAccess, iommuIdx: number): IommuTlbEntry<AddressSpace>;
}

/**
 * Asks for the translation of each page, and tells what allows anything. A region of more than
 * {@link MAX_REPLAY_STEPS} pages is asked entry by entry instead: what an answer covers is told
 * once, and not asked for again.
 * @param accept the entry, or `null` for an answer that is none.
 * @param guarded runs a callback and keeps what it throws.
 * @returns the first address that was not reached, or `null` when all were.
 */
export function replayByPages(
  iommu: PagedTranslator,
  iommuIdx: number,
  accept: (answer: unknown) => IommuTlbEntry<AddressSpace> | null,
  tell: (entry: IommuTlbEntry<AddressSpace>) => void,
  guarded: (callback: () => void) => void,
): bigint | null {
  const page = iommu.getMinPageSize();
  if (page <= 0n) return null;
  const isLarge = iommu.size > page * BigInt(MAX_REPLAY_STEPS);
  let addr = 0n;
  for (let steps = 0; addr < iommu.size; steps++) {
    if (steps === MAX_REPLAY_STEPS) return addr;
    let next = addr + page;
    guarded(() => {
      const entry = accept(iommu.translate(addr, IommuAccess.NONE, iommuIdx));
      if (entry === null) return;
      const end = (entry.iova | entry.addrMask) + 1n;
      if (isLarge && end > next) next = end;
      if (entry.perm !== IommuAccess.NONE) tell(entry);
    });
    addr = next;
  }
  return null;
}

/**
 * Tells the entries of a list, as far as {@link MAX_REPLAY_STEPS} reach.
 * @param accept see {@link replayByPages}.
 * @returns the address of the first entry that was not told, or `null` when all were.
 */
export function replayEntries(
  entries: Iterable<IommuTlbEntry<AddressSpace>>,
  accept: (answer: unknown) => IommuTlbEntry<AddressSpace> | null,
  tell: (entry: IommuTlbEntry<AddressSpace>) => void,
  guarded: (callback: () => void) => void,
): bigint | null {
  let steps = 0;
  for (const entry of entries) {
    if (steps++ === MAX_REPLAY_STEPS) return entry.iova;
    guarded(() => {
      const told = accept(entry);
      if (told !== null) tell(told);
    });
  }
  return null;
}
