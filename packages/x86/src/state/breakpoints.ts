/**
 * The debug registers' breakpoints. They cost nothing while none is enabled: a watched address turns
 * the segments' fast checks off, so that every data access passes the exact one, and an execution
 * breakpoint keeps an event pending, so that every instruction passes `attend`.
 */
import type { Cpu } from "./cpu.js";
import { hostBreaks, hostWatches, noteHostAccess } from "./host-breakpoints.js";
import { CS, EV_BREAK, EV_DEBUG } from "../constants.js";

/** DR6.BS: a single step. */
export const DEBUG_STEP = 0x4000;
/** DR6.B0 to B3. */
const ALL_BREAKPOINTS = 15;
const TWO32 = 0x1_0000_0000;
const EXECUTE = 0;
const WRITE = 1;
const ANY_ACCESS = 3;
/** Beside the four bits of `watches` for the guest's breakpoints: the host watches, too. */
const HOST_WATCH = 16;

/** Bytes that breakpoint `n` covers. */
function lengthOf(c: Cpu, n: number): number {
  return [1, 2, 8, 4][(c.dr[7] >>> (18 + 4 * n)) & 3];
}

/** Follows a change of DR7 or of the host's breakpoints; the segments' limits are the caller's to update. */
export function updateBreakpoints(c: Cpu): void {
  c.executeBreaks = 0;
  c.watches = 0;
  for (let n = 0; n < 4; n++) {
    if (((c.dr[7] >>> (2 * n)) & 3) === 0) continue;
    const type = (c.dr[7] >>> (16 + 4 * n)) & 3;
    if (type === EXECUTE) c.executeBreaks |= 1 << n;
    else if (type === WRITE || type === ANY_ACCESS) c.watches |= 1 << n;
  }
  if (hostWatches(c.hostDebug)) c.watches |= HOST_WATCH;
  if (c.executeBreaks !== 0 || hostBreaks(c.hostDebug)) c.events |= EV_BREAK;
  else c.events &= ~EV_BREAK;
}

/** Notes a data access, for the trap after the instruction. In 64-bit code the address is a signed number. */
export function noteAccess(c: Cpu, linear: number, size: number, write: boolean): void {
  const from = c.code64 ? linear : linear >>> 0;
  if (c.hostDebug !== null) {
    noteHostAccess(c, c.hostDebug, from >>> 0, Math.floor(from / TWO32) >>> 0, size, write);
  }
  for (let n = 0; n < 4; n++) {
    if ((c.watches & (1 << n)) === 0) continue;
    if (!write && ((c.dr[7] >>> (16 + 4 * n)) & 3) === WRITE) continue;
    const length = lengthOf(c, n);
    const first = addressOf(c, n, -length);
    if (from < first + length && from + size > first) {
      c.debugHits |= 1 << n;
      c.events |= EV_DEBUG;
    }
  }
}

/** Tells in DR6 what was met: breakpoints in the place of those told before, other conditions beside them. */
export function reportDebug(c: Cpu, met: number): void {
  if ((met & ALL_BREAKPOINTS) !== 0) c.dr[6] &= ~ALL_BREAKPOINTS;
  c.dr[6] |= met;
}
/** Tells in DR6 also of the accesses that wait to be reported. */
export function reportDebugHits(c: Cpu, met = 0): void {
  reportDebug(c, met | c.debugHits);
  c.debugHits = 0;
  c.events &= ~EV_DEBUG;
}

/** The address in a debug register, as a linear address of 64-bit code. */
function addressOf(c: Cpu, n: number, mask: number): number {
  return c.long.debugHigh[n] * TWO32 + ((c.dr[n] & mask) >>> 0);
}

/** The execution breakpoints at the instruction about to run, as DR6 bits. */
export function executionHits(c: Cpu): number {
  const linear = c.code64 ? c.long.rip : (c.segBase[CS] + c.eip) >>> 0;
  let hits = 0;
  for (let n = 0; n < 4; n++) {
    if ((c.executeBreaks & (1 << n)) !== 0 && addressOf(c, n, -1) === linear) hits |= 1 << n;
  }
  return hits;
}
