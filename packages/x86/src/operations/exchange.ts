/** Instructions that exchange or replace an operand in one go: XCHG XADD CMPXCHG CMPXCHG8B. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { ADD, CMP } from "./alu.js";
import { operate } from "../long/operations/alu.js";
import type { LongSize } from "../long/decode.js";
import {
  generalRegister,
  loadModified,
  middleOf,
  modifyOperand,
  nextByte,
  operandSize,
  setGeneral,
  storeModified,
} from "../decode/any-mode.js";
import { EAX, EBX, ECX, EDX } from "../constants.js";
import { ud } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { setZF } from "../state/flags.js";
import type { Size } from "../mmu/memory.js";
import { load32, modify, store32 } from "../mmu/memory.js";
import { ea } from "../decode/modrm.js";
import { loadRm, modifyRm, register, setRegister, storeRm } from "../decode/operands.js";
import { noOperation } from "./pause.js";
import { both, everywhere, sized, widths } from "../decode/table-build.js";

function xchg(c: Cpu, size: Size): void {
  const m = fetch8(c);
  const at = modifyRm(c, m, size);
  const v = register(c, m >> 3, size);
  setRegister(c, m >> 3, size, loadRm(c, m, at, size));
  storeRm(c, m, at, size, v);
}

function sizeOf(c: Cpu, op: number): LongSize {
  return (op & 1) === 0 ? 1 : operandSize(c);
}
function xadd(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = nextByte(c);
  const at = modifyOperand(c, m, size);
  const n = middleOf(c, m);
  const b = generalRegister(c, n, size);
  const bh = c.long.valueHigh;
  const a = loadModified(c, m, at, size);
  const ah = c.long.valueHigh;
  const sum = operate(c, ADD, size, a, ah, b, bh);
  const high = c.long.valueHigh;
  // If both operands are one register, the sum is what stays.
  setGeneral(c, n, size, a, ah);
  storeModified(c, m, at, size, sum, high);
}

function cmpxchg(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = nextByte(c);
  const at = modifyOperand(c, m, size);
  const a = loadModified(c, m, at, size);
  const ah = c.long.valueHigh;
  const x = generalRegister(c, EAX, size);
  operate(c, CMP, size, x, c.long.valueHigh, a, ah);
  if (c.fr === 0) {
    const b = generalRegister(c, middleOf(c, m), size);
    storeModified(c, m, at, size, b, c.long.valueHigh);
    return;
  }
  // A failed comparison still writes the destination back, as the locked bus cycle does.
  if (m < 0xc0) storeModified(c, m, at, size, a, ah);
  setGeneral(c, EAX, size, a, ah);
}

function cmpxchg8b(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0 || (m & 0x38) !== 0x08) ud(c);
  const offset = ea(c, m);
  const r = c.reg32;
  const at = modify(c, c.eaSeg, offset, 8);
  const lo = load32(c, at);
  const hi = load32(c, (at + 4) | 0);
  const equal = lo === r[EAX] && hi === r[EDX];
  store32(c, at, equal ? r[EBX] : lo);
  store32(c, (at + 4) | 0, equal ? r[ECX] : hi);
  if (!equal) {
    r[EAX] = lo;
    r[EDX] = hi;
  }
  setZF(c, equal);
}

/** Enters this file's instructions. */
export function installExchange(t: OpcodeTables): void {
  widths(
    t,
    0x86,
    (c) => xchg(c, 1),
    (c) => xchg(c, 2),
    (c) => xchg(c, 4),
  );
  both(t, 0x90, noOperation);
  for (let r = 1; r < 8; r++) {
    sized(
      t,
      0x90 + r,
      (c, op) => {
        const v = c.reg16[0];
        c.reg16[0] = c.reg16[(op & 7) << 1];
        c.reg16[(op & 7) << 1] = v;
      },
      (c, op) => {
        const v = c.reg32[0];
        c.reg32[0] = c.reg32[op & 7];
        c.reg32[op & 7] = v;
      },
    );
  }
  for (const op of [0x1c0, 0x1c1]) everywhere(t, op, xadd);
  for (const op of [0x1b0, 0x1b1]) everywhere(t, op, cmpxchg);
  both(t, 0x1c7, cmpxchg8b);
}
