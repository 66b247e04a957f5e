/** An instruction in AT&T's syntax, as QEMU's monitor prints it. */
import type { CodeBits, DecodedInstruction, MemoryPlace } from "./instruction.js";

const WORDS = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"] as const;
const BYTES = ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"] as const;
const REX_BYTES = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"] as const;
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"] as const;
const SUFFIXES = { 8: "b", 16: "w", 32: "l", 64: "q" } as const;
/** From here on numbers are printed in hexadecimal. */
const FIRST_HEX = 10;
/** Column at which mnemonics end and operands begin. */
const NAME_COLUMNS = 8;

/** Segment registers that an opcode names. */
const NAMED_SEGMENT = /^[C-GS]S$/;

type Width = 8 | CodeBits;

/** Instructions whose sign-extended immediates are patterns of bits. */
const LOGICAL = new Set(["and", "or", "xor"]);
/** Instructions whose operands stand in Intel's order. */
const IN_ORDER = new Set(["enter"]);
/** String instructions that end at a count, and those that also end at a comparison. */
const COMPARING = new Set(["cmps", "scas"]);
/** Predicates that comparisons of SSE name in place of a number. */
const PREDICATES = ["eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"] as const;

function hex(value: bigint): string {
  return value < FIRST_HEX ? value.toString() : `0x${value.toString(16)}`;
}

function signedHex(value: bigint): string {
  return value < 0n ? `-${hex(-value)}` : hex(value);
}

/** A general register. */
function register(number: number, width: Width, rex: number): string {
  if (number >= 8) {
    const end = { 8: "b", 16: "w", 32: "d", 64: "" } as const;
    return `%r${number}${end[width]}`;
  }
  if (width === 8) return `%${(rex === 0 ? BYTES : REX_BYTES)[number]}`;
  const letter = { 16: "", 32: "e", 64: "r" } as const;
  return `%${letter[width]}${WORDS[number]}`;
}

/** Prints one instruction. */
class Printer {
  readonly #i: DecodedInstruction;
  readonly #next: bigint;
  #immediate = 0;

  constructor(instruction: DecodedInstruction, address: bigint) {
    this.#i = instruction;
    this.#next = address + BigInt(instruction.length);
  }

  text(): string {
    const { row } = this.#i;
    const operands = row.operands.map((code) => this.#operand(code));
    if (!IN_ORDER.has(row.mnemonic)) operands.reverse();
    const { name, rest } = this.#compare(operands);
    const head = `${this.#prefix()}${name}`;
    return rest.length === 0 ? head : `${head.padEnd(NAME_COLUMNS)} ${rest.join(", ")}`;
  }

  /** Comparisons of SSE carry their predicate in the name. */
  #compare(operands: readonly string[]): { name: string; rest: readonly string[] } {
    const { row } = this.#i;
    const [, type = ""] = /^cmp([ps][sd])$/.exec(row.mnemonic) ?? [];
    const predicate = PREDICATES[Number(this.#i.immediates[0] ?? -1n)];
    if (row.map !== "0f" || type === "" || predicate === undefined) {
      return { name: this.#name(), rest: operands };
    }
    return { name: `cmp${predicate}${type}`, rest: operands.slice(1) };
  }

  #prefix(): string {
    const { row, prefixes } = this.#i;
    const words: string[] = [];
    if (prefixes.lock) words.push("lock");
    const isString = row.operands.some((code) => /^[XY]/.test(code));
    if (isString && prefixes.repeat !== 0) {
      const comparing = COMPARING.has(row.mnemonic);
      if (prefixes.repeat === 0xf2) words.push("repne");
      else words.push(comparing ? "repe" : "rep");
    }
    return words.map((word) => `${word} `).join("");
  }

  #name(): string {
    const { row, operandBits, addressBits } = this.#i;
    if (row.mnemonic === "jcxz") {
      return { 16: "jcxz", 32: "jecxz", 64: "jrcxz" }[addressBits];
    }
    const at = { 16: 0, 32: 1, 64: 2 }[operandBits];
    const name = row.attMnemonic.split("|")[at] ?? row.attMnemonic;
    if (!name.endsWith("$")) return name;
    const stem = name.slice(0, -1);
    const absolute = this.#hasWideAddress() ? "abs" : "";
    return `${stem}${absolute}${this.#suffix()}`;
  }

  /** A move whose address or immediate has 64 bits. */
  #hasWideAddress(): boolean {
    const { row, bits, operandBits } = this.#i;
    if (bits !== 64 || row.mnemonic !== "mov") return false;
    return row.operands.some(
      (code) => code.startsWith("O") || (code === "Iv" && operandBits === 64),
    );
  }

  #suffix(): string {
    const { row, operandBits, bits, prefixes } = this.#i;
    switch (row.attSuffix) {
      case "":
        break;
      case "v":
        return SUFFIXES[operandBits];
      case "y":
        return (prefixes.rex & 8) !== 0 ? "q" : "l";
      case "m":
        return SUFFIXES[bits === 64 ? 64 : operandBits];
      case "q":
        return (prefixes.rex & 8) !== 0 ? "q" : "";
      default:
        return row.attSuffix;
    }
    const sized = row.operands.find(
      (code) => /^\*?[EGMRXYZSOC]|^(?:[er]?A[XL])$/.test(code) && !NAMED_SEGMENT.test(code),
    );
    // CRC32 is named by what it takes in.
    const code = row.mnemonic === "crc32" ? row.operands[1] : sized;
    if (code === undefined || code.startsWith("*")) return SUFFIXES[operandBits];
    return SUFFIXES[this.#width(code)];
  }

  /** Bits of an operand. */
  #width(code: string): Width {
    const { operandBits, bits, memory, prefixes, row } = this.#i;
    if (code === "AL" || code === "CL") return 8;
    if (code === "DX") return 16;
    if (code.startsWith("S") && row.operands.length === 2) return this.#width("Ex");
    switch (code.at(-1)) {
      case "b":
        return 8;
      case "w":
        return 16;
      case "d":
        return 32;
      case "q":
        return 64;
      case "z":
        return operandBits === 16 ? 16 : 32;
      case "y":
        return (prefixes.rex & 8) !== 0 ? 64 : 32;
      case "x":
        return memory === null ? operandBits : 16;
      case "r":
        return bits === 64 ? 64 : 32;
      default:
        return code === "eAX" && operandBits === 64 ? 32 : operandBits;
    }
  }

  #operand(code: string): string {
    const { modrm, prefixes, memory, opcode } = this.#i;
    const { rex } = prefixes;
    if (code.startsWith("*")) return `*${this.#operand(code.slice(1))}`;
    if (code.startsWith("v")) return this.#vector(code.slice(1));
    if (NAMED_SEGMENT.test(code)) return `%${code.toLowerCase()}`;
    const width = this.#width(code);
    const low = (modrm & 7) | ((rex & 1) << 3);
    const middle = ((modrm >> 3) & 7) | ((rex & 4) << 1);
    switch (code) {
      case "1":
        return "$1";
      case "AL":
      case "CL":
      case "DX":
      case "AX":
        return `%${code.toLowerCase()}`;
      case "rAX":
      case "eAX":
        return register(0, width, rex);
      case "F0":
        return "%st(0)";
      case "Fi":
        return `%st(${modrm & 7})`;
    }
    switch (code[0]) {
      case "E":
      case "M":
        return memory === null ? register(low, width, rex) : this.#memory(memory);
      case "R":
        return register(low, width, rex);
      case "G":
        return register(middle, width, rex);
      case "Z":
        return register((opcode & 7) | ((rex & 1) << 3), width, rex);
      case "S":
        return `%${SEGMENTS[(modrm >> 3) & 7] ?? "?"}`;
      case "C":
        return `%cr${middle}`;
      case "D":
        return `%dr${middle}`;
      case "X":
        return this.#stringPlace(6, prefixes.segment);
      case "Y":
        return this.#stringPlace(7, this.#i.bits === 64 ? "" : "es");
      case "J":
        return this.#target(code);
      case "A":
        return this.#farPointer();
      case "O":
        return `${this.#segment()}${hex(this.#take())}`;
      default:
        return this.#immediateOperand(code);
    }
  }

  #take(): bigint {
    return this.#i.immediates[this.#immediate++] ?? 0n;
  }

  #immediateOperand(code: string): string {
    const { row, operandBits } = this.#i;
    const value = this.#take();
    if (code === "sIb") {
      const signed = BigInt.asIntN(8, value);
      return `$${LOGICAL.has(row.mnemonic) ? hex(BigInt.asUintN(operandBits, signed)) : signedHex(signed)}`;
    }
    if (code === "Iz" && operandBits === 64) {
      const signed = BigInt.asIntN(32, value);
      return `$${LOGICAL.has(row.mnemonic) ? hex(BigInt.asUintN(64, signed)) : signedHex(signed)}`;
    }
    return `$${hex(value)}`;
  }

  #target(code: string): string {
    const { operandBits, bits } = this.#i;
    const size = code === "Jb" ? 8 : operandBits === 16 ? 16 : 32;
    const width = bits === 64 ? 64 : operandBits;
    return hex(BigInt.asUintN(width, this.#next + BigInt.asIntN(size, this.#take())));
  }

  #farPointer(): string {
    const value = this.#take();
    const width = this.#i.operandBits === 16 ? 16 : 32;
    const segment = value >> BigInt(width);
    return `$0x${segment.toString(16)}:$0x${BigInt.asUintN(width, value).toString(16)}`;
  }

  #segment(): string {
    const { segment } = this.#i.prefixes;
    return segment === "" ? "" : `%${segment}:`;
  }

  #stringPlace(number: number, segment: string): string {
    const place = `(${register(number, this.#i.addressBits, 0)})`;
    return segment === "" ? place : `%${segment}:${place}`;
  }

  #memory({ base, index, scale, displacement, hasDisplacement }: MemoryPlace): string {
    const { addressBits } = this.#i;
    const parts: string[] = [];
    if (base === -2) parts.push(addressBits === 64 ? "%rip" : "%eip");
    else if (base >= 0 || index >= 0) parts.push(base < 0 ? "" : register(base, addressBits, 0));
    if (index >= 0) parts.push(register(index, addressBits, 0));
    if (index >= 0 && scale > 1) parts.push(String(scale));
    const value = BigInt(displacement);
    const alone = parts.length === 0;
    const shown = alone ? hex(BigInt.asUintN(addressBits, value)) : signedHex(value);
    const number = alone || (hasDisplacement && displacement !== 0) || base === -2 ? shown : "";
    return `${this.#segment()}${number}${alone ? "" : `(${parts.join(", ")})`}`;
  }

  /** Operands of MMX and SSE: V W U XMM, P Q N MMX, G E R general, M memory. */
  #vector(code: string): string {
    const { modrm, prefixes, memory } = this.#i;
    const { rex } = prefixes;
    const low = (modrm & 7) | ((rex & 1) << 3);
    const middle = ((modrm >> 3) & 7) | ((rex & 4) << 1);
    const kind = code.charAt(0);
    const width: Width = (rex & 8) !== 0 ? 64 : 32;
    switch (kind) {
      case "V":
        return `%xmm${middle}`;
      case "P":
        return `%mm${middle & 7}`;
      case "G":
        return register(middle, width, rex);
    }
    if (memory !== null) return this.#memory(memory);
    switch (kind) {
      case "Q":
      case "N":
        return `%mm${low & 7}`;
      case "E":
      case "R":
        return register(low, width, rex);
      default:
        return `%xmm${low}`;
    }
  }
}

/** The instruction at `address`, which matters to relative targets. */
export function attText(instruction: DecodedInstruction, address: bigint): string {
  return new Printer(instruction, address).text();
}
