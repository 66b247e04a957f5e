/**
 * Accesses for a translator, whose values go by the scratch area of the storage. The page has just been translated, and
 * is no memory that may be accessed directly: that of a device mostly, to which an aligned access goes at once.
 */
import { TLB_MASK } from "../constants.js";
import {
  longLoad16,
  longLoad32,
  longLoad64,
  longLoad8,
  longStore16,
  longStore32,
  longStore64,
  longStore8,
} from "../mmu/long-memory.js";
import { load, type Size, store } from "../mmu/memory.js";
import type { Cpu } from "../state/cpu.js";
import { AT_SCRATCH } from "../state/layout.js";

const LOW = AT_SCRATCH >> 2;

/** Loads `size` bytes from a linear address to the scratch area. */
export function loadAside(c: Cpu, linear: number, size: 1 | 2 | 4 | 8): void {
  const { words, long } = c;
  if (!c.code64) {
    words[LOW] = loadNarrow(c, linear, size === 8 ? 4 : size);
    if (size === 8) words[LOW + 1] = loadNarrow(c, (linear + 4) | 0, 4);
  } else if (size === 8) {
    longLoad64(c, linear);
    words[LOW] = long.valueLow;
    words[LOW + 1] = long.valueHigh;
  } else if (size === 4) words[LOW] = longLoad32(c, linear);
  else words[LOW] = size === 2 ? longLoad16(c, linear) : longLoad8(c, linear);
}

function loadNarrow(c: Cpu, linear: number, size: Size): number {
  if ((linear & (size - 1)) !== 0) return load(c, linear, size);
  return c.memory.load(c.tlb.prPhys[(linear >>> 12) & TLB_MASK] + (linear & 0xfff), size);
}

/** Stores `size` bytes of the scratch area at a linear address. */
export function storeFromAside(c: Cpu, linear: number, size: 1 | 2 | 4 | 8): void {
  const value = c.words[LOW];
  if (!c.code64) {
    storeNarrow(c, linear, size === 8 ? 4 : size, value);
    if (size === 8) storeNarrow(c, (linear + 4) | 0, 4, c.words[LOW + 1]);
  } else if (size === 8) longStore64(c, linear, value, c.words[LOW + 1]);
  else if (size === 4) longStore32(c, linear, value);
  else if (size === 2) longStore16(c, linear, value & 0xffff);
  else longStore8(c, linear, value & 0xff);
}

function storeNarrow(c: Cpu, linear: number, size: Size, value: number): void {
  const physical = c.tlb.pwPhys[(linear >>> 12) & TLB_MASK] + (linear & 0xfff);
  const { bytes, traced = false } = c.memory.lookup(physical);
  if (bytes !== null || traced || (linear & (size - 1)) !== 0) return store(c, linear, size, value);
  c.memory.store(physical, size, size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff));
}
