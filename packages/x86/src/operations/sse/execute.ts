/** Executes the instructions of the table: checks, operands in memory, and the call of a kernel. */
import { noteAccess } from "../../state/breakpoints.js";
import type { Cpu, Handler } from "../../state/cpu.js";
import {
  CR0_EM,
  CR0_TS,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  EAX,
  ECX,
  EDX,
  EX_XM,
} from "../../constants.js";
import { gp, nm, raise, ud } from "../../state/fault.js";
import { setArithFlags } from "../../state/flags.js";
import { AT_FPU_TAGS, AT_FPU_TOP, AT_SCRATCH, AT_ST } from "../../state/layout.js";
import { packOperand } from "../../kernels/sse/operands.js";
import {
  beginAddress,
  endAddress,
  hasPrefix66,
  lowOf,
  middleOf,
  nextByte,
  peekByte,
} from "../../decode/any-mode.js";
import { toBig } from "../../long/operations/alu.js";
import { getReg, regOf, rmOf, setReg } from "../../long/decode.js";
import { checkSegment } from "../../mmu/limits.js";
import type { Size } from "../../mmu/memory.js";
import { modify } from "../../mmu/memory.js";
import { loadAt, prepareAt, storeAt } from "../../mmu/operand-memory.js";
import { mustWait } from "../fpu/wait.js";
import type { SseRow } from "./row.js";
import { Place } from "./row.js";
import type { SseEntry } from "./table.js";
import { entryIndex, placeOf, sseTable } from "./table.js";
import type { SseUnit } from "./unit.js";
import { widened } from "./wide.js";

/** Raises what an instruction on XMM registers raises where it may not be used. */
export function checkSse(c: Cpu): SseUnit {
  const unit = c.sse;
  if (unit === null || (c.cr0 & CR0_EM) !== 0 || (c.cr4 & CR4_OSFXSR) === 0) return ud(c);
  if ((c.cr0 & CR0_TS) !== 0) nm(c);
  return unit;
}

/** Raises what an instruction on MMX registers raises where it may not be used. */
export function checkMmx(c: Cpu): SseUnit {
  const unit = c.sse;
  if (unit === null || (c.cr0 & CR0_EM) !== 0) return ud(c);
  if ((c.cr0 & CR0_TS) !== 0) nm(c);
  return unit;
}
/** Such an instruction needs no system that saves XMM registers. */
function isMmxAlone({ reg, rm }: SseRow): boolean {
  return reg !== Place.XMM && rm !== Place.XMM;
}
/** The MMX register that an instruction writes, or -1. */
function writtenMmx(row: SseRow, m: number): number {
  if (!row.isStore) return row.reg === Place.MMX ? (m >> 3) & 7 : -1;
  return row.rm === Place.MMX && m >= 0xc0 ? m & 7 : -1;
}

/** Reads an operand at `offset` of the segment `c.eaSeg` into the scratch area; zeros follow it. */
export function readScratch(c: Cpu, offset: number, bytes: number, isAligned: boolean): void {
  const w = c.words;
  const at = AT_SCRATCH >> 2;
  const linear = begin(c, offset, bytes, isAligned, false);
  w[at + 1] = 0;
  w[at + 2] = 0;
  w[at + 3] = 0;
  if (bytes < 4) w[at] = loadAt(c, linear, bytes as Size);
  else for (let k = 0; k < bytes; k += 4) w[at + (k >> 2)] = loadAt(c, linear + k, 4);
}

/** Checks an operand as a whole; answers its linear address. */
function begin(c: Cpu, offset: number, bytes: number, isAligned: boolean, write: boolean): number {
  if (c.code64) {
    // The address is linear and has been checked.
    if (isAligned && (offset & 15) !== 0) gp(c, 0);
    if (c.watches !== 0) noteAccess(c, offset, bytes, write);
    return offset;
  }
  const seg = c.eaSeg;
  const linear = (c.segBase[seg] + offset) | 0;
  const end = write ? c.writeEnd[seg] : c.readEnd[seg];
  // The ends are those of four bytes.
  if ((offset >>> 0) + bytes > end) checkSegment(c, seg, offset, bytes, write);
  if (isAligned && (linear & 15) !== 0) gp(c, 0);
  if (c.watches !== 0) noteAccess(c, linear, bytes, write);
  return linear;
}

/** A length that PCMPESTRI and PCMPESTRM find in a register of 64-bit code, as their kernels see it. */
function lengthIn(c: Cpu, n: number): number {
  const low = getReg(c, n, 8);
  if (c.long.size !== 8) return low;
  const whole = toBig(low, c.long.valueHigh);
  return whole > 16n ? 16 : whole < -16n ? -16 : Number(whole);
}

/** Executes a row in 64-bit code: kernels of strings know the registers of other code alone. */
function executeLong(c: Cpu, plain: SseRow, wide: WideRows, m: number): void {
  const { long } = c;
  const isString = plain.opcode >= 0x0f3a60 && plain.opcode <= 0x0f3a63;
  if (isString) {
    c.reg32[EAX] = lengthIn(c, EAX);
    c.reg32[EDX] = lengthIn(c, EDX);
  }
  const row = (long.size === 8 && wide.get(plain)) || plain;
  execute(c, row, m);
  if (isString) {
    if ((plain.opcode & 1) !== 0) setReg(c, ECX, 4, c.reg32[ECX]);
    return;
  }
  if (row !== plain) return;
  // What is written in 32 bits clears the rest.
  if (row.isStore) {
    if (row.rm === Place.GENERAL && m >= 0xc0) long.words[2 * rmOf(c, m) + 1] = 0;
  } else if (row.reg === Place.GENERAL) long.words[2 * regOf(c, m) + 1] = 0;
}

/** Executes a row whose ModRM byte is `m`. */
function execute(c: Cpu, row: SseRow, m: number): void {
  const { isStore, bytes, isAligned } = row;
  const isMemory = m < 0xc0;
  let offset = isMemory ? beginAddress(c, m, row.hasImmediate ? 1 : 0) : 0;
  const immediate = row.hasImmediate ? nextByte(c) : 0;
  if (isMemory) offset = endAddress(c, offset, bytes === 16 && !isAligned ? 1 : bytes, isStore);
  const inMiddle = placeOf(row.reg, middleOf(c, m), c.code64);
  const inLow = isMemory ? AT_SCRATCH : placeOf(row.rm, lowOf(c, m), c.code64);
  const unit = isMmxAlone(row) ? checkMmx(c) : checkSse(c);
  const form = unit.form(row);
  const usesMmx = row.reg === Place.MMX || (row.rm === Place.MMX && !isMemory);
  if (usesMmx && mustWait(c)) return;
  let linear = 0;
  if (isMemory) {
    if (isStore) {
      linear = begin(c, offset, bytes, isAligned, true);
      if (!c.code64) linear = modify(c, c.eaSeg, offset, bytes);
      else prepareAt(c, linear, bytes);
    } else readScratch(c, offset, bytes, isAligned);
  }
  const kernel = isMemory ? form.memory : form.register;
  const operand = isStore
    ? packOperand(inLow, inMiddle, immediate)
    : packOperand(inMiddle, inLow, immediate);
  const answer = kernel(unit.state, operand);
  if (answer < 0) raiseNumeric(c);
  if (row.setsFlags) setArithFlags(c, answer);
  if (usesMmx) enterMmx(c, writtenMmx(row, m));
  if (isMemory && isStore) writeScratch(c, linear, bytes);
}

/** Writes an operand whose faults have been raised from the scratch area. */
function writeScratch(c: Cpu, linear: number, bytes: number): void {
  const w = c.words;
  const at = AT_SCRATCH >> 2;
  if (bytes < 4) storeAt(c, linear, bytes as Size, w[at]);
  else for (let k = 0; k < bytes; k += 4) storeAt(c, linear + k, 4, w[at + (k >> 2)]);
}

/** An unmasked exception: #XM, or #UD for systems that do not know it. */
function raiseNumeric(c: Cpu): never {
  return (c.cr4 & CR4_OSXMMEXCPT) !== 0 ? raise(c, EX_XM) : ud(c);
}

/** An MMX register is used: all x87 registers count as full, and the written one as a NaN. */
function enterMmx(c: Cpu, written: number): void {
  const w = c.words;
  w[AT_FPU_TOP >> 2] = 0;
  w[AT_FPU_TAGS >> 2] = 0xff;
  if (written >= 0) w[(AT_ST >> 2) + 4 * written + 2] |= 0xffff;
}

/** Mandatory prefix of an instruction: F2 and F3 count before 66. */
function prefixOf(c: Cpu): number {
  if (c.rep !== 0) return c.rep === 1 ? 2 : 3;
  return hasPrefix66(c) ? 1 : 0;
}

/** The rows that REX.W changes, and what they become. */
type WideRows = ReadonlyMap<SseRow, SseRow>;

/** Enters the table's instructions, beside what else has the same opcodes. */
export function installSseRows(
  tables: readonly Handler[][],
  others: ReadonlyMap<number, Handler>,
  has: (feature: string) => boolean,
): void {
  const table = sseTable(has);
  const wide = new Map<SseRow, SseRow>();
  for (const row of [...table.values()].flat()) {
    const other = row && widened(row);
    if (row !== undefined && other !== undefined) wide.set(row, other);
  }
  const find = (c: Cpu, entry: SseEntry | undefined, m: number): SseRow | undefined =>
    entry?.[entryIndex(prefixOf(c), m)];
  const perform = (c: Cpu, row: SseRow, m: number): void =>
    c.code64 ? executeLong(c, row, wide, m) : execute(c, row, m);
  const byMap = (first: number): (SseEntry | undefined)[] =>
    Array.from({ length: 256 }, (_, k) => table.get(first + k));
  const firstMap = byMap(0x0f00);
  for (const handlers of tables) {
    for (const [at, first] of [
      [0x138, 0x0f3800],
      [0x13a, 0x0f3a00],
    ] as const) {
      const map = byMap(first);
      handlers[at] = (c) => {
        const op = nextByte(c);
        const other = others.get(first + op);
        if (other !== undefined) return other(c, op);
        const m = nextByte(c);
        const row = find(c, map[op], m);
        return row === undefined ? ud(c) : perform(c, row, m);
      };
    }
    firstMap.forEach((entry, op) => {
      if (entry === undefined) return;
      const before = handlers[0x100 + op];
      handlers[0x100 + op] = (c) => {
        const m = peekByte(c);
        const row = find(c, entry, m);
        if (row === undefined) return before(c, op);
        nextByte(c);
        perform(c, row, m);
      };
    });
  }
}
