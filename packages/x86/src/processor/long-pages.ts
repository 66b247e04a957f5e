/** Pages of 64-bit code as a translator sees them. */
import { TLB_MASK } from "../constants.js";
import { forRead, forWrite, openCode } from "../mmu/long-memory.js";
import type { Cpu } from "../state/cpu.js";
import { type CodePage, NOT_DIRECT } from "../state/engine.js";

/** The page that instructions at a linear address are read from; throws what fetching them throws. */
export function longCodePage(c: Cpu, linear: number): CodePage | null {
  if (!openCode(c, linear)) return null;
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const frame = t.physical[i];
  const { region, start, offset = 0 } = c.memory.lookup(frame);
  return {
    bytes: t.code[i],
    at: 0,
    isGlobal: t.isGlobal(i),
    block: region.ramBlock ?? null,
    offset: offset + frame - start,
  };
}

/**
 * Index in `buffer` of the byte at a canonical linear address whose page may be read, or written, there, or
 * `NOT_DIRECT`. Throws what the access throws.
 */
export function longDirect(
  c: Cpu,
  linear: number,
  write: boolean,
  buffer: ArrayBufferLike,
): number {
  const t = c.long.tlb;
  const within = linear & 0xfff;
  const i = write ? forWrite(c, t, linear) : forRead(c, t, linear);
  const page = linear - within;
  if (write ? t.wTag[i] !== page || !t.region[i].plainWrite : t.rTag[i] !== page) return NOT_DIRECT;
  return t.bytes[i].buffer === buffer ? t.bytes[i].byteOffset + t.at[i] + within : NOT_DIRECT;
}
