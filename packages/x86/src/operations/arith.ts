/**
 * ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC in all their operand forms. Being the commonest
 * instructions, the forms of the first eight and of TEST have a handler for each width: a choice
 * made while they run is measurable.
 */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  alu16,
  alu32,
  alu8,
  CMP,
  dec16,
  dec32,
  dec8,
  inc16,
  inc32,
  inc8,
  logic16,
  logic32,
  logic8,
  sub16,
  sub32,
  sub8,
} from "./alu.js";
import { ud } from "../state/fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "../decode/fetch.js";
import type { Size } from "../mmu/memory.js";
import {
  load16,
  load32,
  load8,
  modify,
  read16,
  read32,
  read8,
  store16,
  store32,
  store8,
} from "../mmu/memory.js";
import { ea } from "../decode/modrm.js";
import { index8, loadRm, modifyRm, rm16, rm32, rm8, storeRm } from "../decode/operands.js";
import { both, sized } from "../decode/table-build.js";

function aluEbGb(c: Cpu, op: number): void {
  const m = fetch8(c);
  const kind = op >> 3;
  const b = c.reg8[index8(m >> 3)];
  if (m >= 0xc0) {
    const i = index8(m);
    const r = alu8(c, kind, c.reg8[i], b);
    if (kind !== CMP) c.reg8[i] = r;
  } else aluM8(c, kind, ea(c, m), b);
}
function aluM8(c: Cpu, kind: number, offset: number, b: number): void {
  if (kind === CMP) sub8(c, read8(c, c.eaSeg, offset), b, 0);
  else {
    const at = modify(c, c.eaSeg, offset, 1);
    store8(c, at, alu8(c, kind, load8(c, at), b));
  }
}
function aluM16(c: Cpu, kind: number, offset: number, b: number): void {
  if (kind === CMP) sub16(c, read16(c, c.eaSeg, offset), b, 0);
  else {
    const at = modify(c, c.eaSeg, offset, 2);
    store16(c, at, alu16(c, kind, load16(c, at), b));
  }
}
function aluM32(c: Cpu, kind: number, offset: number, b: number): void {
  if (kind === CMP) sub32(c, read32(c, c.eaSeg, offset), b, 0);
  else {
    const at = modify(c, c.eaSeg, offset, 4);
    store32(c, at, alu32(c, kind, load32(c, at), b));
  }
}
function aluEwGw(c: Cpu, op: number): void {
  const m = fetch8(c);
  const kind = op >> 3;
  const b = c.reg16[(m >> 2) & 14];
  if (m >= 0xc0) {
    const r = alu16(c, kind, c.reg16[(m & 7) << 1], b);
    if (kind !== CMP) c.reg16[(m & 7) << 1] = r;
  } else aluM16(c, kind, ea(c, m), b);
}
function aluEdGd(c: Cpu, op: number): void {
  const m = fetch8(c);
  const kind = op >> 3;
  const b = c.reg32[(m >> 3) & 7];
  if (m >= 0xc0) {
    const r = alu32(c, kind, c.reg32[m & 7], b);
    if (kind !== CMP) c.reg32[m & 7] = r;
  } else aluM32(c, kind, ea(c, m), b);
}
function aluGbEb(c: Cpu, op: number): void {
  const m = fetch8(c);
  const i = index8(m >> 3);
  const b = rm8(c, m);
  const r = alu8(c, op >> 3, c.reg8[i], b);
  if (op >> 3 !== CMP) c.reg8[i] = r;
}
function aluGwEw(c: Cpu, op: number): void {
  const m = fetch8(c);
  const i = (m >> 2) & 14;
  const b = rm16(c, m);
  const r = alu16(c, op >> 3, c.reg16[i], b);
  if (op >> 3 !== CMP) c.reg16[i] = r;
}
function aluGdEd(c: Cpu, op: number): void {
  const m = fetch8(c);
  const i = (m >> 3) & 7;
  const b = rm32(c, m);
  const r = alu32(c, op >> 3, c.reg32[i], b);
  if (op >> 3 !== CMP) c.reg32[i] = r;
}
function aluAL(c: Cpu, op: number): void {
  const r = alu8(c, op >> 3, c.reg8[0], fetch8(c));
  if (op >> 3 !== CMP) c.reg8[0] = r;
}
function aluAX(c: Cpu, op: number): void {
  const r = alu16(c, op >> 3, c.reg16[0], fetch16(c));
  if (op >> 3 !== CMP) c.reg16[0] = r;
}
function aluEAX(c: Cpu, op: number): void {
  const r = alu32(c, op >> 3, c.reg32[0], fetch32(c));
  if (op >> 3 !== CMP) c.reg32[0] = r;
}

function group1b(c: Cpu): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  if (m >= 0xc0) {
    const i = index8(m);
    const r = alu8(c, kind, c.reg8[i], fetch8(c));
    if (kind !== CMP) c.reg8[i] = r;
  } else {
    const offset = ea(c, m);
    aluM8(c, kind, offset, fetch8(c));
  }
}
function group1w(c: Cpu, op: number): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  const offset = m < 0xc0 ? ea(c, m) : 0;
  const b = op === 0x81 ? fetch16(c) : fetchS8(c) & 0xffff;
  if (m >= 0xc0) {
    const r = alu16(c, kind, c.reg16[(m & 7) << 1], b);
    if (kind !== CMP) c.reg16[(m & 7) << 1] = r;
  } else aluM16(c, kind, offset, b);
}
function group1d(c: Cpu, op: number): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  const offset = m < 0xc0 ? ea(c, m) : 0;
  const b = op === 0x81 ? fetch32(c) : fetchS8(c);
  if (m >= 0xc0) {
    const r = alu32(c, kind, c.reg32[m & 7], b);
    if (kind !== CMP) c.reg32[m & 7] = r;
  } else aluM32(c, kind, offset, b);
}

function testEbGb(c: Cpu): void {
  const m = fetch8(c);
  logic8(c, rm8(c, m) & c.reg8[index8(m >> 3)]);
}
function testEwGw(c: Cpu): void {
  const m = fetch8(c);
  logic16(c, rm16(c, m) & c.reg16[(m >> 2) & 14]);
}
function testEdGd(c: Cpu): void {
  const m = fetch8(c);
  logic32(c, rm32(c, m) & c.reg32[(m >> 3) & 7]);
}

/** INC or DEC, as the ModRM byte says, of an operand of `size` bytes. */
export function incDec(c: Cpu, m: number, size: Size): void {
  const up = (m & 0x38) === 0;
  const at = modifyRm(c, m, size);
  const v = loadRm(c, m, at, size);
  let r: number;
  if (size === 1) r = up ? inc8(c, v) : dec8(c, v);
  else if (size === 2) r = up ? inc16(c, v) : dec16(c, v);
  else r = up ? inc32(c, v) : dec32(c, v);
  storeRm(c, m, at, size, r);
}

/** Group 4: INC and DEC of a byte. */
function group4(c: Cpu): void {
  const m = fetch8(c);
  if (((m >> 3) & 7) > 1) ud(c);
  incDec(c, m, 1);
}

/** Enters this file's instructions. */
export function installArith(t: OpcodeTables): void {
  for (let kind = 0; kind < 8; kind++) {
    const op = kind << 3;
    both(t, op, aluEbGb);
    sized(t, op + 1, aluEwGw, aluEdGd);
    both(t, op + 2, aluGbEb);
    sized(t, op + 3, aluGwEw, aluGdEd);
    both(t, op + 4, aluAL);
    sized(t, op + 5, aluAX, aluEAX);
  }
  both(t, 0x80, group1b);
  both(t, 0x82, group1b);
  sized(t, 0x81, group1w, group1d);
  sized(t, 0x83, group1w, group1d);
  both(t, 0x84, testEbGb);
  sized(t, 0x85, testEwGw, testEdGd);
  both(t, 0xa8, (c) => void logic8(c, c.reg8[0] & fetch8(c)));
  sized(
    t,
    0xa9,
    (c) => void logic16(c, c.reg16[0] & fetch16(c)),
    (c) => void logic32(c, c.reg32[0] & fetch32(c)),
  );
  both(t, 0xfe, group4);
  for (let r = 0; r < 8; r++) {
    sized(
      t,
      0x40 + r,
      (c, op) => {
        c.reg16[(op & 7) << 1] = inc16(c, c.reg16[(op & 7) << 1]);
      },
      (c, op) => {
        c.reg32[op & 7] = inc32(c, c.reg32[op & 7]);
      },
    );
    sized(
      t,
      0x48 + r,
      (c, op) => {
        c.reg16[(op & 7) << 1] = dec16(c, c.reg16[(op & 7) << 1]);
      },
      (c, op) => {
        c.reg32[op & 7] = dec32(c, c.reg32[op & 7]);
      },
    );
  }
}
