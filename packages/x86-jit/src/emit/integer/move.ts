/** Moves, conditional moves, the stack, and bits. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, MemoryOperand, Width } from "../../decode/instruction.js";
import { groupField, opcodeRegister, regField } from "../../decode/instruction.js";
import {
  loadHost,
  moveStack,
  operandAddress,
  probe,
  pushGuest,
  pushOffset,
  stackAddress,
  stackWidth,
  storeHost,
  toLinear,
} from "../access.js";
import type { Emitter } from "../emitter.js";
import { pushCarry, pushCondition } from "../flags/conditions.js";
import { flagsOfLogic, ownForm, pushRest, setKind, setOwnWords } from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";
import { beginChange, endChange, extendUnsigned, pushRm, storeRm } from "../operands.js";
import { operationsOf } from "../words.js";

const EAX = 0;
const EBX = 3;
const ESP = 4;
const EBP = 5;
const SS = 2;

function byteOrWord(i: Instruction): Width {
  return (i.opcode & 1) === 0 ? 1 : i.wide;
}

/** MOV of a register to r/m. */
export function moveToRm(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  const { value } = e.operands(width);
  e.register(regField(i), width);
  e.set(value);
  storeRm(e, i, width, value);
}
/** MOV of r/m to a register. */
export function moveFromRm(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  pushRm(e, i, width);
  e.setRegister(regField(i), width);
}
/** MOV of an immediate to r/m. */
export function moveImmediate(e: Emitter, i: Instruction): void {
  const width = byteOrWord(i);
  const { value } = e.operands(width);
  e.constant(i.immediate, width);
  e.set(value);
  storeRm(e, i, width, value);
}
/** MOV of an immediate to the register that the opcode names. */
export function moveToRegister(e: Emitter, i: Instruction): void {
  const width: Width = i.opcode < 0xb8 ? 1 : i.wide;
  if (width === 8) {
    e.code.i64Const((BigInt(i.immediateHigh) << 32n) | BigInt(i.immediate >>> 0));
  } else e.number(i.immediate);
  e.setRegister(opcodeRegister(i), width);
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
/** XLAT. */
export function translateByte(e: Emitter, i: Instruction): void {
  e.unsignedRegister(EBX, i.addressWidth);
  e.widen(i.addressWidth, e.wordWidth);
  if (e.isLong && i.addressWidth !== 8) e.withWide(0xffffffff, 8, "and");
  e.unsignedRegister(EAX, 1);
  e.widen(4, e.wordWidth);
  e.op(operationsOf(e.wordWidth).add);
  if (i.addressWidth === 2) e.with(0xffff, Op.i32And);
  if (e.isLong && i.addressWidth !== 8) e.withWide(0xffffffff, 8, "and");
  toLinear(e, i, i.dataSegment, false);
  probe(e, i, 1, false);
  loadHost(e, 1);
  e.setRegister(EAX, 1);
}
/** LEA. */
export function loadAddress(e: Emitter, i: Instruction): void {
  if (i.memory === null) return;
  pushOffset(e, i.memory);
  e.narrow(i.wide);
  e.setRegister(regField(i), i.wide);
}
/** MOVZX and MOVSX. */
export function moveExtended(e: Emitter, i: Instruction): void {
  const from: Width = (i.opcode & 1) === 0 ? 1 : 2;
  pushRm(e, i, from);
  if (i.opcode < 0x1b8) extendUnsigned(e, from);
  e.widen(from, i.wide);
  e.setRegister(regField(i), i.wide);
}
/** MOVSXD, which with a smaller operand size than 8 only moves. */
export function moveSignExtended(e: Emitter, i: Instruction): void {
  const from = i.wide === 2 ? 2 : 4;
  pushRm(e, i, from);
  e.widen(from, i.wide);
  e.setRegister(regField(i), i.wide);
}
/** CMOVcc: the operand is read in any case. */
export function moveIf(e: Emitter, i: Instruction): void {
  const { value } = e.operands(i.wide);
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
/** CBW, CWDE, CDQE. */
export function extendAccumulator(e: Emitter, i: Instruction): void {
  const from = i.wide === 2 ? 1 : i.wide === 4 ? 2 : 4;
  e.register(EAX, from);
  e.widen(from, i.wide);
  e.setRegister(EAX, i.wide);
}
/** CWD, CDQ, CQO. */
export function signToData(e: Emitter, i: Instruction): void {
  e.register(EAX, i.wide);
  e.withWide(i.wide === 8 ? 63 : 31, i.wide, "shrS");
  e.setRegister(2, i.wide);
}

// ---- the stack --------------------------------------------------------------------------

/** PUSH of a register. */
export function pushRegister(e: Emitter, i: Instruction): void {
  pushGuest(e, i, i.wide, () => e.register(opcodeRegister(i), i.wide));
}
/** PUSH of an immediate. */
export function pushImmediate(e: Emitter, i: Instruction): void {
  pushGuest(e, i, i.wide, () => e.constant(i.immediate, i.wide));
}
/** PUSH of r/m. */
export function pushOperand(e: Emitter, i: Instruction): void {
  const { value } = e.operands(i.wide);
  pushRm(e, i, i.wide);
  e.set(value);
  pushGuest(e, i, i.wide, () => e.get(value));
}
/** POP of a register. */
export function popRegister(e: Emitter, i: Instruction): void {
  const { value } = e.operands(i.wide);
  stackAddress(e, i, 0, i.wide, false);
  loadHost(e, i.wide);
  e.set(value);
  moveStack(e, i.wide);
  e.get(value);
  e.setRegister(opcodeRegister(i), i.wide);
}
/** LEAVE. */
export function leaveFrame(e: Emitter, i: Instruction): void {
  const { value, a } = e.operands(e.wordWidth);
  const width = stackWidth(e);
  e.get(e.registers[EBP]);
  if (width === 2) e.with(0xffff, Op.i32And);
  e.tee(a);
  toLinear(e, i, SS, false);
  probe(e, i, i.wide, false);
  loadHost(e, i.wide);
  e.set(value);
  e.get(a);
  e.withWide(i.wide, e.wordWidth, "add");
  e.setRegister(ESP, width);
  e.get(value);
  e.setRegister(EBP, i.wide);
}

// ---- bits -------------------------------------------------------------------------------

/** BT BTS BTR BTC. */
export function bitTest(e: Emitter, i: Instruction): void {
  const { a, b, value } = e.operands(i.wide);
  const o = operationsOf(i.wide);
  const isImmediate = i.opcode === 0x1ba;
  const kind = isImmediate ? groupField(i) & 3 : (i.opcode >> 3) & 3;
  const bits = 8 * i.wide - 1;
  if (i.memory !== null && !isImmediate) {
    bitAddress(e, i, i.memory, kind !== 0);
    loadHost(e, i.wide);
  } else if (kind === 0) pushRm(e, i, i.wide);
  else beginChange(e, i, i.wide);
  e.set(a);
  e.constant(1, i.wide);
  if (isImmediate) e.constant(i.immediate & bits, i.wide);
  else {
    e.get(e.registers[regField(i)]);
    e.narrow(i.wide);
    e.withWide(bits, i.wide, "and");
  }
  e.op(o.shl);
  e.set(b);
  if (kind !== 0) {
    e.get(a);
    e.get(b);
    if (kind === 2) e.withWide(-1, i.wide, "xor");
    e.op(kind === 1 ? o.or : kind === 2 ? o.and : o.xor);
    e.set(value);
    endChange(e, i, i.wide, value);
  }
  if (!e.flagsNeeded) return;
  // CF changes, OF stays: bit 30 is CF xor OF, so it changes as CF does.
  ownForm(e);
  flipCarry(e, () => {
    pushRest(e);
    e.with(31, Op.i32ShrU);
    e.get(a);
    e.get(b);
    e.op(o.and);
    e.constant(0, i.wide);
    e.op(o.ne);
    e.op(Op.i32Xor);
  });
}
/** The host's address of the word that a register's bit number leads to, in `host`. */
function bitAddress(e: Emitter, i: Instruction, m: MemoryOperand, write: boolean): void {
  const width = i.wide === 8 ? 8 : 4;
  const shift = Math.log2(width);
  pushOffset(e, m);
  e.register(regField(i), width);
  e.withWide(shift + 3, width, "shrS");
  e.withWide(shift, width, "shl");
  e.widen(width, e.wordWidth);
  e.op(operationsOf(e.wordWidth).add);
  toLinear(e, i, m.segment, write);
  probe(e, i, width, write);
}
/** With the flags in the processor's form: turns CF round if what is pushed is not 0; OF stays. */
function flipCarry(e: Emitter, push: () => void): void {
  setOwnWords(e, null, () => {
    pushRest(e);
    push();
    e.number(0);
    e.op(Op.i32Ne);
    e.with(-1, Op.i32Mul);
    e.with(0xc0000000, Op.i32And);
    e.op(Op.i32Xor);
  });
  setKind(e, Flags.OWN);
}
/** CLC STC CMC. */
export function changeCarry(e: Emitter, i: Instruction): void {
  if (!e.flagsNeeded) return;
  ownForm(e);
  flipCarry(e, () => {
    if (i.opcode === 0xf5) {
      e.number(1);
      return;
    }
    pushCarry(e);
    if (i.opcode === 0xf9) e.op(Op.i32Eqz);
  });
}
/** BSF, BSR. */
export function scanBits(e: Emitter, i: Instruction): void {
  const { value } = e.operands(i.wide);
  const o = operationsOf(i.wide);
  pushRm(e, i, i.wide);
  e.set(value);
  flagsOfLogic(e, value, i.wide);
  e.get(value);
  if (i.wide === 8) {
    e.constant(0, 8);
    e.op(Op.i64Ne);
  }
  e.code.if();
  if ((i.opcode & 1) === 0) {
    e.get(value);
    e.op(o.ctz);
  } else {
    e.constant(i.wide === 8 ? 63 : 31, i.wide);
    e.get(value);
    if (i.wide === 2) e.with(0xffff, Op.i32And);
    e.op(o.clz);
    e.op(o.sub);
  }
  e.setRegister(regField(i), i.wide);
  if (e.isLong && i.wide === 4) {
    // Of nothing the low half stays.
    e.code.else();
    e.register(regField(i), 4);
    e.setRegister(regField(i), 4);
  }
  e.code.end();
}
/** BSWAP. */
export function swapBytes(e: Emitter, i: Instruction): void {
  const r = opcodeRegister(i);
  if (i.wide === 8) {
    const { value } = e.locals;
    e.get(e.registers[r]);
    e.withWide(32, 8, "shrU");
    e.op(Op.i32WrapI64);
    e.set(value);
    pushSwapped(e, () => e.get(value));
    e.op(Op.i64ExtendI32U);
    pushSwapped(e, () => e.register(r, 4));
    e.op(Op.i64ExtendI32U);
    e.withWide(32, 8, "shl");
    e.op(Op.i64Or);
    e.setRegister(r, 8);
    return;
  }
  pushSwapped(e, () => e.register(r, 4));
  e.setRegister(r, 4);
}
/** Pushes 32 bits with their bytes the other way round. */
function pushSwapped(e: Emitter, push: () => void): void {
  push();
  e.with(8, Op.i32Rotl);
  e.with(0x00ff00ff, Op.i32And);
  push();
  e.with(8, Op.i32Rotr);
  e.with(0xff00ff00, Op.i32And);
  e.op(Op.i32Or);
}
