/** Moves, conditional moves, the stack, and bits. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand, Width } from "../decode/instruction.js";
import { regField } from "../decode/instruction.js";
import {
  loadHost,
  moveStack,
  operandAddress,
  probe,
  pushGuest,
  pushOffset,
  stackAddress,
  storeHost,
  toLinear,
} from "./access.js";
import type { Emitter } from "./emitter.js";
import { flagsOfLogic, ownForm, pushCarry, pushCondition, setKind } from "./flags.js";
import { Flags } from "./kinds.js";
import { beginChange, endChange, extendUnsigned, pushRm, storeRm } from "./operands.js";

const EAX = 0;
const ESP = 4;
const EBP = 5;
const SS = 2;

function byteOrWord(i: Instruction): Width {
  return (i.opcode & 1) === 0 ? 1 : i.wide;
}

/** MOV of a register to r/m. */
export function moveToRm(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  e.register(regField(i), width);
  e.set(e.locals.value);
  storeRm(e, i, width, e.locals.value);
}
/** MOV of r/m to a register. */
export function moveFromRm(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  pushRm(e, i, width);
  e.setRegister(regField(i), width);
}
/** MOV of an immediate to r/m. */
export function moveImmediate(e: Emitter, i: Instruction): void {
  e.number(i.immediate);
  e.set(e.locals.value);
  storeRm(e, i, byteOrWord(i), e.locals.value);
}
/** MOV between the accumulator and a direct address. */
export function moveDirect(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  if (i.memory === null) return;
  const isStore = i.opcode >= 0xa2;
  operandAddress(e, i, i.memory, width, isStore);
  if (isStore) storeHost(e, width, () => e.register(EAX, width));
  else {
    loadHost(e, width);
    e.setRegister(EAX, width);
  }
}
/** LEA. */
export function loadAddress(e: Emitter, i: Instruction): void {
  if (i.memory === null) return;
  pushOffset(e, i.memory);
  e.setRegister(regField(i), i.wide);
}
/** MOVZX and MOVSX. */
export function moveExtended(e: Emitter, i: Instruction): void {
  const from: Width = (i.opcode & 1) === 0 ? 1 : 2;
  pushRm(e, i, from);
  if (i.opcode < 0x1b8) extendUnsigned(e, from);
  e.setRegister(regField(i), i.wide);
}
/** CMOVcc: the operand is read in any case. */
export function moveIf(e: Emitter, i: Instruction): void {
  const { value } = e.locals;
  pushRm(e, i, i.wide);
  e.set(value);
  e.get(value);
  e.register(regField(i), i.wide);
  pushCondition(e, i.opcode & 15);
  e.op(Op.select);
  e.setRegister(regField(i), i.wide);
}
/** SETcc. */
export function setIf(e: Emitter, i: Instruction): void {
  pushCondition(e, i.opcode & 15);
  e.set(e.locals.value);
  storeRm(e, i, 1, e.locals.value);
}
/** CBW, CWDE. */
export function extendAccumulator(e: Emitter, i: Instruction): void {
  e.register(EAX, i.wide === 4 ? 2 : 1);
  e.setRegister(EAX, i.wide);
}
/** CWD, CDQ. */
export function signToData(e: Emitter, i: Instruction): void {
  e.register(EAX, i.wide);
  e.with(31, Op.i32ShrS);
  e.setRegister(2, i.wide);
}

// ---- the stack --------------------------------------------------------------------------

/** PUSH of a register. */
export function pushRegister(e: Emitter, i: Instruction): void {
  pushGuest(e, i, i.wide, () => e.register(i.opcode & 7, i.wide));
}
/** PUSH of an immediate. */
export function pushImmediate(e: Emitter, i: Instruction): void {
  pushGuest(e, i, i.wide, () => e.number(i.immediate));
}
/** PUSH of r/m. */
export function pushOperand(e: Emitter, i: Instruction): void {
  const { value } = e.locals;
  pushRm(e, i, i.wide);
  e.set(value);
  pushGuest(e, i, i.wide, () => e.get(value));
}
/** POP of a register. */
export function popRegister(e: Emitter, i: Instruction): void {
  const { value } = e.locals;
  stackAddress(e, i, 0, i.wide, false);
  loadHost(e, i.wide);
  e.set(value);
  moveStack(e, i.wide);
  e.get(value);
  e.setRegister(i.opcode & 7, i.wide);
}
/** LEAVE. */
export function leaveFrame(e: Emitter, i: Instruction): void {
  const { value, a } = e.locals;
  e.get(e.registers[EBP]);
  if (!e.mode.stack32) e.with(0xffff, Op.i32And);
  e.tee(a);
  toLinear(e, i, SS, false);
  probe(e, i, i.wide, false);
  loadHost(e, i.wide);
  e.set(value);
  e.get(a);
  e.with(i.wide, Op.i32Add);
  e.setRegister(ESP, e.mode.stack32 ? 4 : 2);
  e.get(value);
  e.setRegister(EBP, i.wide);
}

// ---- bits -------------------------------------------------------------------------------

/** BT BTS BTR BTC. */
export function bitTest(e: Emitter, i: Instruction): void {
  const { a, b, value, flagB } = e.locals;
  const isImmediate = i.opcode === 0x1ba;
  const kind = isImmediate ? regField(i) & 3 : (i.opcode >> 3) & 3;
  const bits = 8 * i.wide - 1;
  if (i.memory !== null && !isImmediate) {
    bitAddress(e, i, i.memory, kind !== 0);
    loadHost(e, i.wide);
  } else if (kind === 0) pushRm(e, i, i.wide);
  else beginChange(e, i, i.wide);
  e.set(a);
  e.number(1);
  if (isImmediate) e.number(i.immediate & bits);
  else {
    e.get(e.registers[regField(i)]);
    e.with(bits, Op.i32And);
  }
  e.op(Op.i32Shl);
  e.set(b);
  if (kind !== 0) {
    e.get(a);
    e.get(b);
    if (kind === 2) e.with(-1, Op.i32Xor);
    e.op(kind === 1 ? Op.i32Or : kind === 2 ? Op.i32And : Op.i32Xor);
    e.set(value);
    endChange(e, i, i.wide, value);
  }
  if (!e.flagsNeeded) return;
  // CF changes, OF stays: bit 30 is CF xor OF, so it changes as CF does.
  ownForm(e);
  e.get(flagB);
  e.get(flagB);
  e.with(31, Op.i32ShrU);
  e.get(a);
  e.get(b);
  e.op(Op.i32And);
  e.number(0);
  e.op(Op.i32Ne);
  e.op(Op.i32Xor);
  flipCarry(e);
}
/** The host's address of the doubleword that a register's bit number leads to, in `host`. */
function bitAddress(e: Emitter, i: Instruction, m: MemoryOperand, write: boolean): void {
  pushOffset(e, m);
  e.get(e.registers[regField(i)]);
  e.with(5, Op.i32ShrS);
  e.with(2, Op.i32Shl);
  e.op(Op.i32Add);
  toLinear(e, i, m.segment, write);
  probe(e, i, 4, write);
}
/** With the flags' rest and a 0 or 1 on the stack: turns CF round, OF stays. */
function flipCarry(e: Emitter): void {
  e.number(0);
  e.op(Op.i32Ne);
  e.with(-1, Op.i32Mul);
  e.with(0xc0000000, Op.i32And);
  e.op(Op.i32Xor);
  e.set(e.locals.flagB);
  setKind(e, Flags.OWN);
}
/** CLC STC CMC. */
export function changeCarry(e: Emitter, i: Instruction): void {
  if (!e.flagsNeeded) return;
  ownForm(e);
  const { flagB } = e.locals;
  e.get(flagB);
  if (i.opcode === 0xf5) e.number(1);
  else {
    pushCarry(e);
    if (i.opcode === 0xf9) e.op(Op.i32Eqz);
  }
  flipCarry(e);
}
/** BSF, BSR. */
export function scanBits(e: Emitter, i: Instruction): void {
  const { value } = e.locals;
  pushRm(e, i, i.wide);
  e.set(value);
  flagsOfLogic(e, value);
  e.get(value);
  e.code.if();
  if ((i.opcode & 1) === 0) {
    e.get(value);
    e.op(Op.i32Ctz);
  } else {
    e.number(31);
    e.get(value);
    if (i.wide === 2) e.with(0xffff, Op.i32And);
    e.op(Op.i32Clz);
    e.op(Op.i32Sub);
  }
  e.setRegister(regField(i), i.wide);
  e.code.end();
}
/** BSWAP. */
export function swapBytes(e: Emitter, i: Instruction): void {
  const r = e.registers[i.opcode & 7];
  e.get(r);
  e.with(8, Op.i32Rotl);
  e.with(0x00ff00ff, Op.i32And);
  e.get(r);
  e.with(8, Op.i32Rotr);
  e.with(0xff00ff00, Op.i32And);
  e.op(Op.i32Or);
  e.set(r);
}
