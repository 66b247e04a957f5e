/**
 * The meaning of the integer operations: result and flags. Nothing here touches memory or operands,
 * so a handler may read, call, write. 8 and 16 bit operands are unsigned, 32 bit ones signed.
 */
import type { Cpu } from "../state/cpu.js";
import type { Size } from "../mmu/memory.js";

// Some of the eight operations by number, as opcodes and ModRM bytes hold it.

/** ADD. */
export const ADD = 0;
/** AND; TEST is AND without the result. */
export const AND = 4;
/** SUB. */
export const SUB = 5;
/** CMP: SUB without the result. */
export const CMP = 7;

/** Carry-out (bit 31), carry-in (bit 30) of the top bit and AF (bit 3) of a 32-bit carry vector. */
const KEEP = 0xc0000008 | 0;

function flags8(c: Cpu, r: number, carries: number): number {
  c.fr = (r << 24) >> 24;
  c.fx = ((carries & 0xc0) << 24) | (carries & 8);
  return r & 0xff;
}
function flags16(c: Cpu, r: number, carries: number): number {
  c.fr = (r << 16) >> 16;
  c.fx = ((carries & 0xc000) << 16) | (carries & 8);
  return r & 0xffff;
}
function flags32(c: Cpu, r: number, carries: number): number {
  c.fr = r;
  c.fx = carries & KEEP;
  return r;
}

/** a + b + carry. */
export function add8(c: Cpu, a: number, b: number, carry: number): number {
  const r = a + b + carry;
  return flags8(c, r, (a & b) | ((a | b) & ~r));
}
/** a + b + carry. */
export function add16(c: Cpu, a: number, b: number, carry: number): number {
  const r = a + b + carry;
  return flags16(c, r, (a & b) | ((a | b) & ~r));
}
/** a + b + carry. */
export function add32(c: Cpu, a: number, b: number, carry: number): number {
  const r = (a + b + carry) | 0;
  return flags32(c, r, (a & b) | ((a | b) & ~r));
}
/** a - b - borrow. */
export function sub8(c: Cpu, a: number, b: number, borrow: number): number {
  const r = a - b - borrow;
  return flags8(c, r, (~a & b) | (~(a ^ b) & r));
}
/** a - b - borrow. */
export function sub16(c: Cpu, a: number, b: number, borrow: number): number {
  const r = a - b - borrow;
  return flags16(c, r, (~a & b) | (~(a ^ b) & r));
}
/** a - b - borrow. */
export function sub32(c: Cpu, a: number, b: number, borrow: number): number {
  const r = (a - b - borrow) | 0;
  return flags32(c, r, (~a & b) | (~(a ^ b) & r));
}
/** Flags of a logic operation's result. */
export function logic8(c: Cpu, r: number): number {
  c.fr = (r << 24) >> 24;
  c.fx = 0;
  return r;
}
/** Flags of a logic operation's result. */
export function logic16(c: Cpu, r: number): number {
  c.fr = (r << 16) >> 16;
  c.fx = 0;
  return r;
}
/** Flags of a logic operation's result. */
export function logic32(c: Cpu, r: number): number {
  c.fr = r;
  c.fx = 0;
  return r;
}

/** ADD OR ADC SBB AND SUB XOR CMP by number; for CMP the result is to be dropped. */
export function alu8(c: Cpu, op: number, a: number, b: number): number {
  switch (op) {
    case 0:
      return add8(c, a, b, 0);
    case 1:
      return logic8(c, a | b);
    case 2:
      return add8(c, a, b, c.fx >>> 31);
    case 3:
      return sub8(c, a, b, c.fx >>> 31);
    case 4:
      return logic8(c, a & b);
    case 6:
      return logic8(c, a ^ b);
    default:
      return sub8(c, a, b, 0);
  }
}
/** ADD OR ADC SBB AND SUB XOR CMP by number; for CMP the result is to be dropped. */
export function alu16(c: Cpu, op: number, a: number, b: number): number {
  switch (op) {
    case 0:
      return add16(c, a, b, 0);
    case 1:
      return logic16(c, a | b);
    case 2:
      return add16(c, a, b, c.fx >>> 31);
    case 3:
      return sub16(c, a, b, c.fx >>> 31);
    case 4:
      return logic16(c, a & b);
    case 6:
      return logic16(c, a ^ b);
    default:
      return sub16(c, a, b, 0);
  }
}
/** ADD OR ADC SBB AND SUB XOR CMP by number; for CMP the result is to be dropped. */
export function alu32(c: Cpu, op: number, a: number, b: number): number {
  switch (op) {
    case 0:
      return add32(c, a, b, 0);
    case 1:
      return logic32(c, a | b);
    case 2:
      return add32(c, a, b, c.fx >>> 31);
    case 3:
      return sub32(c, a, b, c.fx >>> 31);
    case 4:
      return logic32(c, a & b);
    case 6:
      return logic32(c, a ^ b);
    default:
      return sub32(c, a, b, 0);
  }
}
/** ADD OR ADC SBB AND SUB XOR CMP by number, on operands of `size` bytes. */
export function alu(c: Cpu, op: number, a: number, b: number, size: Size): number {
  if (size === 1) return alu8(c, op, a, b);
  return size === 2 ? alu16(c, op, a, b) : alu32(c, op, a, b);
}

/** CF kept in both top bits of the flag word (so OF = 0), to xor OF into bit 30. */
function keepCarry(c: Cpu, overflow: boolean, half: boolean): number {
  return ((c.fx >> 31) & 0xc0000000) ^ (overflow ? 0x40000000 : 0) ^ (half ? 8 : 0);
}
/** a + 1, CF unchanged. */
export function inc8(c: Cpu, a: number): number {
  const r = (a + 1) & 0xff;
  c.fx = keepCarry(c, r === 0x80, (r & 15) === 0);
  c.fr = (r << 24) >> 24;
  return r;
}
/** a + 1, CF unchanged. */
export function inc16(c: Cpu, a: number): number {
  const r = (a + 1) & 0xffff;
  c.fx = keepCarry(c, r === 0x8000, (r & 15) === 0);
  c.fr = (r << 16) >> 16;
  return r;
}
/** a + 1, CF unchanged. */
export function inc32(c: Cpu, a: number): number {
  const r = (a + 1) | 0;
  c.fx = keepCarry(c, r === -0x80000000, (r & 15) === 0);
  c.fr = r;
  return r;
}
/** a - 1, CF unchanged. */
export function dec8(c: Cpu, a: number): number {
  const r = (a - 1) & 0xff;
  c.fx = keepCarry(c, r === 0x7f, (r & 15) === 15);
  c.fr = (r << 24) >> 24;
  return r;
}
/** a - 1, CF unchanged. */
export function dec16(c: Cpu, a: number): number {
  const r = (a - 1) & 0xffff;
  c.fx = keepCarry(c, r === 0x7fff, (r & 15) === 15);
  c.fr = (r << 16) >> 16;
  return r;
}
/** a - 1, CF unchanged. */
export function dec32(c: Cpu, a: number): number {
  const r = (a - 1) | 0;
  c.fx = keepCarry(c, r === 0x7fffffff, (r & 15) === 15);
  c.fr = r;
  return r;
}
