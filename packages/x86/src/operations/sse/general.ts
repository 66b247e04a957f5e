/** Instructions of SSE4's time on general registers: POPCNT, CRC32, MOVBE. */
import type { Cpu, Handler } from "../../state/cpu.js";
import { ud } from "../../state/fault.js";
import { setArithFlags } from "../../state/flags.js";
import { AT_SCRATCH } from "../../state/layout.js";
import { packOperand } from "../../kernels/sse/operands.js";
import {
  addressOf,
  generalRegister,
  loadOperand,
  middleOf,
  nextByte,
  operandSize,
  readOperand,
  setGeneral,
  storeOperand,
} from "../../decode/any-mode.js";
import { swapBytes } from "../../long/operations/alu.js";

function countBits(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
/** POPCNT. */
export function popcnt(c: Cpu): void {
  const m = nextByte(c);
  if (c.sse === null || c.rep !== 1) ud(c);
  const size = operandSize(c);
  const low = readOperand(c, m, size);
  const high = size === 8 ? c.long.valueHigh : 0;
  setGeneral(c, middleOf(c, m), size, countBits(low) + countBits(high));
  setArithFlags(c, (low | high) === 0 ? 0x40 : 0);
}

/** MOVBE, or CRC32 with F2. */
export function movbeOrCrc(has: (feature: string) => boolean): Handler {
  return (c, op) => {
    const m = nextByte(c);
    if (c.rep === 2 && has("sse4.2")) return crc32(c, op, m);
    return c.rep === 0 && has("movbe") ? movbe(c, op, m) : ud(c);
  };
}
/** F0 loads, F1 stores. */
function movbe(c: Cpu, op: number, m: number): void {
  if (m >= 0xc0 || c.sse === null) ud(c);
  const size = operandSize(c);
  const n = middleOf(c, m);
  const isStore = op === 0xf1;
  const at = addressOf(c, m, size, isStore);
  const low = isStore ? generalRegister(c, n, size) : loadOperand(c, at, size);
  const swapped =
    size === 8 ? swapBytes(c.long.valueHigh) : swapBytes(low) >>> (size === 2 ? 16 : 0);
  if (isStore) storeOperand(c, at, size, swapped, swapBytes(low));
  else setGeneral(c, n, size, swapped, swapBytes(low));
}
/** F0 takes a byte, F1 the operand size. The sum is of 32 bits. */
function crc32(c: Cpu, op: number, m: number): void {
  const unit = c.sse;
  if (unit === null) return ud(c);
  const size = op === 0xf0 ? 1 : operandSize(c);
  const value = readOperand(c, m, size);
  const high = c.long.valueHigh;
  const n = middleOf(c, m);
  const sum = AT_SCRATCH + 16;
  c.words[sum >> 2] = generalRegister(c, n, 4);
  for (const word of size === 8 ? [value, high] : [value]) {
    c.words[AT_SCRATCH >> 2] = word;
    unit.kernel(`crc32.${Math.min(size, 4)}`)(unit.state, packOperand(sum, AT_SCRATCH));
  }
  setGeneral(c, n, 4, c.words[sum >> 2]);
}
