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

/** Names of rows: `n:` a middle field of ModRM, kernels behind `=` and `/`, and a mark. */
const NAME = /^(?:(\d):)?(\w+)(?:=([\w.]+))?(?:\/([\w.]+))?([!#]?)$/;
/** An operand that is not there. */
const NONE = ["", "", "0", ""] as const;

/**
 * Rows from lines of text. A line with `@` names the feature and the mandatory prefix of those that
 * follow, which say opcode, operands and name: of several names each but the first has the next opcode,
 * and `-` leaves one out, or all have the same, if they begin with ModRM's middle field. A name may be
 * followed by `=` and the kernel, or how that ends if it begins like the name; by `/` and the kernel for
 * operands in memory; by `!` if flags are set, and by `#` if the operand must be in memory.
 */
export function rowsOf(text: string): readonly SseRow[] {
  let feature = "";
  let prefix = "";
  return text
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", second = "", ...names] = line.split(" ");
      if (first.startsWith("@")) {
        feature = first.slice(1);
        prefix = second;
        return [];
      }
      return names.flatMap((name, k) => {
        const parts = NAME.exec(name);
        if (parts === null) return [];
        const opcode = Number.parseInt(first, 16) + (parts[1] === undefined ? k : 0);
        return [
          row(feature as SseFeature, prefix as Prefix, opcode, second.replaceAll(",", " "), parts),
        ];
      });
    });
}

function row(
  feature: SseFeature,
  prefix: Prefix,
  opcode: number,
  operands: string,
  [, extension = "-1", mnemonic = "", end = mnemonic, inMemory, mark]: readonly string[],
): SseRow {
  const parts = operands.split(" ").map((text) => OPERAND.exec(text) ?? NONE);
  const isMiddle = (kind: string): boolean => "VPG".includes(kind);
  const low = parts.find(([, kind]) => !isMiddle(kind) && kind !== "I") ?? NONE;
  const middle = parts.find(([, kind]) => isMiddle(kind)) ?? low;
  const kernel = end.startsWith(".") ? mnemonic + end : end;
  const bytes = Number(low[2]);
  return {
    mnemonic,
    prefix,
    opcode,
    extension: Number(extension),
    feature,
    operands,
    isStore: !isMiddle(parts[0][1]),
    reg: PLACES[middle[1]],
    rm: PLACES[low[1]],
    bytes,
    isMemoryOnly: low[1] === "M" || mark === "#",
    isAligned: bytes === 16 && low[3] !== "u",
    hasImmediate: parts.at(-1)?.[1] === "I",
    kernel,
    memoryKernel: inMemory ?? kernel,
    setsFlags: mark === "!",
  };
}
