/** SSE beside its table: MXCSR, fences, caches, and what works on general registers. */
import type { Cpu, Handler, OpcodeTables } from "../../state/cpu.js";
import { EDI } from "../../constants.js";
import { gp, ud } from "../../state/fault.js";
import { setArithFlags } from "../../state/flags.js";
import { AT_MXCSR, AT_REGISTERS, AT_SCRATCH, AT_XMM } from "../../state/layout.js";
import { packOperand } from "../../kernels/sse/operands.js";
import { fetch8 } from "../../decode/fetch.js";
import { addressRegister, dataSegment, ea, offsetAfter } from "../../decode/modrm.js";
import { index8, register, rm, setRegister } from "../../decode/operands.js";
import { both } from "../../decode/table-build.js";
import { modify, read, read32, read8, store8, write, write32 } from "../../mmu/memory.js";
import { checkSse, installSseRows, readScratch } from "./execute.js";

/** Bits of MXCSR that exist. */
export const MXCSR_MASK = 0xffff;

/** Resets SSE's registers. */
export function resetSse(c: Cpu): void {
  c.words.fill(0, AT_XMM >> 2, (AT_XMM >> 2) + 64);
  c.words[AT_MXCSR >> 2] = 0x1f80;
}

function ldmxcsr(c: Cpu, m: number): void {
  const offset = ea(c, m);
  checkSse(c);
  const value = read32(c, c.eaSeg, offset);
  if ((value & ~MXCSR_MASK) !== 0) gp(c, 0);
  c.words[AT_MXCSR >> 2] = value;
}
function stmxcsr(c: Cpu, m: number): void {
  const offset = ea(c, m);
  checkSse(c);
  write32(c, c.eaSeg, offset, c.words[AT_MXCSR >> 2]);
}

/** Is a feature, by QEMU's name, there? */
type Has = (feature: string) => boolean;

/** 0F AE without mandatory prefix; the rest is `before`'s. */
function group15(before: Handler, has: Has): Handler {
  const registerForms = [false, false, false, false, false, has("sse2"), has("sse2"), has("sse")];
  const controls = has("sse");
  const flushes = has("clflush");
  return (c, op) => {
    const m = c.code[(c.eip + c.codeBias) >>> 0];
    const group = (m >> 3) & 7;
    if (group < 2) return before(c, op);
    c.eip = (c.eip + 1) | 0;
    if (c.rep !== 0 || c.op32 !== c.code32) return ud(c);
    if (m >= 0xc0) return registerForms[group] && c.sse !== null ? undefined : ud(c);
    if (group === 2 && controls) return ldmxcsr(c, m);
    if (group === 3 && controls) return stmxcsr(c, m);
    if (group !== 7 || !flushes || c.sse === null) return ud(c);
    // CLFLUSH: there is no cache, but what a load would fault on faults.
    const offset = ea(c, m);
    read8(c, c.eaSeg, offset);
  };
}

function movnti(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0 || c.sse === null || c.rep !== 0) ud(c);
  const offset = ea(c, m);
  write32(c, c.eaSeg, offset, c.reg32[(m >> 3) & 7]);
}

function maskmovdqu(c: Cpu, m: number): void {
  checkSse(c);
  const bytes = new Uint8Array(c.words.buffer, c.words.byteOffset + AT_XMM, 128);
  const source = 16 * ((m >> 3) & 7);
  const mask = 16 * (m & 7);
  const seg = dataSegment(c);
  const first = addressRegister(c, EDI);
  const at: number[] = [];
  for (let k = 0; k < 16; k++) {
    if (bytes[mask + k] < 0x80) at.push(-1);
    else at.push(modify(c, seg, offsetAfter(c, first, k), 1) >>> 0);
  }
  at.forEach((linear, k) => {
    if (linear >= 0) store8(c, linear | 0, bytes[source + k]);
  });
}

function popcnt(c: Cpu): void {
  const m = fetch8(c);
  if (c.sse === null) ud(c);
  const size = c.op32 ? 4 : 2;
  let v = rm(c, m, size);
  if (size === 2) v &= 0xffff;
  let count = 0;
  for (let rest = v; rest !== 0; rest &= rest - 1) count++;
  setRegister(c, m >> 3, size, count);
  setArithFlags(c, v === 0 ? 0x40 : 0);
}

function swapped(value: number, size: 2 | 4): number {
  if (size === 2) return ((value & 0xff) << 8) | ((value >> 8) & 0xff);
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}
/** MOVBE, or CRC32 with F2. */
function movbeOrCrc(has: Has): Handler {
  const hasCrc = has("sse4.2");
  const hasMovbe = has("movbe");
  return (c, op) => {
    const m = fetch8(c);
    if (c.rep === 2 && hasCrc) return crc32(c, op, m);
    return c.rep === 0 && hasMovbe ? movbe(c, op, m) : ud(c);
  };
}
function movbe(c: Cpu, op: number, m: number): void {
  if (m >= 0xc0 || c.sse === null) ud(c);
  const offset = ea(c, m);
  const size = c.op32 ? 4 : 2;
  if (op === 0xf0) setRegister(c, m >> 3, size, swapped(read(c, c.eaSeg, offset, size), size));
  else write(c, c.eaSeg, offset, size, swapped(register(c, m >> 3, size), size));
}
function crc32(c: Cpu, op: number, m: number): void {
  const unit = c.sse;
  if (unit === null) return ud(c);
  const size = op === 0xf0 ? 1 : c.op32 ? 4 : 2;
  let from: number = AT_SCRATCH;
  if (m < 0xc0) {
    const offset = ea(c, m);
    readScratch(c, offset, size, false);
  } else from = size === 1 ? AT_REGISTERS + index8(m) : AT_REGISTERS + 4 * (m & 7);
  unit.kernel(`crc32.${size}`)(unit.state, packOperand(AT_REGISTERS + 4 * ((m >> 3) & 7), from));
}

/** Enters all of SSE. What has the same opcodes must be there already. */
export function installSse(t: OpcodeTables, has: Has): void {
  const behind38 = movbeOrCrc(has);
  installSseRows(
    t,
    new Map([
      [0x0f38f0, behind38],
      [0x0f38f1, behind38],
    ]),
    has,
  );
  for (const handlers of [t.op16, t.op32]) {
    handlers[0x1ae] = group15(handlers[0x1ae], has);
    const b8 = handlers[0x1b8];
    if (has("popcnt")) handlers[0x1b8] = (c, op) => (c.rep === 1 ? popcnt(c) : b8(c, op));
    const f7 = handlers[0x1f7];
    if (!has("sse2")) continue;
    handlers[0x1f7] = (c, op) => {
      const isXmm = c.rep === 0 && c.op32 !== c.code32;
      if (!isXmm) return f7(c, op);
      const m = fetch8(c);
      return m < 0xc0 ? ud(c) : maskmovdqu(c, m);
    };
  }
  if (has("sse2")) both(t, 0x1c3, movnti);
}
