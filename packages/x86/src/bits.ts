/** Bit tests, bit scans, SETcc, CMOVcc, BSWAP. */
import type { Cpu, OpcodeTables } from "./cpu.js";
import { logic16, logic32 } from "./alu.js";
import { ud } from "./fault.js";
import { fetch8 } from "./fetch.js";
import { condition, setCF } from "./flags.js";
import { load16, load32, modify, read16, read32, store16, store32 } from "./memory.js";
import { ea } from "./modrm.js";
import { rm16, rm32, setRm8 } from "./operands.js";
import { both, sized } from "./table-build.js";

/** BT BTS BTR BTC by number 0..3: the new value. */
function change(kind: number, value: number, bit: number): number {
  switch (kind) {
    case 1:
      return value | bit;
    case 2:
      return value & ~bit;
    case 3:
      return value ^ bit;
    default:
      return value;
  }
}

function bitW(c: Cpu, m: number, kind: number, offset: number, index: number): void {
  const bit = 1 << (index & 15);
  let v: number;
  if (m >= 0xc0) {
    v = c.reg16[(m & 7) << 1];
    if (kind !== 0) c.reg16[(m & 7) << 1] = change(kind, v, bit);
  } else if (kind === 0) v = read16(c, c.eaSeg, offset);
  else {
    const at = modify(c, c.eaSeg, offset, 2);
    v = load16(c, at);
    store16(c, at, change(kind, v, bit) & 0xffff);
  }
  setCF(c, (v & bit) !== 0);
}
function bitD(c: Cpu, m: number, kind: number, offset: number, index: number): void {
  const bit = 1 << (index & 31);
  let v: number;
  if (m >= 0xc0) {
    v = c.reg32[m & 7];
    if (kind !== 0) c.reg32[m & 7] = change(kind, v, bit);
  } else if (kind === 0) v = read32(c, c.eaSeg, offset);
  else {
    const at = modify(c, c.eaSeg, offset, 4);
    v = load32(c, at);
    store32(c, at, change(kind, v, bit));
  }
  setCF(c, (v & bit) !== 0);
}

// With a register index the memory operand is a bit string that reaches beyond the operand.
function bitEwGw(c: Cpu, op: number): void {
  const m = fetch8(c);
  const index = (c.reg16[(m >> 2) & 14] << 16) >> 16;
  let offset = 0;
  if (m < 0xc0) {
    offset = (ea(c, m) + ((index >> 4) << 1)) | 0;
    if (!c.addr32) offset &= 0xffff;
  }
  bitW(c, m, (op >> 3) & 3, offset, index);
}
function bitEdGd(c: Cpu, op: number): void {
  const m = fetch8(c);
  const index = c.reg32[(m >> 3) & 7];
  let offset = 0;
  if (m < 0xc0) {
    offset = (ea(c, m) + ((index >> 5) << 2)) | 0;
    if (!c.addr32) offset &= 0xffff;
  }
  bitD(c, m, (op >> 3) & 3, offset, index);
}
function group8w(c: Cpu): void {
  const m = fetch8(c);
  if ((m & 0x20) === 0) ud(c);
  const offset = m < 0xc0 ? ea(c, m) : 0;
  bitW(c, m, (m >> 3) & 3, offset, fetch8(c));
}
function group8d(c: Cpu): void {
  const m = fetch8(c);
  if ((m & 0x20) === 0) ud(c);
  const offset = m < 0xc0 ? ea(c, m) : 0;
  bitD(c, m, (m >> 3) & 3, offset, fetch8(c));
}

// Of a zero source the destination stays; the other flags describe the source.
function scanW(c: Cpu, op: number): void {
  const m = fetch8(c);
  const v = rm16(c, m);
  logic16(c, v);
  if (v !== 0)
    c.reg16[(m >> 2) & 14] = (op & 1) === 0 ? 31 - Math.clz32(v & -v) : 31 - Math.clz32(v);
}
function scanD(c: Cpu, op: number): void {
  const m = fetch8(c);
  const v = rm32(c, m);
  logic32(c, v);
  if (v !== 0)
    c.reg32[(m >> 3) & 7] = (op & 1) === 0 ? 31 - Math.clz32(v & -v) : 31 - Math.clz32(v);
}

function bswap(c: Cpu, op: number): void {
  const v = c.reg32[op & 7];
  c.reg32[op & 7] = (v >>> 24) | ((v >> 8) & 0xff00) | ((v & 0xff00) << 8) | (v << 24);
}

/** Enters this file's instructions. */
export function installBits(t: OpcodeTables): void {
  for (const op of [0x1a3, 0x1ab, 0x1b3, 0x1bb]) sized(t, op, bitEwGw, bitEdGd);
  sized(t, 0x1ba, group8w, group8d);
  sized(t, 0x1bc, scanW, scanD);
  sized(t, 0x1bd, scanW, scanD);
  for (let code = 0; code < 16; code++) {
    both(t, 0x190 + code, (c, op) => setRm8(c, fetch8(c), condition(c, op) ? 1 : 0));
    sized(
      t,
      0x140 + code,
      (c, op) => {
        const m = fetch8(c);
        const v = rm16(c, m);
        if (condition(c, op)) c.reg16[(m >> 2) & 14] = v;
      },
      (c, op) => {
        const m = fetch8(c);
        const v = rm32(c, m);
        if (condition(c, op)) c.reg32[(m >> 3) & 7] = v;
      },
    );
  }
  // A 16-bit BSWAP acts on all 32 bits here, as on the reference system.
  for (let r = 0; r < 8; r++) both(t, 0x1c8 + r, bswap);
}
