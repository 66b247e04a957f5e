/** Layout of the shared memory, from the first byte that the translator is given. */
import { STATE_BYTES } from "@mem/x86";

/** Flags that a unit leaves: their kind; kind 0 is the processor's own form. See emit/flags.ts. */
export const AT_FLAG_KIND = STATE_BYTES;
/** Two TLBs, of levels 0 to 2 and of level 3. */
export const AT_TLBS = 4096;
/** Entries of a TLB. */
export const TLB_ENTRIES = 1024;
/** Bytes of an entry: the page that may be read, the page that may be written, what to add, nothing. */
export const TLB_ENTRY_BYTES = 16;
/** Bytes of a TLB. */
export const TLB_BYTES = TLB_ENTRIES * TLB_ENTRY_BYTES;
/** The tag that no page has. */
export const NO_PAGE = 1;

/** The jump caches, one for each context. */
export const AT_JUMPS = AT_TLBS + 2 * TLB_BYTES;
/** Entries of a jump cache. */
export const JUMP_ENTRIES = 4096;
/** Bytes of an entry: the linear address, the unit's place in the table. */
export const JUMP_ENTRY_BYTES = 8;
/** Bytes of a jump cache. */
export const JUMP_BYTES = JUMP_ENTRIES * JUMP_ENTRY_BYTES;
/** Contexts that have a jump cache at a time. */
export const CONTEXTS = 16;

/**
 * Bytes that the translator takes, the processor's state among them.
 * @see {@link translator}
 */
export const TRANSLATOR_BYTES = AT_JUMPS + CONTEXTS * JUMP_BYTES;

/** Index of a linear address in a jump cache. */
export function jumpIndex(linear: number): number {
  return (linear ^ (linear >>> 12)) & (JUMP_ENTRIES - 1);
}
