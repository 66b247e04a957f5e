/**
 * Description of SSE for a translator: the rows, and how to write their operations into its own
 * code.
 */
import type { CodeWriter } from "@mem/wasm-emit";
import { ValueType } from "@mem/wasm-emit";
import { Expression } from "../../kernels/expression.js";
import { LANE_OPERATIONS } from "../../kernels/sse/integer.js";
import { packOperand } from "../../kernels/sse/operands.js";
import { mmxRows } from "../mmx/rows.js";
import type { SseRow } from "./row.js";
import { Place } from "./row.js";
import { sseRows } from "./rows.js";
import { widened } from "./wide.js";
import { entryIndex, placeOf, sseTable } from "./table.js";

/**
 * The table of SSE instructions, for a translator.
 * @see the guide "A translator on top of the memory API"
 */
export class SseTable {
  /** The place where operands are: XMM, MMX or general registers. */
  static readonly place = Place;
  readonly #entries = sseTable();

  /** Every row, those of MMX first. */
  rows(): readonly SseRow[] {
    return [...mmxRows(), ...sseRows()];
  }
  /**
   * The row of an instruction, if it has one.
   * @param opcode with the bytes of its map: 0f58, 0f3817
   * @param prefix none, 66, F3 and F2 as 0 to 3
   */
  find(opcode: number, prefix: number, modrm: number): SseRow | null {
    return this.#entries.get(opcode)?.[entryIndex(prefix, modrm)] ?? null;
  }
  /** Has any instruction of that opcode, with any prefix, a row? */
  has(opcode: number): boolean {
    return this.#entries.has(opcode);
  }
  /**
   * Offset of a register from the beginning of the processor's storage.
   * @param is64 true if general registers are those of 64-bit code
   */
  offsetOf(place: Place, register: number, is64 = false): number {
    return placeOf(place, register, is64);
  }
  /** The row that REX.W makes of another: the same where it changes nothing. */
  widened(row: SseRow): SseRow {
    return widened(row) ?? row;
  }
  /** The second parameter of a kernel; the first is the storage's address in the memory. */
  operand(target: number, source: number, immediate: number): number {
    return packOperand(target, source, immediate);
  }
  /**
   * Writes an operation on whole vectors that needs no kernel.
   * @param first pushes the first operand, maybe several times
   * @param second pushes the second
   * @returns true if there is such an operation; the result is on the stack then
   */
  writeOperation(
    code: CodeWriter,
    kernel: string,
    first: (code: CodeWriter) => void,
    second: (code: CodeWriter) => void,
  ): boolean {
    const operation = LANE_OPERATIONS[kernel];
    if (operation === undefined) return false;
    const { v128 } = ValueType;
    operation(new Expression(v128, first), new Expression(v128, second)).write(code);
    return true;
  }
}
