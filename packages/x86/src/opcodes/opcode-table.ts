/** All instructions, to be found by their bytes. */
import { oneByteRows } from "./one-byte.js";
import type { OpcodeMap, OpcodeRow } from "./opcode-row.js";
import { hexByte } from "./opcode-row.js";
import { twoByteRows } from "./two-byte.js";
import { vectorRows } from "./vectors.js";
import { x87Rows } from "./x87.js";

/** Every row, by map and opcode. */
export function opcodeRowsInOrder(): readonly OpcodeRow[] {
  const order = (row: OpcodeRow): string => `${row.map.padEnd(4)} ${hexByte(row.opcode)}`;
  const all = [...oneByteRows(), ...x87Rows(), ...twoByteRows(), ...vectorRows()];
  return all
    .map((row, at) => ({ row, key: `${order(row)} ${String(at).padStart(5, "0")}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

/** What chooses among the rows of an opcode. */
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

/** The table. */
export class OpcodeTable {
  readonly #rows = new Map<string, OpcodeRow[]>();

  constructor(rows: readonly OpcodeRow[] = opcodeRowsInOrder()) {
    for (const row of rows) {
      for (let k = 0; k < (row.isInOpcode ? 8 : 1); k++) {
        const key = `${row.map} ${row.opcode + k}`;
        const list = this.#rows.get(key);
        if (list === undefined) this.#rows.set(key, [row]);
        else list.push(row);
      }
    }
  }

  /** All rows of an opcode. */
  rowsAt(map: OpcodeMap, opcode: number): readonly OpcodeRow[] {
    return this.#rows.get(`${map} ${opcode}`) ?? [];
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

/** How well a row suits, -1 when it does not: what says more of ModRM and prefixes is preferred. */
function rankOf(row: OpcodeRow, { modrm, has66, repeat, is64 }: OpcodeChoice): number {
  if (row.where === (is64 ? "not-64" : "only-64")) return -1;
  if (row.modrm >= 0 && row.modrm !== modrm) return -1;
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
