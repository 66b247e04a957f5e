/** Choice of the instructions that are translated, and the handling of the others. */
import { Handling, type Instruction } from "./instruction.js";

const CS = 1;
const SS = 2;

/** RDTSCP, and the group of INVLPG, of what is behind 0F 01. */
const RDTSCP = 0xf9;
const INVLPG = 7;

const { TRANSLATE, CALL, LEAVE } = Handling;

/** Instructions without ModRM byte that the interpreter executes in the midst of a unit. */
const CALLED = new Set([0x17, 0x9d, 0x9e, 0x9f, 0xd6, 0x6c, 0x6d, 0x6e, 0x6f, 0xfb, 0x131, 0x1a2]);
/** Instructions that lead elsewhere, or after which modes are seldom as they were. */
const LEFT = new Set([
  0x62, 0x63, 0x9a, 0x9b, 0xc4, 0xc5, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xea, 0xf1, 0xf4,
]);

/** Handling of an instruction; `wide` is its operand size. */
export function handlingOf(
  opcode: number,
  modrm: number,
  repeat: number,
  wide: 2 | 4 | 8,
  addressWidth: 2 | 4 | 8,
): Handling {
  const group = (modrm >> 3) & 7;
  const isMemory = modrm >= 0 && modrm < 0xc0;
  if (LEFT.has(opcode)) return LEAVE;
  if (CALLED.has(opcode)) return CALL;
  if (opcode >= 0xa4 && opcode <= 0xaf && opcode !== 0xa8 && opcode !== 0xa9) {
    return repeat !== 0 ? CALL : TRANSLATE;
  }
  switch (opcode) {
    case 0xfe:
      return group < 2 ? TRANSLATE : LEAVE;
    case 0xff:
      return group === 3 || group === 5 || group === 7 ? LEAVE : TRANSLATE;
    case 0xc6:
    case 0xc7:
      return group === 0 ? TRANSLATE : LEAVE;
    case 0x8d:
    case 0x10d:
      return isMemory ? TRANSLATE : LEAVE;
    case 0x8c:
      return group < 6 ? TRANSLATE : LEAVE;
    case 0x8e:
      return isDataSegment(group) ? TRANSLATE : CALL;
    case 0x8f:
      return CALL;
    case 0xf6:
      if (group === 1) return LEAVE;
      return group >= 6 ? CALL : TRANSLATE;
    case 0xf7:
      if (group === 1) return LEAVE;
      return group >= 6 && wide === 2 ? CALL : TRANSLATE;
    case 0xc0:
    case 0xc1:
    case 0xd2:
    case 0xd3:
      return group === 2 || group === 3 ? CALL : TRANSLATE;
    case 0x1a3:
    case 0x1ab:
    case 0x1b3:
    case 0x1bb:
      return isMemory && (wide === 2 || addressWidth === 2) ? CALL : TRANSLATE;
    case 0x1ba:
      return group >= 4 ? TRANSLATE : LEAVE;
    case 0x1a4:
    case 0x1a5:
    case 0x1ac:
    case 0x1ad:
      return isMemory || wide === 2 ? CALL : TRANSLATE;
    case 0x101:
      return modrm === RDTSCP || (isMemory && group === INVLPG) ? CALL : LEAVE;
    case 0x1c7:
      return isMemory && group === 1 ? CALL : LEAVE;
    case 0x1b2:
    case 0x1b4:
    case 0x1b5:
      return LEAVE;
    default:
      return TRANSLATE;
  }
}

/** Handling of an instruction of 64-bit code. */
export function longHandlingOf(
  opcode: number,
  modrm: number,
  repeat: number,
  wide: 2 | 4 | 8,
  addressWidth: 2 | 4 | 8,
): Handling {
  // MOVSXD.
  if (opcode === 0x63) return TRANSLATE;
  const isString =
    opcode >= 0xa4 && opcode <= 0xaf && opcode !== 0xa8 && opcode !== 0xa9 && addressWidth === 4;
  const isBitString = [0x1a3, 0x1ab, 0x1b3, 0x1bb].includes(opcode) && modrm < 0xc0;
  if (isString || (isBitString && addressWidth === 4)) return CALL;
  // What is pushed and popped has 8 bytes nearly always.
  if (wide === 2 && usesStack(opcode, modrm)) return CALL;
  return handlingOf(opcode, modrm, repeat, wide, addressWidth);
}

/** Is it PUSH, POP, PUSHF or LEAVE, but for what pops memory? */
export function usesStack(opcode: number, modrm: number): boolean {
  if (opcode >= 0x50 && opcode < 0x60) return true;
  if (opcode === 0xff) return ((modrm >> 3) & 7) === 6;
  return [0x68, 0x6a, 0x9c, 0xc9, 0x1a0, 0x1a1, 0x1a8, 0x1a9].includes(opcode);
}
/** Is it a segment register that may be loaded, and holds off no interrupts then? */
function isDataSegment(segment: number): boolean {
  return segment !== CS && segment !== SS && segment < 6;
}

/** Of instructions that are called, those after which the mode may be another, without a fault: SS and POPF. */
const UNCALM = new Set([0x17, 0x8e, 0x9c, 0x9d, 0xfa]);

/**
 * Does an instruction that is called leave the mode as it is, and lead to the next one, unless it faults?
 * @param isLong is it 64-bit code, in which segments are flat whatever is loaded?
 */
export function isCalm(i: Instruction, isLong: boolean): boolean {
  return (isLong && i.opcode === 0x8e) || !UNCALM.has(i.opcode);
}
