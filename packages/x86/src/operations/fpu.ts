/**
 * The seam of the x87 unit. There is none yet: the opcodes honour CR0.EM and TS, and those with
 * which software detects a unit behave as on a board with an empty socket: nothing is stored, so a
 * probe finds what it left there and no unit. A real unit replaces this file.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { CR0_EM, CR0_MP, CR0_TS } from "../constants.js";
import { nm } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { ea } from "../decode/modrm.js";
import { both } from "../decode/table-build.js";

/** Does CPUID claim a unit? */
export const FPU_PRESENT = false;

function escape(c: Cpu): void {
  const m = fetch8(c);
  if (m < 0xc0) ea(c, m);
  if ((c.cr0 & (CR0_EM | CR0_TS)) !== 0) nm(c);
}
function wait(c: Cpu): void {
  if ((c.cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) nm(c);
}

/** Enters this file's instructions. */
export function installFpu(t: OpcodeTables): void {
  for (let op = 0xd8; op <= 0xdf; op++) both(t, op, escape);
  both(t, 0x9b, wait);
}
