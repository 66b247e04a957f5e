/** An instruction as the translator knows it. */
import type { SseRow, X87Form } from "@mem/x86";

/** Handling of an instruction by the translator. */
export const Handling = {
  /** The translator translates the instruction. */
  TRANSLATE: 0,
  /** The interpreter executes it in the midst of the unit, which goes on unless something changed. */
  CALL: 1,
  /** The unit ends before it; the interpreter executes it. */
  LEAVE: 2,
} as const;
export type Handling = (typeof Handling)[keyof typeof Handling];

/** Widths of operands in bytes; long mode will add 8. */
export type Width = 1 | 2 | 4;

/** A memory operand: the sum of what is there. */
export interface MemoryOperand {
  /** Base register, -1 = none. */
  readonly base: number;
  /** Index register, -1 = none. */
  readonly index: number;
  /** The index is shifted left by this. */
  readonly scale: number;
  /** Displacement, sign-extended to the address width. */
  readonly displacement: number;
  /** Segment register. */
  readonly segment: number;
  /** Width of the address in bytes; long mode will add 8. */
  readonly addressWidth: 2 | 4;
}

/** One decoded instruction. */
export interface Instruction {
  /** Linear address. */
  readonly at: number;
  /** Linear address of the next one. */
  readonly next: number;
  /** Opcode: 0 to 255, 256 more behind 0F, 512 behind 0F 38, 768 behind 0F 3A. */
  readonly opcode: number;
  /** Width of "word" operands. */
  readonly wide: 2 | 4;
  /** Width of addresses, and of the counter of loops. */
  readonly addressWidth: 2 | 4;
  /** Segment of operands without ModRM byte. */
  readonly dataSegment: number;
  /** ModRM byte, or -1. */
  readonly modrm: number;
  /** The memory operand of the ModRM byte or of a direct address, or null. */
  readonly memory: MemoryOperand | null;
  /** Immediate: bytes sign-extended, others as they are. */
  readonly immediate: number;
  /** F3 is 1, F2 is 2. */
  readonly repeat: number;
  /** The row of the table of SSE instructions, if it is one. */
  readonly sse: SseRow | null;
  /** Kernel that it calls, if it is an instruction of the x87 unit and no more than a kernel. */
  readonly x87: X87Form | null;
  readonly handling: Handling;
}

/** The reg field of a ModRM byte. */
export function regField(i: Instruction): number {
  return (i.modrm >> 3) & 7;
}
/** The register of a ModRM byte that names no memory. */
export function rmField(i: Instruction): number {
  return i.modrm & 7;
}
