/** Bytes that follow each opcode, as numbers that can be looked up fast. */
import type { OpcodeMap, OpcodeRow } from "./opcode-row.js";
import type { OpcodeTable } from "./opcode-table.js";
import { hasModrm, immediates } from "./operand-shape.js";

/** Size of the immediates of an instruction. */
export const Immediate = {
  NONE: 0,
  BYTE: 1,
  WORD: 2,
  /** As wide as the operand, 4 bytes at most. */
  FULL: 3,
  /** As wide as an address. */
  ADDRESS: 4,
  /** An offset and a selector. */
  FAR: 5,
  /** ENTER's word and byte. */
  WORD_AND_BYTE: 6,
} as const;
/** One of {@link Immediate}. */
export type Immediate = (typeof Immediate)[keyof typeof Immediate];

const BY_SIZES: Readonly<Record<string, Immediate>> = {
  "": Immediate.NONE,
  b: Immediate.BYTE,
  w: Immediate.WORD,
  z: Immediate.FULL,
  v: Immediate.FULL,
  o: Immediate.ADDRESS,
  p: Immediate.FAR,
  wb: Immediate.WORD_AND_BYTE,
};

const MAPS: readonly OpcodeMap[] = ["", "0f", "0f38", "0f3a"];
const OPCODES = 256;
const EXTENSIONS = 8;

function immediateOf(row: OpcodeRow): Immediate {
  return BY_SIZES[immediates(row).join("")] ?? Immediate.NONE;
}

/** Lengths for 16- and 32-bit code. */
export class LengthTable {
  readonly #modrm = new Uint8Array(MAPS.length * OPCODES);
  readonly #immediate = new Uint8Array(MAPS.length * OPCODES * EXTENSIONS);

  constructor(table: OpcodeTable) {
    MAPS.forEach((map, m) => {
      for (let op = 0; op < OPCODES; op++) this.#enter(table, map, m * OPCODES + op, op);
    });
  }

  #enter(table: OpcodeTable, map: OpcodeMap, at: number, op: number): void {
    // The maps of three bytes have ModRM behind every opcode, and the second an immediate byte.
    const isUniform = map === "0f38" || map === "0f3a";
    this.#modrm[at] = isUniform ? 1 : 0;
    const first = at * EXTENSIONS;
    if (map === "0f3a") this.#immediate.fill(Immediate.BYTE, first, first + EXTENSIONS);
    for (const row of table.rowsAt(map, op).filter(({ where }) => where !== "only-64")) {
      if (hasModrm(row)) this.#modrm[at] = 1;
      const { extension } = row;
      if (extension < 0) this.#immediate.fill(immediateOf(row), first, first + EXTENSIONS);
      else this.#immediate[first + extension] = immediateOf(row);
    }
  }

  /** Is there a ModRM byte? `map` is 0 for one byte, 1 for 0F, 2 and 3 for 0F38 and 0F3A. */
  hasModrm(map: number, op: number): boolean {
    return this.#modrm[map * OPCODES + op] !== 0;
  }

  /** Immediate behind ModRM (0 where there is none) and its displacement. */
  immediate(map: number, op: number, modrm: number): Immediate {
    const at = (map * OPCODES + op) * EXTENSIONS + ((modrm >> 3) & 7);
    return this.#immediate[at] as Immediate;
  }
}
