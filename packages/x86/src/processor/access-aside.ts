/**
 * Accesses for a translator, whose values go by the scratch area of the storage. The page has just been translated, and
 * is no memory that may be accessed directly: that of a device mostly, to which an aligned access goes at once.
 */
import { TLB_MASK } from "../constants.js";
import {
  longLoad16,
  longLoad32,
  longLoad64,
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
  if (size !== 8 && isAligned(linear, size)) {
    const { code64, tlb } = c;
    const frames = code64 ? long.tlb.physical : tlb.prPhys;
    words[LOW] = c.memory.load(frames[(linear >>> 12) & TLB_MASK] + (linear & 0xfff), size);
  } else if (!c.code64) {
    words[LOW] = load(c, linear, size === 8 ? 4 : size);
    if (size === 8) words[LOW + 1] = load(c, (linear + 4) | 0, 4);
  } else if (size === 8) {
    longLoad64(c, linear);
    words[LOW] = long.valueLow;
    words[LOW + 1] = long.valueHigh;
  } else words[LOW] = size === 4 ? longLoad32(c, linear) : longLoad16(c, linear);
}

/** Stores `size` bytes of the scratch area at a linear address. */
export function storeFromAside(c: Cpu, linear: number, size: 1 | 2 | 4 | 8): void {
  const value = c.words[LOW];
  if (size !== 8 && isAligned(linear, size) && storeToDevice(c, linear, size, value)) return;
  if (!c.code64) {
    store(c, linear, size === 8 ? 4 : size, value);
    if (size === 8) store(c, (linear + 4) | 0, 4, c.words[LOW + 1]);
  } else if (size === 8) longStore64(c, linear, value, c.words[LOW + 1]);
  else if (size === 4) longStore32(c, linear, value);
  else if (size === 2) longStore16(c, linear, value & 0xffff);
  else longStore8(c, linear, value & 0xff);
}

function isAligned(linear: number, size: Size): boolean {
  return (linear & (size - 1)) === 0;
}

/** Stores in one access; false, and nothing else, if it is no device that is there. */
function storeToDevice(c: Cpu, linear: number, size: Size, value: number): boolean {
  const { code64, tlb, long } = c;
  const frames = code64 ? long.tlb.physical : tlb.pwPhys;
  const physical = frames[(linear >>> 12) & TLB_MASK] + (linear & 0xfff);
  const { bytes, traced = false } = c.memory.lookup(physical);
  if (bytes !== null || traced) return false;
  c.memory.store(physical, size, size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff));
  return true;
}
