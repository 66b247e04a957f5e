/** PUSHF CLI, where the current level may change IF. */
import { StateLayout } from "@mem/x86";
import { Op } from "@mem/wasm-emit";
import type { Instruction } from "../../decode/instruction.js";
import { pushGuest } from "../access.js";
import type { Emitter } from "../emitter.js";
import { pushArithmeticFlags } from "../flags/conditions.js";
import { ownForm } from "../flags/flags.js";

const IF = 0x200;
/** VM and RF: PUSHF shows them clear. */
const HIDDEN = 0x30000;

/** PUSHF. */
export function pushFlags(e: Emitter, i: Instruction): void {
  ownForm(e);
  pushGuest(e, i, i.wide, () => {
    pushArithmeticFlags(e);
    e.loadState(StateLayout.eflags);
    e.with(~HIDDEN, Op.i32And);
    e.op(Op.i32Or);
    e.with(2, Op.i32Or);
    if (i.wide === 8) e.op(Op.i64ExtendI32U);
  });
}
/** CLI. */
export function clearInterrupts(e: Emitter): void {
  e.storeState(StateLayout.eflags, () => {
    e.loadState(StateLayout.eflags);
    e.with(~IF, Op.i32And);
  });
}
