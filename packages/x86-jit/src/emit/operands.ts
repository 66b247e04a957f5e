/** The operands of instructions. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../decode/instruction.js";
import { rmField } from "../decode/instruction.js";
import { loadHost, operandAddress, storeHost } from "./access.js";
import type { Emitter } from "./emitter.js";

/** Pushes the r/m operand; 8 and 16 bits are sign-extended. */
export function pushRm(e: Emitter, i: Instruction, width: Width): void {
  if (i.memory === null) e.register(rmField(i), width);
  else {
    operandAddress(e, i, i.memory, width, false);
    loadHost(e, width);
  }
}
/** Sets the r/m operand to the local's low bits. */
export function storeRm(e: Emitter, i: Instruction, width: Width, local: number): void {
  if (i.memory === null) {
    e.get(local);
    e.setRegister(rmField(i), width);
  } else {
    operandAddress(e, i, i.memory, width, true);
    storeHost(e, width, () => e.get(local));
  }
}
/** Begins a change of the r/m operand: pushes it, and the store can no longer fault. */
export function beginChange(e: Emitter, i: Instruction, width: Width): void {
  if (i.memory === null) e.register(rmField(i), width);
  else {
    operandAddress(e, i, i.memory, width, true);
    loadHost(e, width);
  }
}
/** Ends it with the local's low bits. */
export function endChange(e: Emitter, i: Instruction, width: Width, local: number): void {
  if (i.memory === null) {
    e.get(local);
    e.setRegister(rmField(i), width);
  } else storeHost(e, width, () => e.get(local));
}
/** Sign-extends the top of the stack from `width` bytes. */
export function extend(e: Emitter, width: Width): void {
  if (width < 4) e.op(width === 1 ? Op.i32Extend8S : Op.i32Extend16S);
}
/** Zero-extends it. */
export function extendUnsigned(e: Emitter, width: Width): void {
  if (width < 4) e.with(width === 1 ? 0xff : 0xffff, Op.i32And);
}
/** An immediate operand as a sign-extended number of `width` bytes. */
export function signed(value: number, width: Width): number {
  if (width === 8) return value;
  const shift = 32 - 8 * width;
  return (value << shift) >> shift;
}
