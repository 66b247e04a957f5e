/** Segment limits and access rights of data accesses. */
import type { Cpu } from "../state/cpu.js";
import { noteAccess } from "../state/breakpoints.js";
import { CR0_AM, CS, D_B, D_CODE, D_EC, D_P, D_RW, D_S, EX_AC, F_AC, SS } from "../constants.js";
import { gp, raiseError, ss } from "../state/fault.js";

/**
 * Recomputes what the fast check of a segment compares with. Offsets below `readEnd`/`writeEnd` are
 * good for any access up to 4 bytes; the rest goes to {@link checkAccess}, which is exact.
 */
export function updateLimits(c: Cpu, seg: number): void {
  const attr = c.segAttr[seg];
  const limit = c.segLimit[seg] >>> 0;
  if (c.alignCheck || c.watches !== 0) {
    c.readEnd[seg] = 0;
    c.writeEnd[seg] = 0;
    return;
  }
  const end = limit === 0xffffffff ? 0xffffffff : Math.max(0, limit - 2);
  if (!c.pe || c.vm) {
    c.readEnd[seg] = end;
    c.writeEnd[seg] = end;
    return;
  }
  const plain = (attr & (D_P | D_S)) === (D_P | D_S);
  if ((attr & D_CODE) !== 0) {
    c.readEnd[seg] = plain && (attr & D_RW) !== 0 ? end : 0;
    c.writeEnd[seg] = 0;
  } else {
    const up = plain && (attr & D_EC) === 0;
    c.readEnd[seg] = up ? end : 0;
    c.writeEnd[seg] = up && (attr & D_RW) !== 0 ? end : 0;
  }
}

/** Recomputes the limits of all six segments (after a mode switch). */
export function updateAllLimits(c: Cpu): void {
  for (let seg = 0; seg < 6; seg++) updateLimits(c, seg);
}

/** Turns alignment checking on or off after a change of CPL, EFLAGS.AC or CR0.AM. */
export function updateAlignment(c: Cpu): void {
  const on = c.cpl === 3 && (c.eflags & F_AC) !== 0 && (c.cr0 & CR0_AM) !== 0;
  if (on === c.alignCheck) return;
  c.alignCheck = on;
  updateAllLimits(c);
}

function violation(c: Cpu, seg: number): never {
  return seg === SS ? ss(c, 0) : gp(c, 0);
}

/** The exact check of `size` bytes at `offset` of a segment; throws #GP(0), #SS(0) or #AC(0). */
export function checkAccess(
  c: Cpu,
  seg: number,
  offset: number,
  size: number,
  write: boolean,
): void {
  checkSegment(c, seg, offset, size, write);
  if (c.alignCheck && ((c.segBase[seg] + offset) & (size - 1)) !== 0) raiseError(c, EX_AC, 0);
  if (c.watches !== 0) noteAccess(c, (c.segBase[seg] + offset) | 0, size, write);
}

/** The check of {@link checkAccess} without alignment and breakpoints, for operands of any size. */
export function checkSegment(
  c: Cpu,
  seg: number,
  offset: number,
  size: number,
  write: boolean,
): void {
  const attr = c.segAttr[seg];
  const limit = c.segLimit[seg] >>> 0;
  const first = offset >>> 0;
  const last = first + size - 1;
  if (c.pe && !c.vm) {
    if ((attr & (D_P | D_S)) !== (D_P | D_S)) violation(c, seg);
    if ((attr & D_CODE) !== 0) {
      if (write || (attr & D_RW) === 0) violation(c, seg);
    } else {
      if (write && (attr & D_RW) === 0) violation(c, seg);
      if ((attr & D_EC) !== 0) {
        const top = (attr & D_B) !== 0 ? 0xffffffff : 0xffff;
        if (first <= limit || last > top) violation(c, seg);
        return;
      }
    }
  }
  // A 4 GiB segment wraps.
  if (last > limit && limit !== 0xffffffff) violation(c, seg);
}

/** Throws #GP(0) unless `eip` lies within the code segment. */
export function checkCodeLimit(c: Cpu, eip: number): void {
  if (eip >>> 0 > c.segLimit[CS] >>> 0) gp(c, 0);
}
