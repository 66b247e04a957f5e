/** Instructions of SSE that are translated. */
import type { SseRow } from "@mem/x86";
import { SseTable } from "@mem/x86";
import { Handling } from "./instruction.js";

/** The table of SSE instructions. */
export const SSE = new SseTable();

/** First numbers of the opcodes behind 0F 38 and 0F 3A, as {@link Instruction} counts them. */
export const MAP_38 = 512;
export const MAP_3A = 768;

/** POPCNT, with F3. */
export const POPCNT = 0x1b8;
/** Group 15: the fences, where ModRM names no memory. */
export const FENCES = 0x1ae;

/** An opcode as the table writes it. */
export function tableOpcode(opcode: number): number {
  if (opcode >= MAP_3A) return 0x0f3a00 + opcode - MAP_3A;
  return opcode >= MAP_38 ? 0x0f3800 + opcode - MAP_38 : 0x0f00 + opcode - 256;
}

/** The mandatory prefix as the table numbers it. */
export function prefixNumber(repeat: number, has66: boolean): number {
  if (repeat !== 0) return repeat === 1 ? 2 : 3;
  return has66 ? 1 : 0;
}

/** MMX registers, and registers that no operand names, are the interpreter's. */
export function sseHandling(row: SseRow): Handling {
  const { MMX } = SseTable.place;
  if (row.reg === MMX || row.rm === MMX || row.mnemonic.startsWith("pcmpestr"))
    return Handling.CALL;
  return row.mnemonic.startsWith("pcmpistr") ? Handling.CALL : Handling.TRANSLATE;
}

/**
 * Handling of opcodes beside the table: MOVBE, CRC32, POPCNT, fences, MASKMOVDQU.
 * @param sse true if SSE may be used; if not, some of these may be all the same
 */
export function besideSse(
  opcode: number,
  prefix: number,
  modrm: number,
  sse: boolean,
): Handling | null {
  const known = sse ? Handling.TRANSLATE : Handling.CALL;
  if (opcode === MAP_38 + 0xf0 || opcode === MAP_38 + 0xf1) return Handling.CALL;
  if (opcode === POPCNT) return prefix === 2 ? known : Handling.LEAVE;
  if (opcode === FENCES && modrm >= 0xe8) return prefix === 0 ? known : Handling.CALL;
  return null;
}
