/** ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NOT NEG in all their operand forms, XADD, CMPXCHG. */
import type { Cpu, OpcodeTables } from "./cpu.js";
import {
  add16,
  add32,
  add8,
  alu16,
  alu32,
  alu8,
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
import { EAX, EBX, ECX, EDX } from "./constants.js";
import { ud } from "./fault.js";
import { fetch16, fetch32, fetch8, fetchS8 } from "./fetch.js";
import { setZF } from "./flags.js";
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
} from "./memory.js";
import { ea } from "./modrm.js";
import { both, index8, sized } from "./table-build.js";
import { rm16, rm32, rm8 } from "./operands.js";

const CMP = 7;

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

function incDecEb(c: Cpu): void {
  const m = fetch8(c);
  const kind = (m >> 3) & 7;
  if (kind > 1) ud(c);
  if (m >= 0xc0) {
    const i = index8(m);
    c.reg8[i] = kind === 0 ? inc8(c, c.reg8[i]) : dec8(c, c.reg8[i]);
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 1);
    const v = load8(c, at);
    store8(c, at, kind === 0 ? inc8(c, v) : dec8(c, v));
  }
}

/** INC or DEC of a word operand; used by group 5. */
export function incDecW(c: Cpu, m: number): void {
  const up = (m & 0x38) === 0;
  if (m >= 0xc0) {
    const i = (m & 7) << 1;
    c.reg16[i] = up ? inc16(c, c.reg16[i]) : dec16(c, c.reg16[i]);
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 2);
    const v = load16(c, at);
    store16(c, at, up ? inc16(c, v) : dec16(c, v));
  }
}
/** INC or DEC of a doubleword operand; used by group 5. */
export function incDecD(c: Cpu, m: number): void {
  const up = (m & 0x38) === 0;
  if (m >= 0xc0) {
    const i = m & 7;
    c.reg32[i] = up ? inc32(c, c.reg32[i]) : dec32(c, c.reg32[i]);
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 4);
    const v = load32(c, at);
    store32(c, at, up ? inc32(c, v) : dec32(c, v));
  }
}

function xadd8(c: Cpu): void {
  const m = fetch8(c);
  const g = index8(m >> 3);
  const b = c.reg8[g];
  if (m >= 0xc0) {
    const a = c.reg8[index8(m)];
    const r = add8(c, a, b, 0);
    c.reg8[g] = a;
    c.reg8[index8(m)] = r;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 1);
    const a = load8(c, at);
    store8(c, at, add8(c, a, b, 0));
    c.reg8[g] = a;
  }
}
function xadd16(c: Cpu): void {
  const m = fetch8(c);
  const g = (m >> 2) & 14;
  const b = c.reg16[g];
  if (m >= 0xc0) {
    const a = c.reg16[(m & 7) << 1];
    const r = add16(c, a, b, 0);
    c.reg16[g] = a;
    c.reg16[(m & 7) << 1] = r;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 2);
    const a = load16(c, at);
    store16(c, at, add16(c, a, b, 0));
    c.reg16[g] = a;
  }
}
function xadd32(c: Cpu): void {
  const m = fetch8(c);
  const g = (m >> 3) & 7;
  const b = c.reg32[g];
  if (m >= 0xc0) {
    const a = c.reg32[m & 7];
    const r = add32(c, a, b, 0);
    c.reg32[g] = a;
    c.reg32[m & 7] = r;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 4);
    const a = load32(c, at);
    store32(c, at, add32(c, a, b, 0));
    c.reg32[g] = a;
  }
}

// A failed comparison still writes the destination back, as the locked bus cycle does.
function cmpxchg8(c: Cpu): void {
  const m = fetch8(c);
  const g = c.reg8[index8(m >> 3)];
  if (m >= 0xc0) {
    const a = c.reg8[index8(m)];
    sub8(c, c.reg8[0], a, 0);
    if (c.fr === 0) c.reg8[index8(m)] = g;
    else c.reg8[0] = a;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 1);
    const a = load8(c, at);
    sub8(c, c.reg8[0], a, 0);
    store8(c, at, c.fr === 0 ? g : a);
    if (c.fr !== 0) c.reg8[0] = a;
  }
}
function cmpxchg16(c: Cpu): void {
  const m = fetch8(c);
  const g = c.reg16[(m >> 2) & 14];
  if (m >= 0xc0) {
    const a = c.reg16[(m & 7) << 1];
    sub16(c, c.reg16[0], a, 0);
    if (c.fr === 0) c.reg16[(m & 7) << 1] = g;
    else c.reg16[0] = a;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 2);
    const a = load16(c, at);
    sub16(c, c.reg16[0], a, 0);
    store16(c, at, c.fr === 0 ? g : a);
    if (c.fr !== 0) c.reg16[0] = a;
  }
}
function cmpxchg32(c: Cpu): void {
  const m = fetch8(c);
  const g = c.reg32[(m >> 3) & 7];
  if (m >= 0xc0) {
    const a = c.reg32[m & 7];
    sub32(c, c.reg32[EAX], a, 0);
    if (c.fr === 0) c.reg32[m & 7] = g;
    else c.reg32[EAX] = a;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 4);
    const a = load32(c, at);
    sub32(c, c.reg32[EAX], a, 0);
    store32(c, at, c.fr === 0 ? g : a);
    if (c.fr !== 0) c.reg32[EAX] = a;
  }
}
function cmpxchg8b(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0 || (m & 0x38) !== 0x08) ud(c);
  const offset = ea(c, m);
  const r = c.reg32;
  const at = modify(c, c.eaSeg, offset, 8);
  const lo = load32(c, at);
  const hi = load32(c, (at + 4) | 0);
  const equal = lo === r[EAX] && hi === r[EDX];
  store32(c, at, equal ? r[EBX] : lo);
  store32(c, (at + 4) | 0, equal ? r[ECX] : hi);
  if (!equal) {
    r[EAX] = lo;
    r[EDX] = hi;
  }
  setZF(c, equal);
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
  both(t, 0xfe, incDecEb);
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
  both(t, 0x1c0, xadd8);
  sized(t, 0x1c1, xadd16, xadd32);
  both(t, 0x1b0, cmpxchg8);
  sized(t, 0x1b1, cmpxchg16, cmpxchg32);
  both(t, 0x1c7, cmpxchg8b);
}
