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

/** Widths of operands in bytes; 8 is of 64-bit code. */
export type Width = 1 | 2 | 4 | 8;

/** A memory operand: the sum of what is there. */
export interface MemoryOperand {
  /** Base register, -1 = none. */
  readonly base: number;
  /** Index register, -1 = none. */
  readonly index: number;
  /** The index is shifted left by this. */
  readonly scale: number;
  /** Displacement, sign-extended to the address width; a sum with RIP has been worked out. */
  readonly displacement: number;
  /** Segment register. */
  readonly segment: number;
  /** Was RIP counted from? */
  readonly isRelative: boolean;
  /** Width of the address in bytes. */
  readonly addressWidth: 2 | 4 | 8;
}

/** One decoded instruction. */
export interface Instruction {
  /** Linear address; in 64-bit code its low 32 bits, signed. */
  readonly at: number;
  /** That of the next one. */
  readonly next: number;
  /** Bytes of it. */
  readonly length: number;
  /** Opcode: 0 to 255, 256 more behind 0F, 512 behind 0F 38, 768 behind 0F 3A. */
  readonly opcode: number;
  /** Width of "word" operands. */
  readonly wide: 2 | 4 | 8;
  /** Width of addresses, and of the counter of loops. */
  readonly addressWidth: 2 | 4 | 8;
  /** Segment of operands without ModRM byte. */
  readonly dataSegment: number;
  /** ModRM byte, or -1. */
  readonly modrm: number;
  /** The memory operand of the ModRM byte or of a direct address, or null. */
  readonly memory: MemoryOperand | null;
  /** Immediate: bytes sign-extended, others as they are; of 8 bytes the low half, signed. */
  readonly immediate: number;
  /** Bits 32 to 63 of an immediate of 8 bytes. */
  readonly immediateHigh: number;
  /** REX prefix, or 0. */
  readonly rex: number;
  /** F3 is 1, F2 is 2. */
  readonly repeat: number;
  /** The row of the table of SSE instructions, if it is one. */
  readonly sse: SseRow | null;
  /** Kernel that it calls, if it is an instruction of the x87 unit and no more than a kernel. */
  readonly x87: X87Form | null;
  readonly handling: Handling;
  /** Does it reach into a next page of which nothing is known? Then the end of it is missing here. */
  readonly isCut: boolean;
  /** Has its operand been seen to be a device's, or other memory that must be accessed by dispatch? */
  readonly isOfDevice: boolean;
}

/** The middle field of a ModRM byte, where it tells instructions apart. */
export function groupField(i: Instruction): number {
  return (i.modrm >> 3) & 7;
}
/** The register in the middle of a ModRM byte. */
export function regField(i: Instruction): number {
  return ((i.modrm >> 3) & 7) | ((i.rex & 4) << 1);
}
/** The register of a ModRM byte that names no memory. */
export function rmField(i: Instruction): number {
  return (i.modrm & 7) | ((i.rex & 1) << 3);
}
/** The register that an opcode names. */
export function opcodeRegister(i: Instruction): number {
  return (i.opcode & 7) | ((i.rex & 1) << 3);
}
