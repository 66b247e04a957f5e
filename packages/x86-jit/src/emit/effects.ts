/** Effects of instructions on flags and registers, as far as they must be known beforehand. */
import type { Instruction } from "../decode/instruction.js";
import { groupField, Handling, opcodeRegister, regField, rmField } from "../decode/instruction.js";

/** Effects on the arithmetic flags. */
export const FlagEffect = { NONE: 0, SET: 1, CHANGE: 2, READ: 3, READ_AND_SET: 4 } as const;
export type FlagEffect = (typeof FlagEffect)[keyof typeof FlagEffect];

const { NONE, SET, CHANGE, READ, READ_AND_SET } = FlagEffect;

/** Effect of a translated instruction on the arithmetic flags. */
export function flagEffect(i: Instruction): FlagEffect {
  if (i.sse !== null) return i.sse.setsFlags ? SET : NONE;
  if (i.x87 !== null) return NONE;
  const { opcode } = i;
  const group = groupField(i);
  if (opcode < 0x40 && (opcode & 7) < 6) return arithmetic(opcode >> 3);
  if (opcode >= 0x40 && opcode < 0x50) return CHANGE;
  if (opcode >= 0x80 && opcode <= 0x83) return arithmetic(group);
  if ((opcode >= 0x70 && opcode < 0x80) || (opcode >= 0x180 && opcode < 0x1a0)) return READ;
  if (opcode >= 0x140 && opcode < 0x150) return READ;
  switch (opcode) {
    case 0x69:
    case 0x6b:
    case 0x84:
    case 0x85:
    case 0xa8:
    case 0xa9:
    case 0xa6:
    case 0xa7:
    case 0xae:
    case 0xaf:
    case 0x1af:
    case 0x1b0:
    case 0x1b1:
    case 0x1b8:
    case 0x1bc:
    case 0x1bd:
    case 0x1c0:
    case 0x1c1:
      return SET;
    case 0xc0:
    case 0xc1:
      if (shiftCount(i) === 0) return NONE;
      return group < 4 ? CHANGE : SET;
    case 0xd0:
    case 0xd1:
      if ((group & 6) === 2) return READ;
      return group < 4 ? CHANGE : SET;
    case 0xd2:
    case 0xd3:
    case 0x1a5:
    case 0x1ad:
    case 0x1a3:
    case 0x1ab:
    case 0x1b3:
    case 0x1bb:
    case 0x1ba:
    case 0xf8:
    case 0xf9:
      return CHANGE;
    case 0x9c:
    case 0xf5:
      return READ;
    case 0x1a4:
    case 0x1ac:
      return shiftCount(i) === 0 ? NONE : SET;
    case 0xe0:
    case 0xe1:
      return READ;
    case 0xf6:
    case 0xf7:
      if (group === 2 || group >= 6) return NONE;
      return SET;
    case 0x27:
    case 0x2f:
      return READ_AND_SET;
    case 0x37:
    case 0x3f:
      return READ;
    case 0xd4:
    case 0xd5:
      return SET;
    case 0xfe:
      return CHANGE;
    case 0xff:
      return group < 2 ? CHANGE : NONE;
    default:
      return NONE;
  }
}

/** The count of a shift by an immediate; that of bytes is at most 31, too. */
function shiftCount({ opcode, wide, immediate }: Instruction): number {
  return immediate & (wide === 8 && opcode !== 0xc0 ? 63 : 31);
}
function arithmetic(operation: number): FlagEffect {
  return operation === 2 || operation === 3 ? READ_AND_SET : SET;
}

/** PUSH and POP of what is no register, loads of segment registers, PUSHA, POPA, PUSHF, ENTER, LEAVE, XLAT, IN, OUT, and jumps. */
const LEAVING = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x1e, 0x1f, 0x60, 0x61, 0x68, 0x6a, 0x8e, 0x9c, 0xc8, 0xc9, 0xd7, 0xe4,
  0xe5, 0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef, 0xff, 0x1a0, 0x1a1, 0x1a8, 0x1a9,
]);

/** May the instruction end the unit, or show its state, before it has had an effect? */
export function mayLeave(i: Instruction): boolean {
  const { opcode } = i;
  if (i.sse !== null || i.x87 !== null) return true;
  if (i.handling !== Handling.TRANSLATE || i.memory !== null) return opcode !== 0x8d;
  if (opcode >= 0x50 && opcode < 0x60) return true;
  // AAM divides.
  if (opcode === 0xd4) return i.immediate === 0;
  if (opcode >= 0xa4 && opcode <= 0xaf) return opcode !== 0xa8 && opcode !== 0xa9;
  if ((opcode === 0xf6 || opcode === 0xf7) && groupField(i) >= 6) return true;
  return LEAVING.has(opcode);
}

/** Is the result of each instruction's effect on flags looked at? The flags count after the last. */
export function neededFlags(instructions: readonly Instruction[]): boolean[] {
  const needed: boolean[] = [];
  let need = true;
  for (let k = instructions.length - 1; k >= 0; k--) {
    const i = instructions[k];
    needed[k] = need;
    if (i.handling !== Handling.TRANSLATE) {
      need = true;
      continue;
    }
    const effect = flagEffect(i);
    if (effect === SET) need = false;
    else if (effect === READ || effect === READ_AND_SET) need = true;
    if (mayLeave(i)) need = true;
  }
  return needed;
}

/** Instructions that keep some of the flags, but take no more than the carry over: INC, DEC, ADC and SBB. */
function keepsCarryAlone(i: Instruction): boolean {
  const { opcode } = i;
  if (opcode >= 0x40 && opcode < 0x50) return true;
  if (opcode === 0xfe || opcode === 0xff) return true;
  return opcode < 0x40 ? (opcode & 7) < 6 : opcode >= 0x80 && opcode <= 0x83;
}

/** Is the first of some instructions that looks at flags one that needs them in the processor's own form? */
export function beginsByOwnForm(instructions: readonly Instruction[]): boolean {
  for (const i of instructions) {
    if (i.handling !== Handling.TRANSLATE) return false;
    const effect = flagEffect(i);
    if (effect === NONE) continue;
    return effect !== SET && !isOfCondition(i.opcode) && !keepsCarryAlone(i);
  }
  return false;
}
/** Is it a Jcc, SETcc, CMOVcc, LOOPE or LOOPNE? */
function isOfCondition(opcode: number): boolean {
  if ((opcode >= 0x70 && opcode < 0x80) || opcode === 0xe0 || opcode === 0xe1) return true;
  return (opcode >= 0x140 && opcode < 0x150) || (opcode >= 0x180 && opcode < 0x1a0);
}

const EAX = 1;
const ECX = 2;
const EDX = 4;
const EBX = 8;
const ESP = 16;
const EBP = 32;
const ESI = 64;
const EDI = 128;

/** General registers that a translated instruction may read or write, and may write, as bit masks. */
export function registersOf(i: Instruction): { used: number; written: number } {
  if (i.handling !== Handling.TRANSLATE) return { used: 0, written: 0 };
  const { opcode, memory } = i;
  let used = 0;
  let written = 0;
  const both = (mask: number): void => {
    used |= mask;
    written |= mask;
  };
  if (memory !== null) {
    if (memory.base >= 0) used |= 1 << memory.base;
    if (memory.index >= 0) used |= 1 << memory.index;
  }
  if (i.x87 !== null) return { used, written };
  if (i.modrm >= 0) {
    // Without REX the number of an 8-bit register names one of the first four.
    both(1 << regField(i));
    if (i.rex === 0) both(1 << (regField(i) & 3));
    if (memory === null) {
      both(1 << rmField(i));
      if (i.rex === 0) both(1 << (rmField(i) & 3));
    }
  }
  const named = 1 << opcodeRegister(i);
  if (opcode < 0x40 && (opcode & 7) > 3) both(EAX);
  else if (opcode >= 0x40 && opcode < 0x50) both(named);
  else if (opcode >= 0x50 && opcode < 0x60) both(named | ESP);
  else if (opcode >= 0x90 && opcode < 0x98) both(named | EAX);
  else if (opcode >= 0xb0 && opcode < 0xc0) both(i.rex === 0 ? named | (1 << (opcode & 3)) : named);
  else if (opcode >= 0x1c8 && opcode < 0x1d0) both(named);
  switch (opcode) {
    case 0x06:
    case 0x07:
    case 0x0e:
    case 0x16:
    case 0x1e:
    case 0x1f:
    case 0x1a0:
    case 0x1a1:
    case 0x1a8:
    case 0x1a9:
    case 0x68:
    case 0x6a:
    case 0x9c:
    case 0xc2:
    case 0xc3:
    case 0xe8:
    case 0xff:
      both(ESP);
      break;
    case 0x27:
    case 0x2f:
    case 0x37:
    case 0x3f:
    case 0xd4:
    case 0xd5:
    case 0x98:
    case 0xa0:
    case 0xa1:
    case 0xa2:
    case 0xa3:
    case 0xa8:
    case 0xa9:
    case 0x1b0:
    case 0x1b1:
      both(EAX);
      break;
    case 0x99:
    case 0xf6:
    case 0xf7:
      both(EAX | EDX);
      break;
    case 0xc8:
    case 0xc9:
      both(ESP | EBP);
      break;
    case 0x60:
    case 0x61:
      both(0xff);
      break;
    case 0xd7:
      both(EAX);
      used |= EBX;
      break;
    case 0xe4:
    case 0xe5:
    case 0xe6:
    case 0xe7:
      both(EAX);
      break;
    case 0xec:
    case 0xed:
    case 0xee:
    case 0xef:
      both(EAX);
      used |= EDX;
      break;
    case 0xd2:
    case 0xd3:
    case 0x1a5:
    case 0x1ad:
      used |= ECX;
      break;
    case 0xe0:
    case 0xe1:
    case 0xe2:
    case 0xe3:
      both(ECX);
      break;
    default:
      if (opcode >= 0xa4 && opcode <= 0xaf) both(EAX | ESI | EDI);
  }
  return { used, written };
}
