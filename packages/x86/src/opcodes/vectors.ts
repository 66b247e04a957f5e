/** MMX and SSE instructions: the rows that the units execute by, as rows of the table. */
import { mmxRows } from "../operations/mmx/rows.js";
import type { SseRow } from "../operations/sse/row.js";
import { sseRows } from "../operations/sse/rows.js";
import type { OpcodeMap, OpcodeRow } from "./opcode-row.js";

/** Names that AT&T ends with the size of a general operand. */
const SUFFIXED = new Set(["cvtsi2ss", "cvtsi2sd"]);

function vectorRow(row: SseRow): OpcodeRow {
  const code = row.opcode.toString(16);
  const form = row.isMemoryOnly ? "memory" : row.bytes === 0 ? "register" : "any";
  return {
    map: `0${code.slice(0, -2)}` as OpcodeMap,
    opcode: row.opcode & 0xff,
    isInOpcode: false,
    prefix: row.prefix,
    extension: row.extension,
    modrm: -1,
    isStackRegister: false,
    form,
    mnemonic: row.mnemonic,
    attMnemonic: SUFFIXED.has(row.mnemonic) ? `${row.mnemonic}$` : row.mnemonic,
    attSuffix: SUFFIXED.has(row.mnemonic) ? "y" : "",
    operands: row.operands.split(" ").map((text) => (text === "I" ? "Ib" : `v${text}`)),
    where: "everywhere",
    size64: "usual",
    feature: row.feature,
  };
}

/** Every row. */
export function vectorRows(): readonly OpcodeRow[] {
  return [...mmxRows(), ...sseRows()].map(vectorRow);
}
