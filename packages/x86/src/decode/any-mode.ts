/**
 * Instruction bytes, registers and operands for instructions that mean the same in 64-bit code as
 * elsewhere. Where speed counts, each kind of code has handlers of its own instead.
 */
import type { Cpu } from "../state/cpu.js";
import { DS } from "../constants.js";
import {
  effective,
  getReg,
  linearOf,
  loadRm as loadLong,
  loadSize,
  modifyRm as modifyLong,
  next8,
  readRm,
  regOf,
  rmOf,
  setReg,
  storeRm as storeLong,
  storeSize,
  writeRm,
} from "../long/decode.js";
import type { LongSize } from "../long/decode.js";
import { read, write } from "../mmu/memory.js";
import type { Size } from "../mmu/memory.js";
import { fetch8, peek8 } from "./fetch.js";
import { ea } from "./modrm.js";
import {
  loadRm,
  modifyRm,
  register,
  rm,
  setRegister,
  setRmWord,
  storeRm,
  wordSize,
} from "./operands.js";

/** Next byte of the instruction. */
export function nextByte(c: Cpu): number {
  return c.code64 ? next8(c) : fetch8(c);
}
/** The same, which is read again. */
export function peekByte(c: Cpu): number {
  if (!c.code64) return peek8(c, 0);
  const byte = next8(c);
  c.long.pos--;
  return byte;
}
/** Is there a prefix 66? */
export function hasPrefix66(c: Cpu): boolean {
  return c.code64 ? c.long.narrow : c.op32 !== c.code32;
}
/** Bytes of an operand of the operand size. */
export function operandSize(c: Cpu): 2 | 4 | 8 {
  return c.code64 ? c.long.size : wordSize(c);
}
/** Number of the register in the middle of a ModRM byte. */
export function middleOf(c: Cpu, m: number): number {
  return c.code64 ? regOf(c, m) : (m >> 3) & 7;
}
/** Number of the register at its end. */
export function lowOf(c: Cpu, m: number): number {
  return c.code64 ? rmOf(c, m) : m & 7;
}
/** Bytes of a general register. */
export function wholeSize(c: Cpu): 4 | 8 {
  return c.code64 ? 8 : 4;
}
/** A general register; for 8 bytes the low half, and the high one in `valueHigh`, which else is 0. */
export function generalRegister(c: Cpu, n: number, size: LongSize): number {
  c.long.valueHigh = 0;
  return c.code64 ? getReg(c, n, size) : register(c, n, size as Size);
}
/** Sets it; in 64-bit code 4 bytes clear the high half. */
export function setGeneral(c: Cpu, n: number, size: LongSize, value: number, high = 0): void {
  if (c.code64) setReg(c, n, size, value, high);
  else setRegister(c, n, size as Size, value);
}

/** Begins the address of a memory operand, behind which `immediate` bytes follow. */
export function beginAddress(c: Cpu, m: number, immediate: number): number {
  if (!c.code64) return ea(c, m);
  effective(c, m, immediate);
  c.eaSeg = DS;
  return 0;
}
/** Ends it: an offset in the segment `c.eaSeg`, or in 64-bit code a linear address that is checked. */
export function endAddress(c: Cpu, offset: number, bytes: number, store: boolean): number {
  return c.code64 ? linearOf(c, bytes, store) : offset;
}
/** The address of a memory operand that ends the instruction. */
export function addressOf(c: Cpu, m: number, bytes: number, store: boolean): number {
  return endAddress(c, beginAddress(c, m, 0), bytes, store);
}
/** Loads what lies at such an address; all of 8 bytes is in `valueLow`, `valueHigh`. */
export function loadOperand(c: Cpu, at: number, size: LongSize): number {
  return c.code64 ? loadSize(c, at, size) : read(c, c.eaSeg, at, size as Size);
}
/** Stores there. */
export function storeOperand(c: Cpu, at: number, size: LongSize, value: number, high = 0): void {
  if (c.code64) storeSize(c, at, size, value, high);
  else write(c, c.eaSeg, at, size as Size, value);
}
/** Reads the r/m operand. */
export function readOperand(c: Cpu, m: number, size: LongSize): number {
  return c.code64 ? readRm(c, m, size) : rm(c, m, size as Size);
}
/** Begins to change the r/m operand, behind which `immediate` bytes follow: every fault of the store is raised. */
export function modifyOperand(c: Cpu, m: number, size: LongSize, immediate = 0): number {
  return c.code64 ? modifyLong(c, m, size, immediate) : modifyRm(c, m, size as Size);
}
/** Loads the operand that is being changed; all of 8 bytes is in `valueLow`, `valueHigh`. */
export function loadModified(c: Cpu, m: number, at: number, size: LongSize): number {
  return c.code64 ? loadLong(c, m, at, size) : loadRm(c, m, at, size as Size);
}
/** Ends the change. */
export function storeModified(
  c: Cpu,
  m: number,
  at: number,
  size: LongSize,
  value: number,
  high = 0,
): void {
  if (c.code64) storeLong(c, m, at, size, value, high);
  else storeRm(c, m, at, size as Size, value);
}
/** Writes a selector or status word: to memory 16 bits of it, to a register the operand size. */
export function writeWord(c: Cpu, m: number, value: number): void {
  if (c.code64) writeRm(c, m, m >= 0xc0 ? c.long.size : 2, value, 0);
  else setRmWord(c, m, value);
}
