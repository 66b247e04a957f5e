/** Instructions of the x87 unit that are translated. */
import type { X87Form } from "@mem/x86";
import { X87Table } from "@mem/x86";
import { Handling } from "./instruction.js";

const X87 = new X87Table();

/** Kernel that an instruction calls; null where it is none of the unit, or more than a kernel. */
export function x87Form(opcode: number, modrm: number): X87Form | null {
  return opcode >= 0xd8 && opcode <= 0xdf ? X87.find(opcode, modrm) : null;
}

/** Handling of the opcodes of the unit; null for others. */
export function x87Handling(
  opcode: number,
  form: X87Form | null,
  isThere: boolean,
): Handling | null {
  if (opcode < 0xd8 || opcode > 0xdf) return null;
  if (!isThere) return Handling.LEAVE;
  return form === null ? Handling.CALL : Handling.TRANSLATE;
}
