/**
 * Instruction fetch. While EIP stays in a page with 15 bytes to go, bytes come straight from the
 * page's memory, live (so code that changes itself needs no care). Near the end of a page or of the
 * segment, and where code lies in MMIO, one instruction at a time is gathered in `Cpu.scratch`.
 */
import type { Cpu } from "../state/cpu.js";
import { CS, TLB_MASK } from "../constants.js";
import { gp } from "../state/fault.js";
import { instructionLength } from "./length.js";
import { loadCode } from "../mmu/memory.js";
import { fillFetch } from "../mmu/tlb.js";

/** Longest legal instruction. */
const MAX_LENGTH = 15;

/** Next code byte, unsigned. */
export function fetch8(c: Cpu): number {
  const e = c.eip;
  c.eip = (e + 1) | 0;
  return c.code[(e + c.codeBias) >>> 0];
}
/** Next code byte, sign-extended. */
export function fetchS8(c: Cpu): number {
  const e = c.eip;
  c.eip = (e + 1) | 0;
  return (c.code[(e + c.codeBias) >>> 0] << 24) >> 24;
}
/** Next code word, unsigned. */
export function fetch16(c: Cpu): number {
  const e = c.eip;
  c.eip = (e + 2) | 0;
  return c.codeView.getUint16((e + c.codeBias) >>> 0, true);
}
/** Next code doubleword, signed. */
export function fetch32(c: Cpu): number {
  const e = c.eip;
  c.eip = (e + 4) | 0;
  return c.codeView.getInt32((e + c.codeBias) >>> 0, true);
}
/** The code byte `ahead` bytes after EIP, without consuming it. */
export function peek8(c: Cpu, ahead: number): number {
  return c.code[(c.eip + ahead + c.codeBias) >>> 0];
}

/** Points the fetch window at EIP; throws what fetching the instruction throws. */
export function refill(c: Cpu): void {
  const eip = c.eip;
  const limit = c.segLimit[CS] >>> 0;
  const offset = eip >>> 0;
  if (offset > limit) gp(c, 0);
  const linear = (c.segBase[CS] + eip) | 0;
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  const t = c.tlb;
  if (t.pxTag[i] !== page) fillFetch(c, t, linear);
  const position = linear & 0xfff;
  if (t.xTag[i] === page && position + MAX_LENGTH <= 0x1000 && offset + MAX_LENGTH - 1 <= limit) {
    c.code = t.rBytes[i];
    c.codeView = t.rView[i];
    c.codeBias = (c.segBase[CS] + t.rBias[i]) | 0;
    c.fetchAdj = (c.segBase[CS] - page) | 0;
    const byLimit = limit - (MAX_LENGTH - 1) - offset + position + 1;
    c.fetchSafe = Math.min(0x1000 - MAX_LENGTH + 1, byLimit);
    return;
  }
  c.fetchSafe = 0;
  const length = instructionLength(c, gather, MAX_LENGTH);
  if (length > MAX_LENGTH) gp(c, 0);
  c.code = c.scratch;
  c.codeView = c.scratchView;
  c.codeBias = -eip | 0;
}

/** Fetches byte `index` of the instruction at EIP into the scratch buffer. */
function gather(c: Cpu, index: number): number {
  const eip = (c.eip + index) | 0;
  if (c.eip >>> 0 <= c.segLimit[CS] >>> 0 && (c.eip >>> 0) + index > c.segLimit[CS] >>> 0) gp(c, 0);
  const byte = loadCode(c, (c.segBase[CS] + eip) | 0);
  c.scratch[index] = byte;
  return byte;
}

/** After many prefixes: throws #GP(0) if the instruction at `startEip` exceeds 15 bytes. */
export function checkLength(c: Cpu): void {
  if (instructionLength(c, already, MAX_LENGTH) > MAX_LENGTH) gp(c, 0);
}

function already(c: Cpu, index: number): number {
  return c.code[(c.startEip + index + c.codeBias) >>> 0];
}
