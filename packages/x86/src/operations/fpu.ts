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
import { checkSegment } from "../mmu/limits.js";
import { both } from "../decode/table-build.js";

/** Does CPUID claim a unit? */
export const FPU_PRESENT = false;

/**
 * The memory operands of D8 to DF by the middle field of ModRM, in bytes; e = environment,
 * s = whole state. Stores are in capitals: W D Q T and E S for 2, 4, 8, 10 bytes and these two.
 */
const OPERANDS = [
  "dddddddd",
  "d-DDewEW",
  "dddddddd",
  "dDDD-t-T",
  "qqqqqqqq",
  "qQQQs-SW",
  "wwwwwwww",
  "wWWWtqTQ",
];
const BYTES: Readonly<Record<string, number>> = { w: 2, d: 4, q: 8, t: 10 };

/** Raises what an operand outside its segment raises. */
function checkOperand(c: Cpu, op: number, m: number, offset: number): void {
  const operand = OPERANDS[op & 7]?.[(m >> 3) & 7] ?? "-";
  if (operand === "-") return;
  const kind = operand.toLowerCase();
  const bytes = BYTES[kind] ?? (c.op32 ? 28 : 14) + (kind === "s" ? 80 : 0);
  checkSegment(c, c.eaSeg, offset, bytes, operand !== kind);
}

function escape(c: Cpu, op: number): void {
  const m = fetch8(c);
  const offset = m < 0xc0 ? ea(c, m) : 0;
  if ((c.cr0 & (CR0_EM | CR0_TS)) !== 0) nm(c);
  if (m < 0xc0) checkOperand(c, op, m, offset);
}
function wait(c: Cpu): void {
  if ((c.cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) nm(c);
}

/** Enters this file's instructions. */
export function installFpu(t: OpcodeTables): void {
  for (let op = 0xd8; op <= 0xdf; op++) both(t, op, escape);
  both(t, 0x9b, wait);
}
