/** Bit tests, bit scans, SETcc, CMOVcc, BSWAP. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { alu, AND } from "./alu.js";
import {
  addressOf,
  generalRegister,
  lowOf,
  nextByte,
  operandSize,
  setGeneral,
  storeOperand,
} from "../decode/any-mode.js";
import { swapBytes } from "../long/operations/alu.js";
import { ud } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { condition, setCF } from "../state/flags.js";
import { modify, read } from "../mmu/memory.js";
import { ea, offsetAfter } from "../decode/modrm.js";
import { loadRm, register, rm, rm16, rm32, setRegister, storeRm } from "../decode/operands.js";
import { everywhere, sized } from "../decode/table-build.js";

/** BT BTS BTR BTC by number 0..3: the new value. */
function change(kind: number, value: number, bit: number): number {
  switch (kind) {
    case 1:
      return value | bit;
    case 2:
      return value & ~bit;
    case 3:
      return value ^ bit;
    default:
      return value;
  }
}

/** Tests bit `index` (modulo the size) of a register or of memory, and changes it. */
function testAndChange(
  c: Cpu,
  m: number,
  kind: number,
  offset: number,
  index: number,
  size: 2 | 4,
): void {
  const bit = 1 << (index & (size * 8 - 1));
  let v: number;
  if (kind === 0) v = m >= 0xc0 ? register(c, m, size) : read(c, c.eaSeg, offset, size);
  else {
    const at = m >= 0xc0 ? 0 : modify(c, c.eaSeg, offset, size);
    v = loadRm(c, m, at, size);
    storeRm(c, m, at, size, change(kind, v, bit));
  }
  setCF(c, (v & bit) !== 0);
}
// With a register index the memory operand is a bit string that reaches beyond the operand.
function bitByRegister(c: Cpu, op: number, size: 2 | 4): void {
  const m = fetch8(c);
  const wide = size === 4;
  const index = wide ? c.reg32[(m >> 3) & 7] : (c.reg16[(m >> 2) & 14] << 16) >> 16;
  const away = wide ? (index >> 5) << 2 : (index >> 4) << 1;
  const offset = m < 0xc0 ? offsetAfter(c, ea(c, m), away) : 0;
  testAndChange(c, m, (op >> 3) & 3, offset, index, size);
}
function group8(c: Cpu, size: 2 | 4): void {
  const m = fetch8(c);
  if ((m & 0x20) === 0) ud(c);
  const offset = m < 0xc0 ? ea(c, m) : 0;
  testAndChange(c, m, (m >> 3) & 3, offset, fetch8(c), size);
}

// Of a zero source the destination stays; the other flags describe the source.
function scan(c: Cpu, op: number, size: 2 | 4): void {
  const m = fetch8(c);
  const v = rm(c, m, size);
  alu(c, AND, v, v, size);
  const forward = (op & 1) === 0;
  if (v !== 0) setRegister(c, m >> 3, size, 31 - Math.clz32(forward ? v & -v : v));
}

function bswap(c: Cpu, op: number): void {
  const n = lowOf(c, op);
  const size = operandSize(c) === 8 ? 8 : 4;
  const low = generalRegister(c, n, size);
  const { valueHigh: high } = c.long;
  if (size === 8) setGeneral(c, n, 8, swapBytes(high), swapBytes(low));
  else setGeneral(c, n, 4, swapBytes(low));
}
function setcc(c: Cpu, op: number): void {
  const m = nextByte(c);
  const value = condition(c, op) ? 1 : 0;
  if (m >= 0xc0) setGeneral(c, lowOf(c, m), 1, value);
  else storeOperand(c, addressOf(c, m, 1, true), 1, value);
}

/** Enters this file's instructions. */
export function installBits(t: OpcodeTables): void {
  for (const code of [0x1a3, 0x1ab, 0x1b3, 0x1bb]) {
    sized(
      t,
      code,
      (c, op) => bitByRegister(c, op, 2),
      (c, op) => bitByRegister(c, op, 4),
    );
  }
  sized(
    t,
    0x1ba,
    (c) => group8(c, 2),
    (c) => group8(c, 4),
  );
  for (const code of [0x1bc, 0x1bd]) {
    sized(
      t,
      code,
      (c, op) => scan(c, op, 2),
      (c, op) => scan(c, op, 4),
    );
  }
  for (let code = 0; code < 16; code++) {
    everywhere(t, 0x190 + code, setcc);
    sized(
      t,
      0x140 + code,
      (c, op) => {
        const m = fetch8(c);
        const v = rm16(c, m);
        if (condition(c, op)) c.reg16[(m >> 2) & 14] = v;
      },
      (c, op) => {
        const m = fetch8(c);
        const v = rm32(c, m);
        if (condition(c, op)) c.reg32[(m >> 3) & 7] = v;
      },
    );
  }
  // A 16-bit BSWAP acts on all 32 bits here, as on the reference system.
  for (let r = 0; r < 8; r++) everywhere(t, 0x1c8 + r, bswap);
}
