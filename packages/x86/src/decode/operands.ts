/**
 * The operands of instructions: registers, and what a ModRM byte names. Without a width in its name
 * a function takes one as its last parameter but the value.
 */
import type { Cpu } from "../state/cpu.js";
import { fetch16, fetch32, fetch8 } from "./fetch.js";
import type { Size } from "../mmu/memory.js";
import { load, modify, read16, read32, read8, store, write16, write8 } from "../mmu/memory.js";
import { ea } from "./modrm.js";

/** Index in the byte register file of 8-bit register `r` (low three bits used): AL CL DL BL AH .. */
export function index8(r: number): number {
  return ((r & 3) << 2) | ((r >> 2) & 1);
}

/** The operand size of the instruction being executed, in bytes. */
export function wordSize(c: Cpu): 2 | 4 {
  return c.op32 ? 4 : 2;
}

/** General register `r` (low three bits used): 8 and 16 bits unsigned, 32 bits signed. */
export function register(c: Cpu, r: number, size: Size): number {
  if (size === 1) return c.reg8[index8(r)];
  return size === 2 ? c.reg16[(r & 7) << 1] : c.reg32[r & 7];
}
/** Sets general register `r` (low three bits used) to the low bits of `value`. */
export function setRegister(c: Cpu, r: number, size: Size, value: number): void {
  if (size === 1) c.reg8[index8(r)] = value;
  else if (size === 2) c.reg16[(r & 7) << 1] = value;
  else c.reg32[r & 7] = value;
}

/** Fetches an immediate operand: 8 and 16 bits unsigned, 32 bits signed. */
export function immediate(c: Cpu, size: Size): number {
  if (size === 1) return fetch8(c);
  return size === 2 ? fetch16(c) : fetch32(c);
}

/** The r/m operand, 8 bits. */
export function rm8(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg8[index8(m)];
  const offset = ea(c, m);
  return read8(c, c.eaSeg, offset);
}
/** The r/m operand, 16 bits. */
export function rm16(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg16[(m & 7) << 1];
  const offset = ea(c, m);
  return read16(c, c.eaSeg, offset);
}
/** The r/m operand, 32 bits. */
export function rm32(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg32[m & 7];
  const offset = ea(c, m);
  return read32(c, c.eaSeg, offset);
}
/** The r/m operand. */
export function rm(c: Cpu, m: number, size: Size): number {
  if (size === 1) return rm8(c, m);
  return size === 2 ? rm16(c, m) : rm32(c, m);
}

/** Writes the r/m operand, 8 bits. */
export function setRm8(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) c.reg8[index8(m)] = value;
  else {
    const offset = ea(c, m);
    write8(c, c.eaSeg, offset, value);
  }
}
/** Writes the r/m operand, 16 bits. */
export function setRm16(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) c.reg16[(m & 7) << 1] = value;
  else {
    const offset = ea(c, m);
    write16(c, c.eaSeg, offset, value);
  }
}
/** Writes a selector or status word: to memory 16 bits of it, to a register the operand size. */
export function setRmWord(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) setRegister(c, m, wordSize(c), value);
  else setRm16(c, m, value & 0xffff);
}

/**
 * Begins a change of the r/m operand: every fault of the coming store is raised now. Returns what
 * {@link loadRm} and {@link storeRm} want as `at`.
 */
export function modifyRm(c: Cpu, m: number, size: Size): number {
  if (m >= 0xc0) return 0;
  const offset = ea(c, m);
  return modify(c, c.eaSeg, offset, size);
}
/** The r/m operand that is being changed. */
export function loadRm(c: Cpu, m: number, at: number, size: Size): number {
  return m >= 0xc0 ? register(c, m, size) : load(c, at, size);
}
/** Ends the change. */
export function storeRm(c: Cpu, m: number, at: number, size: Size, value: number): void {
  if (m >= 0xc0) setRegister(c, m, size, value);
  else store(c, at, size, value);
}
