/** MMX and SSE in 64-bit code: the rows of the table, with sixteen registers and wide operands. */
import type { Cpu } from "../state/cpu.js";
import { DS } from "../constants.js";
import { ud } from "../state/fault.js";
import { AT_SCRATCH, AT_ST, AT_WIDE_REGISTERS, AT_XMM } from "../state/layout.js";
import { executeAt } from "../operations/sse/execute.js";
import type { SseRow } from "../operations/sse/row.js";
import { Place } from "../operations/sse/row.js";
import type { SseEntry } from "../operations/sse/table.js";
import { entryIndex, sseTable } from "../operations/sse/table.js";
import { toBig } from "./alu.js";
import { effective, getReg, linearOf, next8, regOf, rmOf, setReg } from "./decode.js";
import { crc32, group15, maskMove, movbe, movnti, popcnt } from "./sse-others.js";
import type { LongTable } from "./table.js";

/** Rows that REX.W makes work on 8 bytes: their kernels then, and bytes in memory. */
const WIDE_KERNELS: Readonly<Record<string, readonly [kernel: string, bytes: number]>> = {
  cvtsi2ss: ["cvtsi2ss.64", 8],
  cvtsi2sd: ["cvtsi2sd.64", 8],
  cvtss2si: ["cvtss2si.64", 4],
  cvttss2si: ["cvttss2si.64", 4],
  cvtsd2si: ["cvtsd2si.64", 8],
  cvttsd2si: ["cvttsd2si.64", 8],
  pextrd: ["pextrq", 8],
  pinsrd: ["pinsrq", 8],
};

/** The row that REX.W makes of another; `undefined` if it changes nothing. */
function widened(row: SseRow): SseRow | undefined {
  if (row.mnemonic === "movd") {
    const kernel = !row.isStore && row.reg === Place.XMM ? "mov64.zero" : "mov64";
    return { ...row, mnemonic: "movq", kernel, memoryKernel: kernel, bytes: 8 };
  }
  const wide = WIDE_KERNELS[row.mnemonic];
  return wide && { ...row, kernel: wide[0], memoryKernel: wide[0], bytes: wide[1] };
}

function placeOf(place: Place, register: number): number {
  if (place === Place.XMM) return AT_XMM + 16 * register;
  if (place === Place.MMX) return AT_ST + 16 * (register & 7);
  return AT_WIDE_REGISTERS + 8 * register;
}

/** F2 and F3 count before 66. */
function prefixOf(c: Cpu): number {
  const { rep, narrow } = c.long;
  if (rep !== 0) return rep === 1 ? 2 : 3;
  return narrow ? 1 : 0;
}

/** A length that PCMPESTRI and PCMPESTRM find in a register, as they see it. */
function lengthIn(c: Cpu, n: number): number {
  const low = getReg(c, n, 8);
  if (c.long.size !== 8) return low;
  const whole = toBig(low, c.long.valueHigh);
  return whole > 16n ? 16 : whole < -16n ? -16 : Number(whole);
}

type Wide = ReadonlyMap<SseRow, SseRow>;

/** Executes a row; its ModRM byte has been read. */
function execute(c: Cpu, narrow: SseRow, wide: Wide, m: number): void {
  const { long } = c;
  const isWide = long.size === 8;
  const row = isWide ? (wide.get(narrow) ?? narrow) : narrow;
  let offset = 0;
  if (m < 0xc0) {
    effective(c, m, row.hasImmediate ? 1 : 0);
    c.eaSeg = DS;
  }
  const immediate = row.hasImmediate ? next8(c) : 0;
  if (m < 0xc0)
    offset = linearOf(c, row.bytes === 16 && !row.isAligned ? 1 : row.bytes, row.isStore);
  const middle = regOf(c, m);
  const low = rmOf(c, m);
  const isString = row.opcode >= 0x0f3a60 && row.opcode <= 0x0f3a63;
  if (isString) {
    c.reg32[0] = lengthIn(c, 0);
    c.reg32[2] = lengthIn(c, 2);
  }
  const inLow = m < 0xc0 ? AT_SCRATCH : placeOf(row.rm, low);
  executeAt(c, row, m, placeOf(row.reg, middle), inLow, offset, immediate);
  if (isString) {
    if ((row.opcode & 1) !== 0) setReg(c, 1, 4, c.reg32[1]);
    return;
  }
  if (isWide && row !== narrow) return;
  // What is written in 32 bits clears the rest.
  if (row.isStore) {
    if (row.rm === Place.GENERAL && m >= 0xc0) long.words[2 * low + 1] = 0;
  } else if (row.reg === Place.GENERAL) long.words[2 * middle + 1] = 0;
}

/** Enters SSE and MMX. */
export function installLongSse(t: LongTable, has: (feature: string) => boolean): void {
  const table = sseTable(has);
  const wide = new Map<SseRow, SseRow>();
  for (const entry of table.values()) {
    for (const row of entry) {
      const other = row && widened(row);
      if (row !== undefined && other !== undefined) wide.set(row, other);
    }
  }
  const find = (c: Cpu, entry: SseEntry | undefined, m: number): SseRow | undefined =>
    entry?.[entryIndex(prefixOf(c), m)];
  for (let op = 0; op < 256; op++) {
    const entry = table.get(0x0f00 + op);
    if (entry === undefined) continue;
    const before = t[0x100 + op];
    t[0x100 + op] = (c) => {
      const m = next8(c);
      const row = find(c, entry, m);
      if (row !== undefined) return execute(c, row, wide, m);
      c.long.pos--;
      before(c, op);
    };
  }
  for (const [at, first] of [
    [0x138, 0x0f3800],
    [0x13a, 0x0f3a00],
  ] as const) {
    const map = Array.from({ length: 256 }, (_, k) => table.get(first + k));
    t[at] = (c) => {
      const op = next8(c);
      const m = next8(c);
      if (at === 0x138 && (op & 0xfe) === 0xf0) {
        if (c.long.rep === 2 && has("sse4.2")) return crc32(c, op, m);
        return c.long.rep === 0 && has("movbe") ? movbe(c, op, m) : ud(c);
      }
      const row = find(c, map[op], m);
      return row === undefined ? ud(c) : execute(c, row, wide, m);
    };
  }
  t[0x1ae] = group15(has);
  if (has("sse2")) t[0x1c3] = movnti;
  if (has("popcnt")) t[0x1b8] = (c) => (c.long.rep === 1 ? popcnt(c) : ud(c));
  if (has("sse")) t[0x1f7] = (c) => maskMove(c, has("sse2"));
}
