/** Bytes of code as text. */
import { MemError } from "@mem/qom";
import {
  aBigint,
  checkArgument,
  checkOptions,
  type OptionRefusal,
  type OptionTable,
  someBytes,
} from "@mem/qom/plumbing";
import { OpcodeTable } from "../opcodes/opcode-table.js";
import { attText } from "./att.js";
import type { CodeBits } from "./instruction.js";
import { decodeInstruction } from "./instruction.js";

/**
 * One instruction as text.
 * @see {@link Disassembler}
 */
export interface DisassembledInstruction {
  /** Of its first byte, in bytes: a linear address, or an offset in the segment, as it was told. */
  readonly address: bigint;
  /** Bytes that it takes, 1 or more. */
  readonly length: number;
  /** In AT&T's syntax; `.byte` and the first byte when there is no such instruction. */
  readonly text: string;
}

const CALL = "disassembler.disassemble";
const OPTIONS: OptionTable = {
  call: CALL,
  required: {
    bits: { expects: "16, 32 or 64", accepts: (bits) => bits === 16 || bits === 32 || bits === 64 },
  },
  optional: { address: aBigint },
};

const refuse: OptionRefusal = (message, { rule }) => {
  throw new MemError(message, { rule });
};

/** @throws MemError for what is no code, or not told its size */
function checkCode(bytes: unknown, options: unknown): void {
  checkArgument(bytes, someBytes, CALL, "the code", refuse);
  checkOptions(options, OPTIONS, refuse);
}

/**
 * Prints code of 16, 32 and 64 bits in AT&T's syntax, as QEMU's monitor does. It reads the same table of
 * instructions that the decoder takes lengths from.
 *
 * @example
 * ```ts
 * const code = Uint8Array.of(0xb8, 0x34, 0x12, 0xcd, 0x10);
 * for (const { text } of new Disassembler().disassemble(code, { bits: 16 })) {
 *   console.log(text.split(" ")[0]);
 * }
 * // prints: movw
 * // prints: int
 * ```
 */
export class Disassembler {
  readonly #table = new OpcodeTable();

  /**
   * The first instruction of `bytes`; `null` when there is no byte.
   * @param options `bits`: the default size of the code segment; `address`: where the first byte is, default 0
   */
  one(
    bytes: Uint8Array,
    options: { readonly bits: CodeBits; readonly address?: bigint },
  ): DisassembledInstruction | null {
    checkCode(bytes, options);
    const { bits, address = 0n } = options;
    const [first] = bytes;
    if (first === undefined) return null;
    const instruction = decodeInstruction(this.#table, bytes, bits);
    if (instruction === null) {
      return { address, length: 1, text: `.byte    0x${first.toString(16).padStart(2, "0")}` };
    }
    return { address, length: instruction.length, text: attText(instruction, address) };
  }

  /**
   * All instructions of `bytes`, one after the other.
   * @param options as of {@link one}
   */
  *disassemble(
    bytes: Uint8Array,
    options: { readonly bits: CodeBits; readonly address?: bigint },
  ): Generator<DisassembledInstruction> {
    checkCode(bytes, options);
    const { bits, address = 0n } = options;
    for (let at = 0; at < bytes.length;) {
      const one = this.one(bytes.subarray(at), { bits, address: address + BigInt(at) });
      if (one === null) return;
      yield one;
      at += one.length;
    }
  }
}
