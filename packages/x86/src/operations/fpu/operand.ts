/** Memory operands of the x87 unit and of FXSAVE: checked as a whole, then moved. */
import type { Cpu } from "../../state/cpu.js";
import { noteAccess } from "../../state/breakpoints.js";
import { EX_AC } from "../../constants.js";
import { raiseError } from "../../state/fault.js";
import { checkSegment } from "../../mmu/limits.js";
import type { Size } from "../../mmu/memory.js";
import { loadAt, prepareAt, storeAt } from "../../mmu/operand-memory.js";
import { AT_SCRATCH } from "../../state/layout.js";

/** Raises what an operand that lies outside its segment raises. */
export function checkOperand(c: Cpu, offset: number, bytes: number, write: boolean): void {
  // In 64-bit code it is a linear address that has been checked.
  if (!c.code64) checkSegment(c, c.eaSeg, offset, bytes, write);
}

/** The rest of the checks; answers the operand's linear address. A write cannot fault any more. */
export function beginAccess(c: Cpu, offset: number, bytes: number, write: boolean): number {
  const linear = c.code64 ? offset : (c.segBase[c.eaSeg] + offset) | 0;
  if (c.alignCheck) {
    const unit = bytes === 14 || bytes === 94 ? 2 : bytes > 10 ? 4 : bytes > 4 ? 8 : bytes;
    if ((linear & (unit - 1)) !== 0) raiseError(c, EX_AC, 0);
  }
  if (write) prepareAt(c, linear, bytes);
  if (c.watches !== 0) noteAccess(c, linear, bytes, write);
  return linear;
}

/** Reads an operand of at most 16 bytes into the scratch area. */
export function readOperand(c: Cpu, linear: number, bytes: number): void {
  const w = c.words;
  for (let at = 0; at < bytes; at += 4) {
    const size = Math.min(4, bytes - at) as Size;
    w[(AT_SCRATCH + at) >> 2] = loadAt(c, linear + at, size);
  }
}
/** Writes one from there. */
export function writeOperand(c: Cpu, linear: number, bytes: number): void {
  const w = c.words;
  for (let at = 0; at < bytes; at += 4) {
    const size = Math.min(4, bytes - at) as Size;
    storeAt(c, linear + at, size, w[(AT_SCRATCH + at) >> 2]);
  }
}
