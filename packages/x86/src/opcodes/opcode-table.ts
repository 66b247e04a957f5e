/** All instructions, to be found by their bytes. */
import { oneByteRows } from "./one-byte.js";
import type { OpcodeMap, OpcodeRow } from "./opcode-row.js";
import { twoByteRows } from "./two-byte.js";
import { vectorRows } from "./vectors.js";
import { x87Rows } from "./x87.js";

const MAPS: readonly OpcodeMap[] = ["", "0f", "0f38", "0f3a"];
const OPCODES = 256;

/** Every row, subject by subject. */
function everyRow(): readonly OpcodeRow[] {
  return [...oneByteRows(), ...x87Rows(), ...twoByteRows(), ...vectorRows()];
}

/** Every row, by map and opcode. */
export function opcodeRowsInOrder(): readonly OpcodeRow[] {
  const place = ({ map, opcode }: OpcodeRow): number => MAPS.indexOf(map) * OPCODES + opcode;
  return [...everyRow()].sort((a, b) => place(a) - place(b));
}

/** Conditions that choose among the rows of an opcode. */
export interface OpcodeChoice {
  /** All of ModRM, as far as it is there. */
  readonly modrm: number;
  /** The last of F2 and F3, or 66 where neither is. */
  readonly has66: boolean;
  /** 0, or F2 or F3: the last of them. */
  readonly repeat: 0 | 0xf2 | 0xf3;
  /** 64-bit code. */
  readonly is64: boolean;
}

const NO_ROWS: readonly OpcodeRow[] = [];

/** The table. */
export class OpcodeTable {
  /** By map, then opcode. */
  readonly #rows: readonly OpcodeRow[][][] = MAPS.map(() => []);

  constructor() {
    for (const row of everyRow()) {
      const rows = this.#rows[MAPS.indexOf(row.map)];
      for (let op = row.opcode; op < row.opcode + (row.isInOpcode ? 8 : 1); op++) {
        (rows[op] ??= []).push(row);
      }
    }
  }

  /** All rows of an opcode. */
  rowsAt(map: OpcodeMap, opcode: number): readonly OpcodeRow[] {
    return this.#rows[MAPS.indexOf(map)][opcode] ?? NO_ROWS;
  }

  /** The row that the bytes mean, `null` when they mean nothing. */
  find(map: OpcodeMap, opcode: number, choice: OpcodeChoice): OpcodeRow | null {
    let best: OpcodeRow | null = null;
    let rank = -1;
    for (const row of this.rowsAt(map, opcode)) {
      const r = rankOf(row, choice);
      if (r > rank) {
        best = row;
        rank = r;
      }
    }
    return best;
  }
}

/** Rank of a row, -1 when it does not suit: what says more of ModRM and prefixes is preferred. */
function rankOf(row: OpcodeRow, { modrm, has66, repeat, is64 }: OpcodeChoice): number {
  if (row.where === (is64 ? "not-64" : "only-64")) return -1;
  const fixed = row.isStackRegister ? modrm & ~7 : modrm;
  if (row.modrm >= 0 && row.modrm !== fixed) return -1;
  if (row.extension >= 0 && row.extension !== ((modrm >> 3) & 7)) return -1;
  if (row.form !== "any" && (row.form === "register") !== modrm >= 0xc0) return -1;
  const detail = (row.modrm >= 0 ? 2 : 0) + (row.extension >= 0 ? 1 : 0);
  switch (row.prefix) {
    case "":
      return detail;
    case "66":
      return has66 ? 10 + detail : -1;
    default:
      return repeat === Number.parseInt(row.prefix, 16) ? 20 + detail : -1;
  }
}
