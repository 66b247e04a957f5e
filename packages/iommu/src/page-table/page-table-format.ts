/**
 * Meaning of the bits of a table entry. Entries are 8 bytes, little endian; bits 12 to 51 are the
 * address of the next table or of the page, and bits 52 to 63 are ignored. All fields are masks of
 * bits 0 to 31.
 * @see {@link DMA_FORMAT}
 */
export interface PageTableFormat {
  /** An entry is present when one of these is set. */
  readonly present: number;
  /** Mask of the bit that allows reading. */
  readonly read: number;
  /** Mask of the bit that allows writing. */
  readonly write: number;
  /** Mask of the bit that a walk sets. */
  readonly accessed: number;
  /** Mask of the bit that a walk for a write sets. */
  readonly dirty: number;
  /** The entry, of a level above the lowest, describes a page and no table. */
  readonly large: number;
  /** Of the address bits of a large page that must be 0, those that are ignored. */
  readonly ignoredInLarge: number;
}

/**
 * The bits of an x86 processor's tables: what is present can be read.
 * @see {@link PageTableIommu}, whose default it is
 */
export const X86_FORMAT: PageTableFormat = {
  /** Present: bits that say so, one of them is enough. */
  present: 1 << 0,
  /** Bit that allows reading. */
  read: 1 << 0,
  /** Bit that allows writing. */
  write: 1 << 1,
  /** Bit that a walk sets. */
  accessed: 1 << 5,
  /** Bit that a walk for a write sets. */
  dirty: 1 << 6,
  /** Bit of an entry that is a large page. */
  large: 1 << 7,
  // Bit 12 of a large page chooses a memory type.
  /** Address bits of a large page that do not matter. */
  ignoredInLarge: 1 << 12,
};

/**
 * The bits of a DMA remapping unit's tables: reading and writing are permissions of their own.
 */
export const DMA_FORMAT: PageTableFormat = {
  /** Present: bits that say so, one of them is enough. */
  present: (1 << 0) | (1 << 1),
  /** Bit that allows reading. */
  read: 1 << 0,
  /** Bit that allows writing. */
  write: 1 << 1,
  /** Bit that a walk sets. */
  accessed: 1 << 8,
  /** Bit that a walk for a write sets. */
  dirty: 1 << 9,
  /** Bit of an entry that is a large page. */
  large: 1 << 7,
  /** Address bits of a large page that do not matter. */
  ignoredInLarge: 0,
};

/** The shape of all tables of one IOMMU. */
export interface PageTableShape {
  readonly format: PageTableFormat;
  /** Levels of tables: 3 for 39 bits of input address, 4 for 48. */
  readonly levels: 3 | 4;
  /** Bits of an output address, 32 to 52; entries with higher ones set are refused. */
  readonly addressBits: number;
  /** Page sizes that may be used, an OR of 2^12, 2^21 and 2^30. */
  readonly pageSizes: number;
}

/** Exponent of the size that one entry of a level describes; level 1 is the lowest. */
export function levelShift(level: number): number {
  return 3 + 9 * level;
}

/** Highest input address that tables of so many levels describe. */
export function lastInput(levels: 3 | 4): number {
  return 2 ** levelShift(levels + 1) - 1;
}
