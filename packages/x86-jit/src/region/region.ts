/** A region: the blocks of one page that are reached from an entry by direct jumps. */
import type { CodeBytes } from "../decode/code-bytes.js";
import { decode } from "../decode/decode.js";
import type { Instruction } from "../decode/instruction.js";
import { Handling } from "../decode/instruction.js";
import { mayAccessDevice } from "../decode/device-access.js";
import { isConditional, isJump } from "../decode/jumps.js";

/** End of a block. */
export const Ending = {
  /** The block runs into the next one, or out of the region. */
  FALL: 0,
  /** By a jump that is always taken, inside the region or out of it. */
  JUMP: 1,
  /** By a conditional one. */
  BRANCH: 2,
  /** By a call: the return address is pushed, the region left. */
  CALL: 3,
  /** By a jump, call or return to where a register or memory says. */
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
  /** Indices in the region of the blocks that may follow: where it falls, then where it jumps. */
  successors: number[];
}

/** Blocks, the entry first. */
export interface Region {
  readonly blocks: Block[];
  /** Bytes of the page that it was made from: from an offset, up to another. */
  readonly first: number;
  readonly last: number;
  readonly instructionCount: number;
}

/** Bounds on one region. */
export interface RegionLimits {
  readonly instructions: number;
}

/**
 * Finds the region of an entry. It may begin with an instruction that is the interpreter's: it ends
 * before it then, and goes on where the interpreter leads.
 * @param entry offset in the page
 * @param isOfDevice says of which instructions, by linear address, the operand was seen to be a device's
 */
export function findRegion(
  code: CodeBytes,
  entry: number,
  limits: RegionLimits,
  isOfDevice: (at: number) => boolean,
): Region {
  const decoded = new Map<number, Instruction>();
  const starts = new Set<number>([(code.page + entry) | 0]);
  const pending = [(code.page + entry) | 0];
  const within = (linear: number): boolean => (linear & -4096) === code.page;
  let count = 0;
  // First all instructions that are reached, then blocks: a jump may go into the midst of one.
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    let linear = at;
    while (within(linear) && !decoded.has(linear) && count < limits.instructions) {
      let i = decode(code, linear & 0xfff);
      if (i.handling === Handling.TRANSLATE && mayAccessDevice(i) && isOfDevice(linear)) {
        i = { ...i, isOfDevice: true };
      }
      decoded.set(linear, i);
      if (i.handling === Handling.LEAVE) break;
      count++;
      if (isJump(i.opcode, i.modrm)) {
        const target = directTarget(i, code);
        if (target !== null && i.opcode !== 0xe8 && within(target)) {
          starts.add(target);
          pending.push(target);
        }
        if (isConditional(i.opcode)) {
          starts.add(i.next);
          pending.push(i.next);
        }
        break;
      }
      linear = i.next;
    }
  }
  return assemble(code, decoded, starts, (code.page + entry) | 0);
}

function assemble(
  code: CodeBytes,
  decoded: Map<number, Instruction>,
  starts: Set<number>,
  entry: number,
): Region {
  const blocks: Block[] = [];
  const numbers = new Map<number, number>();
  let first = 0x1000;
  let last = 0;
  let count = 0;
  const order = [entry, ...[...starts].filter((s) => s !== entry && decoded.has(s))];
  order.forEach((start, k) => numbers.set(start, k));
  for (const start of order) {
    const block: Block = {
      start,
      instructions: [],
      ending: Ending.LEAVE,
      target: 0,
      next: start,
      successors: [],
    };
    for (;;) {
      const i = decoded.get(block.next);
      if (i === undefined) {
        block.ending = Ending.FALL;
        break;
      }
      // Of what is interpreted the first byte counts: another one there may be translated.
      first = Math.min(first, i.at & 0xfff);
      if (i.handling === Handling.LEAVE) {
        last = Math.max(last, (i.at & 0xfff) + 1);
        break;
      }
      block.instructions.push(i);
      block.next = i.next;
      count++;
      last = Math.max(last, (i.at & 0xfff) + i.next - i.at);
      if (isJump(i.opcode, i.modrm)) {
        endByJump(block, i, code);
        break;
      }
      if (numbers.has(block.next)) {
        block.ending = Ending.FALL;
        break;
      }
    }
    blocks.push(block);
  }
  for (const block of blocks) {
    const { ending } = block;
    const follow = (linear: number): void => void block.successors.push(numbers.get(linear) ?? -1);
    if (ending === Ending.FALL || ending === Ending.BRANCH) follow(block.next);
    if (ending === Ending.JUMP || ending === Ending.BRANCH) follow(block.target);
  }
  return { blocks, first, last, instructionCount: count };
}

function endByJump(block: Block, i: Instruction, code: CodeBytes): void {
  const target = directTarget(i, code);
  if (target === null) {
    block.ending = Ending.INDIRECT;
    return;
  }
  block.target = target;
  if (i.opcode === 0xe8) block.ending = Ending.CALL;
  else block.ending = isConditional(i.opcode) ? Ending.BRANCH : Ending.JUMP;
}

/**
 * Linear address that a direct jump goes to, as if nothing wrapped; null for an indirect one, and for
 * one whose operand size is not the code's, which cuts the target.
 */
function directTarget(i: Instruction, code: CodeBytes): number | null {
  if (i.opcode === 0xc2 || i.opcode === 0xc3 || i.opcode === 0xff) return null;
  if (code.longPage !== null) return (i.next + i.immediate) | 0;
  const { code32 } = code;
  const displacement = i.wide === 4 ? i.immediate : (i.immediate << 16) >> 16;
  return (i.wide === 4) === code32 ? (i.next + displacement) | 0 : null;
}
