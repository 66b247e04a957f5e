/** Blocks of a region, and how they end. */
import type { Instruction } from "../decode/instruction.js";

/** End of a block. */
export const Ending = {
  /** The block runs into the next one, or out of the region. */
  FALL: 0,
  /** By a jump that is always taken, inside the region or out of it. */
  JUMP: 1,
  /** By a conditional one. */
  BRANCH: 2,
  /** By a call: the return address is pushed. */
  CALL: 3,
  /** By a jump, call or return to where a register or memory says; a return may lead to its successors. */
  INDIRECT: 4,
  /** Before an instruction that the interpreter executes, wherever that leads. */
  LEAVE: 5,
} as const;
export type Ending = (typeof Ending)[keyof typeof Ending];

/** Instructions in a row, with one way in. */
export interface Block {
  /** Linear address; in 64-bit code its low 32 bits, signed, as all of them here. */
  readonly start: number;
  /** Its instructions; the last one is the jump, if it ends by one. */
  readonly instructions: Instruction[];
  ending: Ending;
  /** Linear address that it jumps to, for {@link Ending.JUMP}, BRANCH and CALL. */
  target: number;
  /** Linear address that follows it. */
  next: number;
  /** Indices in the region, or -1, of the blocks that may follow: where it falls, then where it jumps. */
  successors: number[];
}
