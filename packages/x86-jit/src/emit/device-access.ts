/**
 * Accesses beside the TLB, by instructions that were seen to make them: of devices, and of memory that must be
 * accessed by dispatch. A load reads what lies in the scratch area of the state then; a store stores
 * there, and is made, or faults, when all of the instruction is known.
 */
import { StateLayout } from "@mem/x86";
import { type Label, Op } from "@mem/wasm-emit";
import type { Instruction, Width } from "../decode/instruction.js";
import { isTestOfImmediate, storesOnly } from "../decode/device-access.js";
import type { Emitter } from "./emitter.js";
import { stopIf } from "./links.js";
import { Imports, LENGTH_SHIFT, Reason } from "./unit-mode.js";

/** Place of what was loaded, or is to be stored, and that of what was loaded if the unit must end then. */
const AT_VALUE = StateLayout.scratch;
export const AT_LAST_VALUE = StateLayout.scratch + 16;

/**
 * Finds the host's address of an access to a page that is not in the TLB, at `address`.
 * @param ready label to go to once `host` is known
 */
export function missAtDevice(
  e: Emitter,
  i: Instruction,
  width: number,
  write: boolean,
  ready: Label,
): void {
  const { host } = e.locals;
  if (write) {
    e.number(e.state + AT_VALUE);
    e.set(host);
  } else {
    e.showState(i.at);
    pushBoth(e);
    e.number(width | (seenLength(i) << LENGTH_SHIFT));
    e.code.call(Imports.LOAD);
    e.tee(host);
    e.op(Op.i32Eqz);
    e.leaveBeforeIf(i);
  }
  e.code.br(ready);
}

/** Ends an instruction that may have accessed a device. */
export function endAtDevice(e: Emitter, i: Instruction): void {
  const isStore = storesOnly(i);
  e.get(e.locals.host);
  e.with(e.state + (isStore ? AT_VALUE : AT_LAST_VALUE), Op.i32Eq);
  e.code.if();
  if (isStore) {
    e.showState(i.at);
    pushBoth(e);
    e.number(widthOf(i) | (i.length << LENGTH_SHIFT));
    e.code.call(Imports.STORE);
    stopIf(e);
  } else e.leaveAt(i.next, Reason.NEXT, e.done + 1);
  e.code.end();
}

/** Pushes both words of the linear address; of 16- and 32-bit code the high one is 0. */
function pushBoth(e: Emitter): void {
  e.pushAddress();
  if (!e.isLong) e.number(0);
}
/** Bytes that have been read of an instruction when its operand is: TEST is interpreted so. */
function seenLength(i: Instruction): number {
  const immediate = i.opcode === 0xf6 ? 1 : Math.min(i.wide, 4);
  return i.length - (isTestOfImmediate(i) ? immediate : 0);
}
/** Width of what an instruction that only stores does store. */
function widthOf(i: Instruction): Width {
  return (i.opcode & 1) === 0 ? 1 : i.wide;
}
