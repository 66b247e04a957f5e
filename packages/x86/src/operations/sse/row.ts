/** Notation and meaning of a row of the table of SSE instructions. */

/** The place where an operand is. */
export const Place = {
  /** XMM register of ModRM's middle field, or of its low field. */
  XMM: 0,
  /** MMX register. */
  MMX: 1,
  /** General register of 32 bits. */
  GENERAL: 2,
} as const;
export type Place = (typeof Place)[keyof typeof Place];

/** Mandatory prefixes, as the index of a row in its opcode's entry. */
export const PREFIXES = ["", "66", "f3", "f2"] as const;
export type Prefix = (typeof PREFIXES)[number];

/**
 * The features that CPUID tells of, by QEMU's names.
 * @see {@link SseTable}
 */
export type SseFeature = "mmx" | "sse" | "sse2" | "pni" | "ssse3" | "sse4.1" | "sse4.2";

/**
 * One instruction.
 * @see {@link SseTable}
 */
export interface SseRow {
  /** Name of the instruction. */
  readonly mnemonic: string;
  /** Mandatory prefix, in hexadecimal. */
  readonly prefix: Prefix;
  /** Opcode, with the bytes of its map before it: 0f58, 0f3817. */
  readonly opcode: number;
  /** ModRM's middle field where it is a part of the opcode, or -1. */
  readonly extension: number;
  /** Feature that CPUID must claim. */
  readonly feature: SseFeature;
  /** Operands as manuals write them. */
  readonly operands: string;
  /** Does the first operand come from ModRM's low field (and may be memory)? */
  readonly isStore: boolean;
  /** The place where the operand of ModRM's middle field is. */
  readonly reg: Place;
  /** The place where the operand of ModRM's low field is, unless in memory. */
  readonly rm: Place;
  /** Bytes of the operand in memory; 0: it must be a register. */
  readonly bytes: number;
  /** Must the operand be in memory? */
  readonly isMemoryOnly: boolean;
  /** Must the address be a multiple of 16? */
  readonly isAligned: boolean;
  /** Does a byte follow? */
  readonly hasImmediate: boolean;
  /** Kernel for an operand in a register. */
  readonly kernel: string;
  /** Kernel for an operand in memory. */
  readonly memoryKernel: string;
  /** Does the kernel answer the arithmetic flags? */
  readonly setsFlags: boolean;
}

/** Options of a row. */
interface Options {
  /** Default: the mnemonic. */
  readonly kernel?: string;
  /** For an operand in memory; default: as above. */
  readonly memoryKernel?: string;
  readonly extension?: number;
  readonly setsFlags?: boolean;
}

/**
 * Operands are separated by blanks. The middle field of ModRM names V (XMM), P (MMX), G (general);
 * the low field W, Q, E, which may be memory of as many bytes as follow, or U, N, R, which may not,
 * or M, which must be. Memory of 16 bytes is aligned unless a `u` follows. I is a byte.
 */
const OPERAND = /^([VPGWQEUNRMI])(\d*)(u?)$/;

const PLACES: Readonly<Record<string, Place>> = {
  V: Place.XMM,
  W: Place.XMM,
  U: Place.XMM,
  M: Place.XMM,
  P: Place.MMX,
  Q: Place.MMX,
  N: Place.MMX,
  G: Place.GENERAL,
  E: Place.GENERAL,
  R: Place.GENERAL,
};

/** Makes a row. */
export function row(
  feature: SseFeature,
  prefix: Prefix,
  opcode: number,
  mnemonic: string,
  operands: string,
  options: Options = {},
): SseRow {
  const parts = operands.split(" ").map((text) => OPERAND.exec(text) ?? ["", "", "0", ""]);
  const isMiddle = (kind: string): boolean => "VPG".includes(kind);
  const low = parts.find(([, kind]) => !isMiddle(kind) && kind !== "I") ?? ["", "", "0", ""];
  const middle = parts.find(([, kind]) => isMiddle(kind)) ?? low;
  const kernel = options.kernel ?? mnemonic;
  const bytes = low[2] === "" ? 0 : Number(low[2]);
  return {
    mnemonic,
    prefix,
    opcode,
    extension: options.extension ?? -1,
    feature,
    operands,
    isStore: !isMiddle(parts[0][1]),
    reg: PLACES[middle[1]],
    rm: PLACES[low[1]],
    bytes,
    isMemoryOnly: low[1] === "M",
    isAligned: bytes === 16 && low[3] !== "u",
    hasImmediate: parts.at(-1)?.[1] === "I",
    kernel,
    memoryKernel: options.memoryKernel ?? kernel,
    setsFlags: options.setsFlags ?? false,
  };
}
