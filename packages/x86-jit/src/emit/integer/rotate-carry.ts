/** RCL and RCR by one: rotates through the carry. */
import { Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../../decode/instruction.js";
import { groupField } from "../../decode/instruction.js";
import type { Emitter } from "../emitter.js";
import { ownForm, pushRest, setKind, setOwnWords } from "../flags/flags.js";
import { Flags } from "../flags/kinds.js";
import { beginChange, endChange, extendUnsigned } from "../operands.js";
import { operationsOf } from "../words.js";

const RCR = 3;

/** RCL or RCR by one. */
export function rotateThroughCarry(e: Emitter, i: Instruction): void {
  const width: Width = (i.opcode & 1) === 0 ? 1 : i.wide;
  const isRight = groupField(i) === RCR;
  const { a, value } = e.operands(width);
  const o = operationsOf(width);
  const top = 8 * width - 1;
  beginChange(e, i, width);
  extendUnsigned(e, width);
  e.set(a);
  ownForm(e);
  e.get(a);
  e.withWide(1, width, isRight ? "shrU" : "shl");
  pushRest(e);
  e.with(31, Op.i32ShrU);
  if (width === 8) e.op(Op.i64ExtendI32U);
  if (isRight) e.withWide(top, width, "shl");
  e.op(o.or);
  e.set(value);
  if (e.flagsNeeded) {
    setOwnWords(e, null, () => {
      const carry = (): void => {
        e.get(a);
        if (!isRight) e.withWide(top, width, "shrU");
        if (width === 8) e.op(Op.i32WrapI64);
        e.with(1, Op.i32And);
      };
      // OF says whether the sign changed.
      carry();
      e.with(31, Op.i32Shl);
      carry();
      e.get(a);
      e.get(value);
      e.op(o.xor);
      e.withWide(top, width, "shrU");
      if (width === 8) e.op(Op.i32WrapI64);
      e.with(1, Op.i32And);
      e.op(Op.i32Xor);
      e.with(30, Op.i32Shl);
      e.op(Op.i32Or);
      pushRest(e);
      e.with(0x3fffffff, Op.i32And);
      e.op(Op.i32Or);
    });
  }
  setKind(e, Flags.OWN);
  endChange(e, i, width, value);
}
