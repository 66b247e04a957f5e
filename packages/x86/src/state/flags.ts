/**
 * The arithmetic flags, kept as two words.
 *
 * `fr` is the last result, sign-extended to 32 bits: ZF is `fr === 0`, SF its sign, PF the parity of
 * its low byte. `fx` holds the rest: bit 31 = CF, bit 30 = CF xor OF, bit 3 = AF; bit 16 inverts SF
 * and bits 8..15 are xor-ed into the parity byte, so that any combination POPF can load is
 * representable. An operation that sets all six flags overwrites both words and computes no flag.
 */
import type { Cpu } from "./cpu.js";
import { updateAlignment } from "../mmu/limits.js";
import { flushUserPages } from "../mmu/tlb.js";
import {
  CR4_SMAP,
  EV_TRAP,
  F_AC,
  F_AF,
  F_ARITH,
  F_CF,
  F_DF,
  F_ID,
  F_IF,
  F_IOPL,
  F_NT,
  F_OF,
  F_PF,
  F_SF,
  F_TF,
  F_VM,
  F_ZF,
} from "../constants.js";

/** CF. */
export function getCF(c: Cpu): boolean {
  return c.fx < 0;
}
/** SF. */
export function getSF(c: Cpu): boolean {
  return (c.fr ^ (c.fx << 15)) < 0;
}
/** OF. */
export function getOF(c: Cpu): boolean {
  return (c.fx ^ (c.fx << 1)) < 0;
}
/** AF. */
export function getAF(c: Cpu): boolean {
  return (c.fx & 8) !== 0;
}
/** PF: even parity of the low byte. */
export function getPF(c: Cpu): boolean {
  let v = (c.fr ^ (c.fx >> 8)) & 0xff;
  v ^= v >> 4;
  return ((0x9669 >> (v & 15)) & 1) !== 0;
}
/** SF != OF, the signed "less". */
export function getLess(c: Cpu): boolean {
  const x = c.fx;
  return (c.fr ^ (x << 15) ^ x ^ (x << 1)) < 0;
}

/** The condition `code` (low nibble of Jcc, SETcc, CMOVcc). */
export function condition(c: Cpu, code: number): boolean {
  switch (code & 15) {
    case 0:
      return getOF(c);
    case 1:
      return !getOF(c);
    case 2:
      return c.fx < 0;
    case 3:
      return c.fx >= 0;
    case 4:
      return c.fr === 0;
    case 5:
      return c.fr !== 0;
    case 6:
      return c.fx < 0 || c.fr === 0;
    case 7:
      return c.fx >= 0 && c.fr !== 0;
    case 8:
      return getSF(c);
    case 9:
      return !getSF(c);
    case 10:
      return getPF(c);
    case 11:
      return !getPF(c);
    case 12:
      return getLess(c);
    case 13:
      return !getLess(c);
    case 14:
      return c.fr === 0 || getLess(c);
    default:
      return c.fr !== 0 && !getLess(c);
  }
}

/** The arithmetic flags as EFLAGS bits. */
export function arithFlags(c: Cpu): number {
  return (
    (c.fx < 0 ? F_CF : 0) |
    (getPF(c) ? F_PF : 0) |
    (getAF(c) ? F_AF : 0) |
    (c.fr === 0 ? F_ZF : 0) |
    (getSF(c) ? F_SF : 0) |
    (getOF(c) ? F_OF : 0)
  );
}

/** Loads the six arithmetic flags from EFLAGS bits. */
export function setArithFlags(c: Cpu, flags: number): void {
  const zf = (flags & F_ZF) !== 0;
  const cf = flags & 1;
  const of = (flags >> 11) & 1;
  c.fr = zf ? 0 : 1;
  c.fx =
    (cf << 31) |
    ((cf ^ of) << 30) |
    ((flags & F_AF) >> 1) |
    ((flags & F_SF) << 9) |
    (((flags & F_PF) !== 0) === zf ? 0 : 0x100);
}

/** Sets CF and OF, leaves the other flags. */
export function setCarryOverflow(c: Cpu, cf: boolean, of: boolean): void {
  const rest = c.fx & 0x3fffffff;
  c.fx = rest | (cf ? 0x80000000 : 0) | (cf !== of ? 0x40000000 : 0);
}

/** Sets CF, leaves the other flags. */
export function setCF(c: Cpu, cf: boolean): void {
  setCarryOverflow(c, cf, getOF(c));
}

/** Sets ZF, leaves the other flags. */
export function setZF(c: Cpu, zf: boolean): void {
  if (zf !== (c.fr === 0)) setArithFlags(c, (arithFlags(c) & ~F_ZF) | (zf ? F_ZF : 0));
}

/** All of EFLAGS. */
export function getEflags(c: Cpu): number {
  return c.eflags | arithFlags(c) | 2;
}

/** I/O privilege level. */
export function iopl(c: Cpu): number {
  return (c.eflags >> 12) & 3;
}

/** Bits of EFLAGS that POPF and IRET may change at the current privilege level. */
export function changeableFlags(c: Cpu): number {
  let mask = F_ARITH | F_TF | F_DF | F_NT | F_AC | F_ID;
  if (c.cpl <= iopl(c)) mask |= F_IF;
  if (c.cpl === 0) mask |= F_IOPL;
  return mask;
}

/** Replaces the bits of EFLAGS that `mask` selects. VM is changed only by the mode switches. */
export function writeEflags(c: Cpu, value: number, mask: number): void {
  setArithFlags(c, (value & mask) | (arithFlags(c) & ~mask));
  const system = mask & ~F_ARITH & ~F_VM;
  const before = c.eflags;
  c.eflags = ((before & ~system) | (value & system)) & 0x3e7700;
  // What level 0 may do with pages of level 3 is cached.
  if (((before ^ c.eflags) & F_AC) !== 0 && (c.cr4 & CR4_SMAP) !== 0) flushUserPages(c);
  if ((c.eflags & F_TF) !== 0) c.events |= EV_TRAP;
  updateAlignment(c);
}
