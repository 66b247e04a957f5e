/** The parts of an instruction's bytes. */
import type { OpcodeMap, OpcodeRow } from "../opcodes/opcode-row.js";
import type { OpcodeTable } from "../opcodes/opcode-table.js";
import { hasModrm, immediates } from "../opcodes/operand-shape.js";

/**
 * Bits of an address or operand.
 * @see {@link Disassembler}
 */
export type CodeBits = 16 | 32 | 64;

/** The longest that an instruction may be, in bytes. */
export const LONGEST_INSTRUCTION = 15;

/** The segment register of the highest number. */
const LAST_SEGMENT = 5;

/** Segment registers by their prefix. */
const SEGMENT_PREFIXES: ReadonlyMap<number, string> = new Map([
  [0x26, "es"],
  [0x2e, "cs"],
  [0x36, "ss"],
  [0x3e, "ds"],
  [0x64, "fs"],
  [0x65, "gs"],
]);

/** Prefixes in force. */
export interface Prefixes {
  readonly lock: boolean;
  readonly repeat: 0 | 0xf2 | 0xf3;
  readonly has66: boolean;
  readonly has67: boolean;
  /** The segment override, empty for none. */
  readonly segment: string;
  /** The REX prefix, 0 for none. */
  readonly rex: number;
}

/** A place in memory, as ModRM says it. */
export interface MemoryPlace {
  /** Number of the base register; -1 for none, -2 for the instruction pointer. */
  readonly base: number;
  /** Number of the index register, -1 for none. */
  readonly index: number;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  /** Is the displacement there, whatever its value? */
  readonly hasDisplacement: boolean;
}

/** An instruction, taken apart. */
export interface DecodedInstruction {
  readonly row: OpcodeRow;
  readonly prefixes: Prefixes;
  readonly opcode: number;
  readonly modrm: number;
  readonly memory: MemoryPlace | null;
  /** Immediates in the order of their bytes, as unsigned numbers of their width. */
  readonly immediates: readonly bigint[];
  /** Bytes, prefixes included. */
  readonly length: number;
  readonly operandBits: CodeBits;
  readonly addressBits: CodeBits;
  readonly bits: CodeBits;
}

/** Reads bytes one by one, up to the end of what there is or may be. */
class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws EndOfBytes when there is none */
  byte(): number {
    if (this.at >= this.#bytes.length || this.at >= LONGEST_INSTRUCTION) throw END;
    return this.#bytes[this.at++];
  }

  /** `size` bytes from the lowest on, unsigned. */
  value(size: number): bigint {
    let value = 0n;
    for (let k = 0; k < size; k++) value |= BigInt(this.byte()) << BigInt(8 * k);
    return value;
  }

  /** Signed value; 1, 2 or 4 bytes; 1, 2 or 4 bytes. */
  signed(size: number): number {
    return Number(BigInt.asIntN(8 * size, this.value(size)));
  }
}

/**
 * Value that a reader throws at the end of the bytes: it does not leave {@link decodeInstruction}.
 */
const END = Symbol("end of bytes");

/** The instruction that `bytes` begin with, `null` when they are none or too few. */
export function decodeInstruction(
  table: OpcodeTable,
  bytes: Uint8Array,
  bits: CodeBits,
): DecodedInstruction | null {
  try {
    return decode(table, new Reader(bytes), bits);
  } catch (error) {
    if (error === END) return null;
    throw error;
  }
}

function decode(table: OpcodeTable, reader: Reader, bits: CodeBits): DecodedInstruction | null {
  const { prefixes, next } = readPrefixes(reader, bits);
  const { map, opcode } = readOpcode(reader, next);
  const is64 = bits === 64;
  const { has66, repeat } = prefixes;
  // All rows of an opcode agree on whether there is ModRM, unless they differ by it.
  const rows = table.rowsAt(map, opcode);
  const modrmAt = reader.at;
  const modrm = rows.some((one) => hasModrm(one)) ? reader.byte() : -1;
  // With REX.B, what would be NOP exchanges R8.
  const isExchange = map === "" && opcode === 0x90 && (prefixes.rex & 1) !== 0;
  const row = table.find(map, isExchange ? 0x91 : opcode, { modrm, has66, repeat, is64 });
  if (row === null || (row.operands.includes("Sw") && ((modrm >> 3) & 7) > LAST_SEGMENT))
    return null;
  if (!hasModrm(row)) reader.at = modrmAt;
  const operandBits = operandSize(row, prefixes, bits);
  const addressBits = addressSize(prefixes, bits);
  const isMemory = hasModrm(row) && modrm < 0xc0 && !isRegisterOnly(row);
  const memory = !isMemory ? null : readMemory(reader, modrm, addressBits, prefixes.rex);
  const values = immediates(row).map((size) => {
    switch (size) {
      case "b":
        return reader.value(1);
      case "w":
        return reader.value(2);
      case "z":
        return reader.value(Math.min(32, operandBits) / 8);
      case "v":
        return reader.value(operandBits / 8);
      case "o":
        return reader.value(addressBits / 8);
      case "p":
        return reader.value(Math.min(32, operandBits) / 8 + 2);
    }
  });
  return {
    ...{ row, prefixes, opcode, modrm, memory, immediates: values, length: reader.at },
    ...{ operandBits, addressBits, bits },
  };
}

/** Moves to and from control and debug registers take ModRM's low field for a register always. */
function isRegisterOnly(row: OpcodeRow): boolean {
  return row.operands.some((text) => text.startsWith("R"));
}

function readPrefixes(reader: Reader, bits: CodeBits): { prefixes: Prefixes; next: number } {
  let [lock, has66, has67] = [false, false, false];
  let repeat: Prefixes["repeat"] = 0;
  let segment = "";
  let rex = 0;
  for (;;) {
    const byte = reader.byte();
    const named = SEGMENT_PREFIXES.get(byte);
    if (bits === 64 && (byte & 0xf0) === 0x40) {
      rex = byte;
      continue;
    }
    if (named !== undefined) segment = named;
    else if (byte === 0x66) has66 = true;
    else if (byte === 0x67) has67 = true;
    else if (byte === 0xf0) lock = true;
    else if (byte === 0xf2 || byte === 0xf3) repeat = byte;
    else return { prefixes: { lock, repeat, has66, has67, segment, rex }, next: byte };
    // REX counts only where the opcode follows it.
    rex = 0;
  }
}

function readOpcode(reader: Reader, first: number): { map: OpcodeMap; opcode: number } {
  if (first !== 0x0f) return { map: "", opcode: first };
  const second = reader.byte();
  if (second === 0x38) return { map: "0f38", opcode: reader.byte() };
  if (second === 0x3a) return { map: "0f3a", opcode: reader.byte() };
  return { map: "0f", opcode: second };
}

function operandSize(row: OpcodeRow, { rex, has66 }: Prefixes, bits: CodeBits): CodeBits {
  // A prefix that is a part of the opcode says nothing about the size.
  const narrow = has66 && row.prefix !== "66";
  if (bits === 64) {
    if (row.size64 === "always-64" || (rex & 8) !== 0) return 64;
    if (narrow) return 16;
    return row.size64 === "default-64" ? 64 : 32;
  }
  return (bits === 32) === narrow ? 16 : 32;
}

function addressSize({ has67 }: Prefixes, bits: CodeBits): CodeBits {
  if (bits === 64) return has67 ? 32 : 64;
  return (bits === 32) === has67 ? 16 : 32;
}

/** Base and index of 16-bit addresses, by ModRM's low field. */
const PAIRS_16 = [
  ...([[3, 6] as const, [3, 7] as const, [5, 6] as const, [5, 7] as const] as const),
  ...([[6, -1] as const, [7, -1] as const, [5, -1] as const, [3, -1] as const] as const),
] as const;

function readMemory(reader: Reader, modrm: number, bits: CodeBits, rex: number): MemoryPlace {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (bits === 16) {
    const alone = mod === 0 && rm === 6;
    const size = alone || mod === 2 ? 2 : mod;
    const [base, index] = alone ? [-1, -1] : PAIRS_16[rm];
    return { base, index, scale: 1, ...readDisplacement(reader, size) };
  }
  let base = rm | ((rex & 1) << 3);
  let index = -1;
  let scale: MemoryPlace["scale"] = 1;
  const hasSib = rm === 4;
  if (hasSib) {
    const sib = reader.byte();
    index = ((sib >> 3) & 7) | ((rex & 2) << 2);
    // The stack pointer is no index.
    if (index === 4) index = -1;
    scale = (1 << (sib >> 6)) as MemoryPlace["scale"];
    base = (sib & 7) | ((rex & 1) << 3);
  }
  const alone = mod === 0 && (base & 7) === 5;
  if (alone) base = bits === 64 && !hasSib ? -2 : -1;
  else if (mod === 0 && !hasSib && rm === 5) base = -2;
  const size = alone || mod === 2 ? 4 : mod;
  return { base, index, scale, ...readDisplacement(reader, size) };
}

function readDisplacement(
  reader: Reader,
  size: number,
): { readonly displacement: number; readonly hasDisplacement: boolean } {
  return { displacement: size === 0 ? 0 : reader.signed(size), hasDisplacement: size !== 0 };
}
