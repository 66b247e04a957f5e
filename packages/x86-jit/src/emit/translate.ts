/** Picks the translation of an instruction that is not a jump. */
import type { Instruction, Width } from "../decode/instruction.js";
import { groupField } from "../decode/instruction.js";
import { FENCES, POPCNT } from "../decode/sse.js";
import {
  arithmetic,
  countRegister,
  countRm,
  group1,
  negate,
  not,
  testAccumulator,
  testImmediate,
  testRegister,
} from "./integer/arithmetic.js";
import type { Emitter } from "./emitter.js";
import { adjustAscii, adjustDecimal, divideDecimal, multiplyDecimal } from "./integer/bcd.js";
import { compareExchange, exchange, exchangeAccumulator, exchangeAdd } from "./integer/exchange.js";
import { clearInterrupts, pushFlags } from "./integer/flag-register.js";
import {
  bitTest,
  changeCarry,
  extendAccumulator,
  leaveFrame,
  loadAddress,
  moveDirect,
  moveExtended,
  moveFromRm,
  moveIf,
  moveImmediate,
  moveSignExtended,
  moveToRegister,
  moveToRm,
  popRegister,
  pushImmediate,
  pushOperand,
  pushRegister,
  scanBits,
  setIf,
  signToData,
  swapBytes,
  translateByte,
} from "./integer/move.js";
import { enterFrame, popAll, pushAll, pushSelector, storeSelector } from "./integer/frame.js";
import { divide, multiply, multiplyImmediate, multiplyRegister } from "./integer/multiply.js";
import { countBits, translateSse } from "./sse.js";
import { translateX87 } from "./x87.js";
import { inputPort, outputPort } from "./integer/port.js";
import { rotateThroughCarry } from "./integer/rotate-carry.js";
import { moveToSegment, popSegment } from "./integer/segment.js";
import { shift, shiftDouble } from "./integer/shift.js";
import { changeDirection, stringElement } from "./integer/string.js";

/** Translates one instruction whose handling is TRANSLATE; false: as it is here, the interpreter shall. */
export type Translation = (e: Emitter, i: Instruction) => boolean | void;

/** Translations by opcode; what is not here is not translated. */
const table: (Translation | undefined)[] = build();

/** Translates an instruction; false: there is no translation of it. */
export function translate(e: Emitter, i: Instruction): boolean {
  if (i.sse !== null) return translateSse(e, i, i.sse);
  if (i.x87 !== null) return translateX87(e, i, i.x87);
  const translation = table[i.opcode];
  if (translation === undefined) return false;
  return translation(e, i) !== false;
}

function build(): (Translation | undefined)[] {
  const t = Array.from<Translation | undefined>({ length: 512 });
  const enter = (first: number, last: number, translation: Translation): void => {
    for (let opcode = first; opcode <= last; opcode++) t[opcode] = translation;
  };
  for (let kind = 0; kind < 8; kind++) enter(8 * kind, 8 * kind + 5, arithmetic);
  enter(0x40, 0x4f, countRegister);
  enter(0x50, 0x57, pushRegister);
  enter(0x58, 0x5f, popRegister);
  for (const opcode of [0x06, 0x0e, 0x16, 0x1e, 0x1a0, 0x1a8]) t[opcode] = pushSelector;
  for (const opcode of [0x07, 0x1f, 0x1a1, 0x1a9]) t[opcode] = popSegment;
  t[0x27] = adjustDecimal;
  t[0x2f] = adjustDecimal;
  t[0x37] = adjustAscii;
  t[0x3f] = adjustAscii;
  t[0xd4] = divideDecimal;
  t[0xd5] = multiplyDecimal;
  t[0x60] = pushAll;
  t[0x61] = popAll;
  t[0xd7] = translateByte;
  t[0x8c] = storeSelector;
  t[0x8e] = moveToSegment;
  // Elsewhere than in 64-bit code it is left.
  enter(0x63, 0x63, moveSignExtended);
  enter(0x68, 0x68, pushImmediate);
  enter(0x6a, 0x6a, pushImmediate);
  enter(0x69, 0x69, multiplyImmediate);
  enter(0x6b, 0x6b, multiplyImmediate);
  enter(0x80, 0x83, group1);
  enter(0x84, 0x85, testRegister);
  enter(0x86, 0x87, exchange);
  enter(0x88, 0x89, moveToRm);
  enter(0x8a, 0x8b, moveFromRm);
  enter(0x8d, 0x8d, loadAddress);
  enter(0x90, 0x97, exchangeAccumulator);
  enter(0x98, 0x98, extendAccumulator);
  enter(0x99, 0x99, signToData);
  enter(0x9c, 0x9c, pushFlags);
  enter(0xa0, 0xa3, moveDirect);
  enter(0xa4, 0xa7, stringElement);
  enter(0xa8, 0xa9, testAccumulator);
  enter(0xaa, 0xaf, stringElement);
  enter(0xb0, 0xbf, moveToRegister);
  enter(0xc0, 0xc1, shift);
  enter(0xd0, 0xd3, (e, i) => {
    if ((groupField(i) & 6) === 2) rotateThroughCarry(e, i);
    else shift(e, i);
  });
  enter(0xc6, 0xc7, moveImmediate);
  t[0xc8] = enterFrame;
  enter(0xc9, 0xc9, leaveFrame);
  for (const opcode of [0xe4, 0xe5, 0xec, 0xed]) {
    t[opcode] = inputPort;
    t[opcode + 2] = outputPort;
  }
  for (const opcode of [0xf5, 0xf8, 0xf9]) t[opcode] = changeCarry;
  enter(0xfa, 0xfa, clearInterrupts);
  enter(0xfc, 0xfd, changeDirection);
  enter(0xf6, 0xf7, group3);
  enter(0xfe, 0xfe, (e, i) => countRm(e, i, 1));
  enter(0xff, 0xff, (e, i) => {
    if (groupField(i) < 2) countRm(e, i, i.wide);
    else pushOperand(e, i);
  });
  t[POPCNT] = countBits;
  // Prefetches and long no-ops; the fences.
  for (const opcode of [FENCES, 0x10d, 0x118, 0x119, 0x11a, 0x11b, 0x11c, 0x11d, 0x11e, 0x11f]) {
    t[opcode] = () => undefined;
  }
  enter(0x140, 0x14f, moveIf);
  enter(0x190, 0x19f, setIf);
  for (const opcode of [0x1a3, 0x1ab, 0x1b3, 0x1bb, 0x1ba]) t[opcode] = bitTest;
  for (const opcode of [0x1a4, 0x1a5, 0x1ac, 0x1ad]) t[opcode] = shiftDouble;
  t[0x1af] = multiplyRegister;
  enter(0x1b0, 0x1b1, compareExchange);
  enter(0x1c0, 0x1c1, exchangeAdd);
  for (const opcode of [0x1b6, 0x1b7, 0x1be, 0x1bf]) t[opcode] = moveExtended;
  enter(0x1bc, 0x1bd, scanBits);
  enter(0x1c8, 0x1cf, swapBytes);
  return t;
}

function group3(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode === 0xf6 ? 1 : i.wide;
  switch (groupField(i)) {
    case 0:
      return testImmediate(e, i, width);
    case 2:
      return not(e, i, width);
    case 3:
      return negate(e, i, width);
    case 4:
    case 5:
      return multiply(e, i, width, groupField(i) === 5);
    default:
      return divide(e, i, groupField(i) === 7);
  }
}
