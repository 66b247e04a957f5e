/** One row of the table of instructions, and how a row is written as a line of text. */

/** Bytes in front of the opcode that choose the map it is in. */
export type OpcodeMap = "" | "0f" | "0f38" | "0f3a";

/** One encoding of an instruction. */
export interface OpcodeRow {
  readonly map: OpcodeMap;
  /** The opcode's byte; the first of eight where its low bits name a register. */
  readonly opcode: number;
  /** Do the low three bits of the opcode name a register? */
  readonly isInOpcode: boolean;
  /** The prefix that is a part of the opcode; empty: any, as prefixes mean what they always mean. */
  readonly prefix: "" | "66" | "f3" | "f2";
  /** ModRM's middle field where it is a part of the opcode, or -1. */
  readonly extension: number;
  /** All of ModRM where it is a part of the opcode, or -1. */
  readonly modrm: number;
  /** Does ModRM's low field name an x87 register, {@link modrm} being the first of eight? */
  readonly isStackRegister: boolean;
  /** May ModRM's low field name memory, a register, or both? */
  readonly form: "any" | "memory" | "register";
  /** The name that Intel's manuals give it; three by operand size, separated by bars. */
  readonly mnemonic: string;
  /** AT&T's name; `$` stands for the suffix of the size. */
  readonly attMnemonic: string;
  /** Source of AT&T's suffix: a size letter, or empty for that of the operands. */
  readonly attSuffix: string;
  /** Operands in the order of Intel's manuals, in their letters. */
  readonly operands: readonly string[];
  /** Modes in which it exists: everywhere, not in 64-bit code, or only there. */
  readonly where: "everywhere" | "not-64" | "only-64";
  /** Its operand size in 64-bit code: as everywhere, 64 unless 16 is asked for, or always 64. */
  readonly size64: "usual" | "default-64" | "always-64";
  /** QEMU's name of the feature that CPUID tells it by; empty: every processor has it. */
  readonly feature: string;
}

const CODE =
  /^(?:(66|f2|f3):)?(0f38|0f3a|0f)?([0-9a-f]{2})(\+r)?(?:\/([0-7]))?([MR])?(?:=([0-9a-f]{2})(\+i)?)?$/;
const WHERE = { "!32": "not-64", "!64": "only-64" } as const;
const SIZE = { "!d64": "default-64", "!f64": "always-64" } as const;
const FORM = { M: "memory", R: "register" } as const;

/**
 * A row from a line: code, name, operands, marks. The code is `prefix:map opcode` in hexadecimal, `+r`
 * where the opcode's low bits name a register, `/n` for ModRM's middle field, `M` or `R` where it must
 * be memory or a register, `=hh` for all of ModRM, `=hh+i` for all but its low field, which names an x87 register. The name is `intel=att` where they differ; in AT&T's,
 * `$` stands for the suffix. Marks: `!32` not in 64-bit code, `!64` only there, `!d64` and `!f64` for the
 * operand size there, `@feature`.
 *
 * Operands: E general register or memory, G general register, R and r the same without memory (r: as
 * wide as the mode), Z register in the opcode, M memory, S segment, C control, D debug register, I
 * immediate, s before it: sign-extended, J relative target, A far pointer, O memory by address alone,
 * X and Y the places of string instructions, F an x87 register; then the size: b, w, d, q, v (operand
 * size), z (32 bits at most), y (32 bits at least), x (register as v, memory as w). What begins with
 * none of these is a register by name, or 1.
 */
export function opcodeRow(line: string): OpcodeRow {
  const [code = "", name = "", ...rest] = line.trim().split(/\s+/);
  const parts = CODE.exec(code) ?? [];
  const marks = rest.filter((text) => /^[!@]/.test(text));
  const [intel = "", att = intel] = name.split("=");
  const [attMnemonic = "", attSuffix = ""] = att.split("$");
  const find = <T>(table: Readonly<Record<string, T>>, otherwise: T): T => {
    const mark = marks.find((text) => text in table);
    return mark === undefined ? otherwise : (table[mark] ?? otherwise);
  };
  return {
    map: (parts[2] ?? "") as OpcodeMap,
    opcode: Number.parseInt(parts[3] ?? "", 16),
    isInOpcode: parts[4] !== undefined,
    prefix: (parts[1] ?? "") as OpcodeRow["prefix"],
    extension: parts[5] === undefined ? -1 : Number(parts[5]),
    modrm: parts[7] === undefined ? -1 : Number.parseInt(parts[7], 16),
    isStackRegister: parts[8] !== undefined,
    form: parts[6] === undefined ? "any" : FORM[parts[6] as "M" | "R"],
    mnemonic: intel.replace(/\$.*/, ""),
    attMnemonic: att.includes("$") ? `${attMnemonic}$` : attMnemonic,
    attSuffix,
    operands: rest.filter((text) => !/^[!@]/.test(text)),
    where: find<OpcodeRow["where"]>(WHERE, "everywhere"),
    size64: find<OpcodeRow["size64"]>(SIZE, "usual"),
    feature: marks.find((text) => text.startsWith("@"))?.slice(1) ?? "",
  };
}

/** All rows of a text, a line each; empty lines and what follows `#` do not count. */
export function opcodeRows(text: string): readonly OpcodeRow[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map(opcodeRow);
}

/** The conditions by number, as names end with them. */
export const CONDITIONS = [
  ...([
    "o",
    "no",
    "b",
    "ae",
    "e",
    "ne",
    "be",
    "a",
    "s",
    "ns",
    "p",
    "np",
    "l",
    "ge",
    "le",
    "g",
  ] as const),
] as const;

/** A byte as two hexadecimal digits, as codes of rows are written. */
export function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
