/** Port input and output, and the permission to do it. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { EAX, EDX, TR } from "../constants.js";
import { gp } from "../state/fault.js";
import { iopl } from "../state/flags.js";
import type { Size } from "../mmu/memory.js";
import { sysLoad16 } from "../mmu/memory.js";
import { longSysLoad16 } from "../mmu/long-memory.js";
import { generalRegister, nextByte, operandSize, setGeneral } from "../decode/any-mode.js";
import { everywhere } from "../decode/table-build.js";

/** Loads a word of the TSS. */
function taskLoad16(c: Cpu, offset: number): number {
  if (c.lma) return longSysLoad16(c, c.long.bases[TR] + offset);
  return sysLoad16(c, (c.segBase[TR] + offset) | 0);
}
/** Throws #GP(0) unless `size` ports from `port` may be used at the current level. */
export function checkPort(c: Cpu, port: number, size: number): void {
  if (!c.pe || (!c.vm && c.cpl <= iopl(c))) return;
  if ((c.segAttr[TR] & 0x8800) !== 0x8800) gp(c, 0);
  const limit = c.segLimit[TR] >>> 0;
  if (limit < 0x67) gp(c, 0);
  const at = taskLoad16(c, 0x66) + (port >> 3);
  if (at + 1 > limit) gp(c, 0);
  const bits = taskLoad16(c, at) >> (port & 7);
  if ((bits & ((1 << size) - 1)) !== 0) gp(c, 0);
}

/** Reads a port; the result is unsigned for 8 and 16 bits, signed for 32. */
export function input(c: Cpu, port: number, size: Size): number {
  checkPort(c, port, size);
  const v = c.io.load(port, size);
  return size === 4 ? v | 0 : v;
}
/** Writes a port. */
export function output(c: Cpu, port: number, size: Size, value: number): void {
  checkPort(c, port, size);
  c.io.store(port, size, value >>> 0);
}

/** The port is an immediate byte or DX. */
function portOf(c: Cpu, op: number): number {
  return (op & 8) === 0 ? nextByte(c) : generalRegister(c, EDX, 2);
}
function sizeOf(c: Cpu, op: number): Size {
  return (op & 1) === 0 ? 1 : (Math.min(operandSize(c), 4) as Size);
}
function inputAccumulator(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  setGeneral(c, EAX, size, input(c, portOf(c, op), size));
}
function outputAccumulator(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  output(c, portOf(c, op), size, generalRegister(c, EAX, size));
}

/** Enters this file's instructions. */
export function installIo(t: OpcodeTables): void {
  for (const op of [0xe4, 0xe5, 0xec, 0xed]) {
    everywhere(t, op, inputAccumulator);
    everywhere(t, op + 2, outputAccumulator);
  }
}
