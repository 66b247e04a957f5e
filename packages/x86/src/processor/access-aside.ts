/** Accesses for a translator, whose values go by the scratch area of the storage. */
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
import { load, store } from "../mmu/memory.js";
import type { Cpu } from "../state/cpu.js";
import { AT_SCRATCH } from "../state/layout.js";

const LOW = AT_SCRATCH >> 2;

/** Loads `size` bytes from a linear address to the scratch area. */
export function loadAside(c: Cpu, linear: number, size: 1 | 2 | 4 | 8): void {
  const { words, long } = c;
  if (!c.code64) {
    words[LOW] = load(c, linear, size === 8 ? 4 : size);
    if (size === 8) words[LOW + 1] = load(c, (linear + 4) | 0, 4);
  } else if (size === 8) {
    longLoad64(c, linear);
    words[LOW] = long.valueLow;
    words[LOW + 1] = long.valueHigh;
  } else if (size === 4) words[LOW] = longLoad32(c, linear);
  else words[LOW] = size === 2 ? longLoad16(c, linear) : longLoad8(c, linear);
}

/** Stores `size` bytes of the scratch area at a linear address. */
export function storeFromAside(c: Cpu, linear: number, size: 1 | 2 | 4 | 8): void {
  const value = c.words[LOW];
  if (!c.code64) {
    store(c, linear, size === 8 ? 4 : size, value);
    if (size === 8) store(c, (linear + 4) | 0, 4, c.words[LOW + 1]);
  } else if (size === 8) longStore64(c, linear, value, c.words[LOW + 1]);
  else if (size === 4) longStore32(c, linear, value);
  else if (size === 2) longStore16(c, linear, value & 0xffff);
  else longStore8(c, linear, value & 0xff);
}
