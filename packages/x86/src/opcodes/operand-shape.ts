/** Bytes of operands behind the opcode. */
import type { OpcodeRow } from "./opcode-row.js";

/** Letters of operands that ModRM names, those of MMX and SSE behind a `v`. */
const IN_MODRM = /^\*?(?:[EGMRSCD](?:[bwdqvzyxrpst]|$)|F[0i]|v[VPGWQEUNRM])/;

/** Bytes that an immediate takes, as far as the sizes in force do not say. */
export type ImmediateSize = "b" | "w" | "z" | "v" | "p" | "o";

/** Is there a ModRM byte? x87's registers and extensions are in one, too. */
export function hasModrm(row: OpcodeRow): boolean {
  if (row.extension >= 0 || row.modrm >= 0 || row.form !== "any") return true;
  return row.operands.some((text) => IN_MODRM.test(text));
}

/** The immediate, relative or far operands in the order of their bytes; `o` is an address alone. */
export function immediates(row: OpcodeRow): readonly ImmediateSize[] {
  return row.operands.flatMap((text): ImmediateSize[] => {
    const [, kind = "", size = ""] = /^(s?I|J|A|O)([a-z])$/.exec(text) ?? [];
    if (kind === "") return [];
    return [kind === "O" ? "o" : kind === "A" ? "p" : (size as ImmediateSize)];
  });
}
