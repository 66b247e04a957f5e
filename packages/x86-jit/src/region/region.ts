/** A region: the blocks of one page that are reached from an entry by direct jumps, and by some calls. */
import { type CodeBytes, LONGEST_INSTRUCTION } from "../decode/code-bytes.js";
import { decode } from "../decode/decode.js";
import type { Instruction } from "../decode/instruction.js";
import { Handling } from "../decode/instruction.js";
import { mayAccessDevice } from "../decode/device-access.js";
import { isConditional, isJump } from "../decode/jumps.js";
import { type Block, Ending } from "./block.js";
import { linkReturns } from "./returns.js";

/** Blocks, the entry first. */
export interface Region {
  readonly blocks: Block[];
  /** Bytes that it was made from: from an offset in the page, up to another, which may lie in the next one. */
  readonly first: number;
  readonly last: number;
  readonly instructionCount: number;
}

/** Instructions of a short function at most. */
const SHORT = 16;
/**
 * Jumps and calls that lead no further forwards are not counted, but in 64-bit code: the interpreter takes them for
 * instructions in a row.
 */
const UNCOUNTED = LONGEST_INSTRUCTION;

/** Bounds on one region. */
export interface RegionLimits {
  readonly instructions: number;
  /** Is a short function at a linear address called so often that it is to be taken in? */
  readonly isWarm: (linear: number) => boolean;
  /** Was a branch to a linear address ever taken? Those to error paths, which never are, stay exits. */
  readonly isSeen: (linear: number) => boolean;
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
      // It has a unit of its own, whose making sees to the next page.
      if (i.isCut) break;
      if (i.handling === Handling.TRANSLATE && mayAccessDevice(i) && isOfDevice(linear)) {
        i = { ...i, isOfDevice: true };
      }
      decoded.set(linear, i);
      if (i.handling === Handling.LEAVE) break;
      count++;
      if (isJump(i.opcode, i.modrm)) {
        const target = directTarget(i, code);
        const isCall = i.opcode === 0xe8;
        const isTaken = target !== null && within(target);
        const isNear = isTaken && isUncounted(code, i, target);
        const isBranch = isConditional(i.opcode);
        const isEntered =
          isTaken && isCall && isShort(code, target & 0xfff) && (isNear || limits.isWarm(target));
        const isFollowed = isTaken && !isCall && (!isBranch || isNear || limits.isSeen(target));
        if (isEntered || isFollowed) {
          starts.add(target);
          pending.push(target);
        }
        if (isBranch || isEntered) {
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

/** Is it not known how often what a jump or a call leads to is executed? As often as what is around it, then. */
function isUncounted(code: CodeBytes, jump: Instruction, target: number): boolean {
  return code.longPage === null && target > jump.at && target - jump.at <= UNCOUNTED;
}

/** Does the function at an offset return soon? Long ones would be in the unit of each caller once more. */
function isShort(code: CodeBytes, offset: number): boolean {
  let at = offset;
  for (let k = 0; k < SHORT && at < 0x1000; k++) {
    const i = decode(code, at);
    if (i.handling === Handling.LEAVE) return false;
    if (i.opcode === 0xc2 || i.opcode === 0xc3) return true;
    at += i.length;
  }
  return false;
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
      last = Math.max(last, (i.at & 0xfff) + i.length);
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
    if (ending === Ending.JUMP || ending === Ending.BRANCH || ending === Ending.CALL) {
      follow(block.target);
    }
  }
  linkReturns(blocks, numbers);
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
