/** Entries of the tables that say where clusters are: eight bytes, seen as two halves. */

/** Bits of the upper half. */
export const High = { COPIED: 0x8000_0000, COMPRESSED: 0x4000_0000, OFFSET: 0x00ff_ffff } as const;
/** Bits of the lower half. */
export const Low = { OFFSET: 0xffff_fe00, ZERO: 1 } as const;
/** Bytes of an entry. */
export const ENTRY_BYTES = 8;
/** One of the upper half, in bytes of an offset. */
export const HALF = 2 ** 32;

/** An entry. */
export interface Entry {
  readonly high: number;
  readonly low: number;
}

/** An entry that nothing is behind. */
export const NOTHING: Entry = { high: 0, low: 0 };

/** Offset that an entry holds, in bytes; 0 for none. */
export function offsetOf({ high, low }: Entry): number {
  return (high & High.OFFSET) * HALF + ((low & Low.OFFSET) >>> 0);
}

/** The entry of a cluster or table at `offset` that has one user. */
export function entryFor(offset: number): Entry {
  return { high: (High.COPIED | Math.floor(offset / HALF)) >>> 0, low: offset % HALF };
}

/** True if the cluster of an entry has one user, so that it can be written in place. */
export function isCopied({ high }: Entry): boolean {
  return (high & High.COPIED) !== 0;
}

/** True if a cluster is compressed. */
export function isCompressed({ high }: Entry): boolean {
  return (high & High.COMPRESSED) !== 0;
}

/** True if a cluster reads as zeros, whatever its offset holds. */
export function isZero({ low }: Entry): boolean {
  return (low & Low.ZERO) !== 0;
}

/** The entry of a table of tables that has no flags: an offset alone. */
export function plainEntry(offset: number): Entry {
  return { high: Math.floor(offset / HALF), low: offset % HALF };
}
