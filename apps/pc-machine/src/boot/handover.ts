/**
 * Record by which the option ROM learns is told of a kernel that wants protected mode:
 * `firmware/kernel/elfboot.asm`.
 */
import { words } from "./arena.js";
import type { Placed } from "./layout.js";

/** Bytes that the ROM writes for each range of the memory map. */
export const RANGE_BYTES = 24;
/** The most ranges that the ROM writes. */
export const MOST_RANGES = 64;
/** Bytes to keep free for the memory map, with the tag that ends it. */
export const MAP_BYTES = RANGE_BYTES * MOST_RANGES + 8;

/** Registers at the entry, and the places that the ROM fills in. All are physical addresses. */
export interface Handover {
  readonly eax: number;
  readonly ebx: number;
  readonly entry: number;
  /** Takes two double words: KiB of memory from 0, KiB from 1 MiB. */
  readonly memory: number;
  /** Takes {@link MAP_BYTES}. */
  readonly ranges: number;
  /** Bytes of a range's record before its address. */
  readonly lead: 0 | 4;
  /** Takes a double word: `bias + scale * ranges`. */
  readonly count: number;
  readonly bias: number;
  readonly scale: number;
  /** A double word that the bytes of the map, and 8 for its end, are added to. */
  readonly total: number;
}

/** The item that the ROM reads. */
export function encodeHandover(handover: Handover): Placed {
  const { eax, ebx, entry, memory, ranges, lead, count, bias, scale, total } = handover;
  const bytes = words(eax, ebx, entry, memory, ranges, lead, count, bias, scale, total);
  return { address: 0, bytes };
}
