/** Ways out of a unit: to another one by way of the jump cache, without a return to JavaScript, or back. */
import { StateLayout } from "@mem/x86";
import { MemoryOp, Op } from "@mem/wasm-emit";
import {
  AT_JUMPS,
  JUMP_ENTRIES,
  JUMP_ENTRY_BYTES,
  JUMP_SHIFT,
  jumpIndex,
  jumpSalt,
} from "../layout.js";
import type { Emitter } from "./emitter.js";
import { Imports, Reason } from "./unit-mode.js";

/** An entry of the jump cache has two to the power of this bytes. */
const ENTRY_SHIFT = Math.log2(JUMP_ENTRY_BYTES);

/** Goes on at the unit of a linear address, if the jump cache knows one. */
function goToUnit(e: Emitter, linear: number): void {
  const { context } = e.mode;
  const at = e.state + AT_JUMPS + jumpIndex(context, linear) * JUMP_ENTRY_BYTES;
  e.number(0);
  e.code.memory(MemoryOp.i64Load, at, 3);
  const whole = e.isLong ? BigInt.asUintN(48, BigInt(e.full(linear))) : BigInt(linear >>> 0);
  e.code.i64Const(BigInt.asIntN(64, (BigInt(context) << 48n) | whole));
  e.op(Op.i64Eq);
  e.code.if();
  e.number(0);
  e.code.memory(MemoryOp.i32Load, at + 8, 2);
  e.code.returnCallIndirect(e.unitType);
  e.code.end();
}
/** The same for the linear address in a local. */
function goToUnitOf(e: Emitter, local: number): void {
  const { entry } = e.locals;
  const { context } = e.mode;
  const jumps = e.state + AT_JUMPS;
  e.get(local);
  e.narrow(4);
  e.get(local);
  e.narrow(4);
  e.with(JUMP_SHIFT, Op.i32ShrU);
  e.op(Op.i32Xor);
  if (context !== 0) e.with(jumpSalt(context), Op.i32Xor);
  e.with(JUMP_ENTRIES - 1, Op.i32And);
  e.with(ENTRY_SHIFT, Op.i32Shl);
  e.tee(entry);
  e.code.memory(MemoryOp.i64Load, jumps, 3);
  e.get(local);
  if (e.isLong) {
    e.code.i64Const(0xffff_ffff_ffffn);
    e.op(Op.i64And);
  } else e.op(Op.i64ExtendI32U);
  if (context !== 0) {
    e.code.i64Const(BigInt.asIntN(64, BigInt(context) << 48n));
    e.op(Op.i64Or);
  }
  e.op(Op.i64Eq);
  e.code.if();
  e.get(entry);
  e.code.memory(MemoryOp.i32Load, jumps + 8, 2);
  e.code.returnCallIndirect(e.unitType);
  e.code.end();
}

/**
 * Writes the shared exit: everything goes to its place, and the reason is answered. Where the
 * instruction at EIP is the interpreter's, it is executed first, and units go on where that leads: so does
 * a loop that reads a device again and again.
 */
export function finishExit(e: Emitter): void {
  const { eip, left, reason } = e.locals;
  e.writeBack();
  if (e.isLong) e.storeRip(() => e.get(eip));
  else {
    e.storeState(StateLayout.eip, () => {
      e.get(eip);
      e.minusBase();
    });
  }
  e.storeState(StateLayout.left, () => e.get(left));
  e.get(reason);
  e.with(Reason.INTERPRET, Op.i32Eq);
  e.code.if();
  step(e);
  e.code.end();
  e.get(reason);
}

/** Goes on at a linear address outside the unit: in another one, if the jump cache knows it. */
export function leaveTo(e: Emitter, linear: number): void {
  e.writeBack();
  e.storeState(StateLayout.left, () => e.get(e.locals.left));
  if (e.isLinked) goToUnit(e, linear);
  e.storeIp(linear);
  e.number(Reason.NEXT);
  e.op(Op.return);
}
/**
 * Has the interpreter execute the instruction at a linear address, and goes on where that leads;
 * `extra` instructions of the block are not counted yet.
 */
export function leaveByStep(e: Emitter, linear: number, extra: number): void {
  const { left } = e.locals;
  e.writeBack();
  e.storeIp(linear);
  e.storeState(StateLayout.left, () => {
    e.get(left);
    if (extra !== 0) e.with(extra, Op.i32Sub);
  });
  step(e);
}
/** Leaves the unit, everything being in its place already, if the value on the stack is not zero. */
export function stopIf(e: Emitter): void {
  e.code.if();
  e.number(Reason.STOPPED);
  e.op(Op.return);
  e.code.end();
}
/** Has the interpreter execute the instruction at EIP, with everything in its place, and goes on. */
function step(e: Emitter): void {
  const { value } = e.operands(e.wordWidth);
  e.code.call(Imports.STEP);
  stopIf(e);
  if (e.isLinked) {
    if (e.isLong) e.loadAddress(StateLayout.rip);
    else e.loadState(StateLayout.eip);
    if (!e.mode.flatCode) {
      e.loadState(StateLayout.bases + 4);
      e.op(Op.i32Add);
    }
    e.set(value);
    goToUnitOf(e, value);
  }
  e.number(Reason.NEXT);
  e.op(Op.return);
}
/** The same as {@link leaveTo} for the linear address in a local. */
export function leaveToLocal(e: Emitter, local: number): void {
  e.writeBack();
  e.storeState(StateLayout.left, () => e.get(e.locals.left));
  if (e.isLinked) goToUnitOf(e, local);
  if (e.isLong) {
    e.storeRip(() => {
      e.get(local);
      e.op(Op.f64ConvertI64S);
    });
  } else {
    e.storeState(StateLayout.eip, () => {
      e.get(local);
      e.minusBase();
    });
  }
  e.number(Reason.NEXT);
  e.op(Op.return);
}
