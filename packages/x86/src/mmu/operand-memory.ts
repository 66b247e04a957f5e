/**
 * Memory operands of x87, MMX and SSE by linear address, in every mode: 32 bits wide, or, in 64-bit
 * code, a signed number. Sums of addresses need not be brought back to 32 bits.
 */
import type { Cpu } from "../state/cpu.js";
import {
  longLoad16,
  longLoad32,
  longLoad8,
  longModify,
  longStore16,
  longStore32,
  longStore8,
} from "./long-memory.js";
import type { Size } from "./memory.js";
import { load, prepareWrite, store } from "./memory.js";

/** Loads `size` bytes. */
export function loadAt(c: Cpu, at: number, size: Size): number {
  if (!c.code64) return load(c, at | 0, size);
  if (size === 4) return longLoad32(c, at);
  return size === 2 ? longLoad16(c, at) : longLoad8(c, at);
}
/** Stores `size` bytes. */
export function storeAt(c: Cpu, at: number, size: Size, value: number): void {
  if (!c.code64) store(c, at | 0, size, value);
  else if (size === 4) longStore32(c, at, value);
  else if (size === 2) longStore16(c, at, value);
  else longStore8(c, at, value);
}
/** Raises what a store of `bytes` bytes, up to 4096, would raise. */
export function prepareAt(c: Cpu, at: number, bytes: number): void {
  if (c.code64) longModify(c, at, bytes);
  else prepareWrite(c, c.tlb, at | 0, bytes);
}
