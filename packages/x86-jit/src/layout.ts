/** Layout of the shared memory, from the first byte that the translator is given. */
import { STATE_BYTES } from "@mem/x86";

const JUMP_BITS = 15;

/** Flags that a unit leaves: their kind; kind 0 is the processor's own form. See emit/flags/flags.ts. */
export const AT_FLAG_KIND = STATE_BYTES;
/** The flags of 64-bit units: two words of 8 bytes, see emit/flags/flags.ts. */
export const AT_WIDE_FLAGS = STATE_BYTES + 16;
/**
 * Loads of segment registers that change nothing, see engine/shared/loaded-segments.ts: eight records of level 0, and as many
 * of level 3.
 */
export const AT_SEGMENTS = STATE_BYTES + 64;
/** Bytes of a record: selector, base, limit, rights, both words of the descriptor, its place, nothing. */
export const SEGMENT_BYTES = 32;
/** Bytes of the records of a level. */
export const SEGMENTS_BYTES = 8 * SEGMENT_BYTES;
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

/** Two TLBs for 64-bit code. */
export const AT_LONG_TLBS = AT_TLBS + 2 * TLB_BYTES;
/** Bytes of an entry of those: both tags have 8 bytes. */
export const LONG_TLB_ENTRY_BYTES = 32;
/** Bytes of such a TLB. */
export const LONG_TLB_BYTES = TLB_ENTRIES * LONG_TLB_ENTRY_BYTES;

/** The jump cache. */
export const AT_JUMPS = AT_LONG_TLBS + 2 * LONG_TLB_BYTES;
/** Entries of the jump cache, a power of two. */
export const JUMP_ENTRIES = 1 << JUMP_BITS;
/**
 * Bytes of an entry: the linear address in 6 bytes, the context in 2, the unit's place in the table,
 * nothing.
 */
export const JUMP_ENTRY_BYTES = 16;

/**
 * Bytes that the translator takes, the processor's state among them.
 * @see {@link translator}
 */
export const TRANSLATOR_BYTES = AT_JUMPS + JUMP_ENTRIES * JUMP_ENTRY_BYTES;

/** A linear address is shifted right by that many bits and folded into its index. */
export const JUMP_SHIFT = JUMP_BITS;

/** Number that changes the index of each address of a context, so that contexts do not share places. */
export function jumpSalt(context: number): number {
  return (Math.imul(context, 0x9e3779b1) >>> (32 - JUMP_BITS)) & (JUMP_ENTRIES - 1);
}
/**
 * Index of a linear address in the jump cache. Code that lies together has places of its own each: of
 * addresses spread at random some would share one, and take it from each other for ever.
 */
export function jumpIndex(context: number, linear: number): number {
  return (linear ^ (linear >>> JUMP_SHIFT) ^ jumpSalt(context)) & (JUMP_ENTRIES - 1);
}
