/** Exceptions of the x87 unit wait until the next of its instructions. */
import { FpuBit } from "../../kernels/fpu/bits.js";
import type { Cpu } from "../../state/cpu.js";
import { CR0_NE, EX_MF } from "../../constants.js";
import { raise } from "../../state/fault.js";
import { AT_FPU_STATUS } from "../../state/layout.js";

/**
 * Delivers an exception that an earlier instruction left. Without CR0.NE the board is asked, which
 * raises IRQ 13: true if the instruction is to wait for it.
 */
export function mustWait(c: Cpu): boolean {
  if ((c.words[AT_FPU_STATUS >> 2] & FpuBit.ES) === 0) return false;
  if ((c.cr0 & CR0_NE) !== 0) raise(c, EX_MF);
  if (c.host.coprocessorError()) return false;
  if (c.code64) {
    c.long.rip = c.long.startRip;
    c.long.jumped = true;
  } else c.eip = c.startEip;
  return true;
}
