/** Effective addresses, and the registers that instructions address memory and count with. */
import type { Cpu } from "../state/cpu.js";
import { DS, EBP, EBX, ECX, EDI, ESI, ESP, SS } from "../constants.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "./fetch.js";

/** Offset of the memory operand of ModRM byte `m` (mod must not be 3); its segment is in `c.eaSeg`. */
export function ea(c: Cpu, m: number): number {
  return c.addr32 ? ea32(c, m) : ea16(c, m);
}

function ea16(c: Cpu, m: number): number {
  const r = c.reg16;
  let seg = DS;
  let a: number;
  switch (m & 7) {
    case 0:
      a = r[EBX * 2] + r[ESI * 2];
      break;
    case 1:
      a = r[EBX * 2] + r[EDI * 2];
      break;
    case 2:
      a = r[EBP * 2] + r[ESI * 2];
      seg = SS;
      break;
    case 3:
      a = r[EBP * 2] + r[EDI * 2];
      seg = SS;
      break;
    case 4:
      a = r[ESI * 2];
      break;
    case 5:
      a = r[EDI * 2];
      break;
    case 6:
      if (m < 0x40) {
        c.eaSeg = c.segOv >= 0 ? c.segOv : DS;
        return fetch16(c);
      }
      a = r[EBP * 2];
      seg = SS;
      break;
    default:
      a = r[EBX * 2];
  }
  c.eaSeg = c.segOv >= 0 ? c.segOv : seg;
  if (m < 0x40) return a & 0xffff;
  return (a + (m < 0x80 ? fetchS8(c) : fetch16(c))) & 0xffff;
}

function ea32(c: Cpu, m: number): number {
  const rm = m & 7;
  let seg = DS;
  let a: number;
  if (rm === 4) {
    const sib = fetch8(c);
    const base = sib & 7;
    if (base === EBP && m < 0x40) a = fetch32(c);
    else {
      a = c.reg32[base];
      if (base === ESP || base === EBP) seg = SS;
    }
    const index = (sib >> 3) & 7;
    if (index !== 4) a = (a + (c.reg32[index] << (sib >> 6))) | 0;
  } else if (rm === 5) {
    if (m < 0x40) {
      c.eaSeg = c.segOv >= 0 ? c.segOv : DS;
      return fetch32(c);
    }
    a = c.reg32[EBP];
    seg = SS;
  } else {
    a = c.reg32[rm];
  }
  c.eaSeg = c.segOv >= 0 ? c.segOv : seg;
  if (m < 0x40) return a;
  return (a + (m < 0x80 ? fetchS8(c) : fetch32(c))) | 0;
}

/** The segment of an operand that lies in DS unless a prefix says otherwise. */
export function dataSegment(c: Cpu): number {
  return c.segOv >= 0 ? c.segOv : DS;
}
/** The offset `bytes` after `offset`, wrapped to the address size. */
export function offsetAfter(c: Cpu, offset: number, bytes: number): number {
  const after = (offset + bytes) | 0;
  return c.addr32 ? after : after & 0xffff;
}

/** General register `r` as an offset, in the address size: 16 bits unsigned, 32 bits signed. */
export function addressRegister(c: Cpu, r: number): number {
  return c.addr32 ? c.reg32[r] : c.reg16[r * 2];
}
/** Adds to a register in the address size; with 16 bits the upper half stays. */
export function advanceRegister(c: Cpu, r: number, delta: number): void {
  if (c.addr32) c.reg32[r] += delta;
  else c.reg16[r * 2] += delta;
}
/** Register in which loops and repeated instructions count: (E)CX in the address size, unsigned. */
export function countRegister(c: Cpu): number {
  return addressRegister(c, ECX) >>> 0;
}
