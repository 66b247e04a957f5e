/** The stack: pushing and popping, and the instructions that do nothing else. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { EBP, ESP, EX_BR, SS } from "../constants.js";
import { raise, ud } from "../state/fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "../decode/fetch.js";
import { modify, read, read16, read32, write, write16, write32 } from "../mmu/memory.js";
import { ea, offsetAfter } from "../decode/modrm.js";
import { register, setRegister, wordSize } from "../decode/operands.js";
import { both, sized } from "../decode/table-build.js";

/** The stack pointer moved by `delta`, wrapped to the stack's width. */
export function spOffset(c: Cpu, delta: number): number {
  const sp = (c.reg32[ESP] + delta) | 0;
  return c.stack32 ? sp : sp & 0xffff;
}
/** Moves the stack pointer; on a 16-bit stack the high half of ESP stays. */
export function moveSp(c: Cpu, delta: number): void {
  if (c.stack32) c.reg32[ESP] += delta;
  else c.reg16[ESP * 2] += delta;
}
/** Pushes a word. */
export function push16(c: Cpu, value: number): void {
  write16(c, SS, spOffset(c, -2), value);
  moveSp(c, -2);
}
/** Pushes a doubleword. */
export function push32(c: Cpu, value: number): void {
  write32(c, SS, spOffset(c, -4), value);
  moveSp(c, -4);
}
/** Pushes a value of the operand size. */
export function push(c: Cpu, value: number): void {
  if (c.op32) push32(c, value);
  else push16(c, value & 0xffff);
}
/** Pops a word. */
export function pop16(c: Cpu): number {
  const v = read16(c, SS, spOffset(c, 0));
  moveSp(c, 2);
  return v;
}
/** Pops a doubleword. */
export function pop32(c: Cpu): number {
  const v = read32(c, SS, spOffset(c, 0));
  moveSp(c, 4);
  return v;
}
/** Reads the operand-sized item `index` above the stack pointer without popping. */
export function peekStack(c: Cpu, index: number): number {
  return c.op32 ? read32(c, SS, spOffset(c, index * 4)) : read16(c, SS, spOffset(c, index * 2));
}

function popRm(c: Cpu, size: 2 | 4): void {
  const m = fetch8(c);
  if ((m & 0x38) !== 0) ud(c);
  const before = c.reg32[ESP];
  const v = size === 4 ? pop32(c) : pop16(c);
  if (m >= 0xc0) {
    setRegister(c, m, size, v);
    return;
  }
  // The address is computed with the stack pointer already incremented, which a fault must undo.
  const after = c.reg32[ESP];
  const offset = ea(c, m);
  c.reg32[ESP] = before;
  write(c, c.eaSeg, offset, size, v);
  c.reg32[ESP] = after;
}

function pusha(c: Cpu): void {
  const size = wordSize(c);
  for (let r = 0; r < 8; r++) {
    write(c, SS, spOffset(c, -size * (r + 1)), size, register(c, r, size));
  }
  moveSp(c, -8 * size);
}
function popa(c: Cpu): void {
  const size = wordSize(c);
  // Touch both ends first so that a fault leaves all registers alone.
  read(c, SS, spOffset(c, 7 * size), size);
  read(c, SS, spOffset(c, 0), size);
  for (let r = 7; r >= 0; r--) {
    if (r !== ESP) setRegister(c, r, size, read(c, SS, spOffset(c, (7 - r) * size), size));
  }
  moveSp(c, 8 * size);
}

function enter(c: Cpu): void {
  const locals = fetch16(c);
  const level = fetch8(c) & 31;
  const size = wordSize(c);
  write(c, SS, spOffset(c, -size), size, register(c, EBP, size));
  let at = -size;
  for (let k = 1; k < level; k++) {
    at -= size;
    const from = c.stack32 ? (c.reg32[EBP] - k * size) | 0 : (c.reg16[EBP * 2] - k * size) & 0xffff;
    write(c, SS, spOffset(c, at), size, read(c, SS, from, size));
  }
  // The display entry holds the new frame pointer in full operand size: on a 16-bit stack, where
  // only SP wraps, with the high half of ESP.
  const frame = spOffset(c, -size);
  const framePointer = c.stack32 ? frame : (c.reg32[ESP] & -65536) | frame;
  if (level > 0) {
    at -= size;
    write(c, SS, spOffset(c, at), size, framePointer);
  }
  // ENTER faults if the new stack top cannot be written.
  modify(c, SS, spOffset(c, at - locals), size);
  setRegister(c, EBP, size, framePointer);
  moveSp(c, at - locals);
}
function leave(c: Cpu): void {
  const size = wordSize(c);
  const frame = c.stack32 ? c.reg32[EBP] : c.reg16[EBP * 2];
  const v = read(c, SS, frame, size);
  if (c.stack32) c.reg32[ESP] = frame + size;
  else c.reg16[ESP * 2] = frame + size;
  setRegister(c, EBP, size, v);
}

function bound(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0) ud(c);
  const offset = ea(c, m);
  const seg = c.eaSeg;
  if (c.op32) {
    const v = c.reg32[(m >> 3) & 7];
    const lower = read32(c, seg, offset);
    if (v < lower || v > read32(c, seg, (offset + 4) | 0)) raise(c, EX_BR);
  } else {
    const v = (c.reg16[(m >> 2) & 14] << 16) >> 16;
    const lower = (read16(c, seg, offset) << 16) >> 16;
    const upper = (read16(c, seg, offsetAfter(c, offset, 2)) << 16) >> 16;
    if (v < lower || v > upper) raise(c, EX_BR);
  }
}

/** Enters this file's instructions. */
export function installStack(t: OpcodeTables): void {
  for (let r = 0; r < 8; r++) {
    sized(
      t,
      0x50 + r,
      (c, op) => push16(c, c.reg16[(op & 7) << 1]),
      (c, op) => push32(c, c.reg32[op & 7]),
    );
    sized(
      t,
      0x58 + r,
      (c, op) => {
        c.reg16[(op & 7) << 1] = pop16(c);
      },
      (c, op) => {
        c.reg32[op & 7] = pop32(c);
      },
    );
  }
  both(t, 0x60, pusha);
  both(t, 0x61, popa);
  both(t, 0x62, bound);
  sized(
    t,
    0x68,
    (c) => push16(c, fetch16(c)),
    (c) => push32(c, fetch32(c)),
  );
  sized(
    t,
    0x6a,
    (c) => push16(c, fetchS8(c) & 0xffff),
    (c) => push32(c, fetchS8(c)),
  );
  sized(
    t,
    0x8f,
    (c) => popRm(c, 2),
    (c) => popRm(c, 4),
  );
  both(t, 0xc8, enter);
  both(t, 0xc9, leave);
}
