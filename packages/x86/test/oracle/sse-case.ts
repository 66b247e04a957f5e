/** Operands cases for the rows of the table of SSE instructions. */
import type { SseRow } from "../../src/operations/sse/row.js";
import type { Operands } from "./operands.js";
import type { OracleRecord } from "./record.js";
import { OPERAND_ADDRESS } from "./record.js";

/** The bytes of an instruction of a row, with an operand in a register or in memory. */
export function encode(row: SseRow, random: Operands): number[] {
  const bytes = row.prefix === "" ? [] : [Number.parseInt(row.prefix, 16)];
  bytes.push(0x0f);
  if (row.opcode > 0xffff) bytes.push((row.opcode >> 8) & 0xff);
  bytes.push(row.opcode & 0xff);
  const middle = row.extension >= 0 ? row.extension : random.below(8);
  const isMemory = row.isMemoryOnly || (row.bytes > 0 && random.below(2) === 0);
  if (isMemory) {
    // An address without base and index is the same in 32 and in 64 bits with a SIB byte.
    const away = random.below(row.isAligned ? 30 : 4) === 0 ? 1 + random.below(20) : 0;
    const at = OPERAND_ADDRESS + away;
    bytes.push((middle << 3) | 4, 0x25, at & 0xff, (at >> 8) & 0xff, (at >> 16) & 0xff, 0);
  } else bytes.push(0xc0 | (middle << 3) | random.below(8));
  if (row.hasImmediate) bytes.push(random.below(3) === 0 ? random.below(8) : random.below(256));
  return bytes;
}

/** Fills 16 bytes with numbers of the kind that a row wants, mostly. */
function fill(row: SseRow, random: Operands, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const kind = random.below(16);
  const isSingle = /(ps|ss)($|2)/.test(row.mnemonic);
  const isDouble = /(pd|sd)($|2)/.test(row.mnemonic);
  if (kind < 13 && isSingle) {
    for (let k = 0; k < 16; k += 4) view.setUint32(k, random.single(), true);
  } else if (kind < 13 && isDouble) {
    for (let k = 0; k < 16; k += 8) view.setBigUint64(k, random.double(), true);
  } else {
    for (let k = 0; k < 16; k += 8) view.setBigUint64(k, random.integers(), true);
  }
  // Strings are short, and of few letters.
  if (row.mnemonic.startsWith("pcmpe") || row.mnemonic.startsWith("pcmpi")) {
    if (kind < 10) for (let k = 0; k < 16; k++) bytes[k] = random.below(4);
    if (kind < 8) bytes.fill(0, random.below(16));
  }
}

function randomMxcsr(random: Operands): number {
  const rounding = random.below(2) === 0 ? 0 : random.below(4) << 13;
  const flush = random.below(3) === 0 ? random.pick([0x40, 0x8000, 0x8040]) : 0;
  const masks = random.below(4) === 0 ? random.below(64) << 7 : 0x1f80;
  const sticky = random.pick([0, 0, 0x20, 0x20, 0x3f, random.below(64)]);
  return rounding | flush | masks | sticky;
}

/** Fills a record with a case for a row. */
export function prepare(row: SseRow, random: Operands, record: OracleRecord): void {
  record.instruction = encode(row, random);
  record.mxcsr = randomMxcsr(random);
  record.flags = 2 | (random.u32() & 0x8d5);
  for (let n = 0; n < 8; n++) {
    fill(row, random, record.xmm(n));
    record.setRegister(n, random.integers() & 0xffffffffn);
    record.st(n).set(record.xmm(n).subarray(0, 8));
  }
  if (row.mnemonic.startsWith("pcmpe")) {
    for (const n of [0, 2]) {
      if (random.below(4) > 0) {
        const length = random.below(40) - 20;
        record.setRegister(n, BigInt(length >>> 0));
      }
    }
  }
  // Operands that are equal, or of one size, are more interesting than others.
  if (random.below(6) === 0) record.xmm(1).set(record.xmm(0));
  for (let at = 0; at < 48; at += 16) fill(row, random, record.operand.subarray(at, at + 16));
}

/** Instructions beside the table: a name, the bytes before ModRM, and whether memory is a must. */
const OTHERS: readonly (readonly [name: string, bytes: readonly number[], form?: "M" | "R"])[] = [
  ["popcnt", [0xf3, 0x0f, 0xb8]],
  ["popcnt16", [0x66, 0xf3, 0x0f, 0xb8]],
  ["movbe load", [0x0f, 0x38, 0xf0], "M"],
  ["movbe load16", [0x66, 0x0f, 0x38, 0xf0], "M"],
  ["movbe store", [0x0f, 0x38, 0xf1], "M"],
  ["movbe store16", [0x66, 0x0f, 0x38, 0xf1], "M"],
  ["crc32 8", [0xf2, 0x0f, 0x38, 0xf0]],
  ["crc32 32", [0xf2, 0x0f, 0x38, 0xf1]],
  ["crc32 16", [0x66, 0xf2, 0x0f, 0x38, 0xf1]],
  ["movnti", [0x0f, 0xc3], "M"],
  ["maskmovdqu", [0x66, 0x0f, 0xf7], "R"],
];
/** Instructions of group 15, and prefetches: all of ModRM but the form is their opcode. */
const GROUPS: readonly (readonly [name: string, bytes: readonly number[], modrm: number])[] = [
  ["ldmxcsr", [0x0f, 0xae], 0x14],
  ["stmxcsr", [0x0f, 0xae], 0x1c],
  ["clflush", [0x0f, 0xae], 0x3c],
  ["lfence", [0x0f, 0xae], 0xe8],
  ["mfence", [0x0f, 0xae], 0xf0],
  ["sfence", [0x0f, 0xae], 0xf8],
  ["prefetchnta", [0x0f, 0x18], 0x04],
  ["prefetcht0", [0x0f, 0x18], 0x0c],
  ["prefetchw", [0x0f, 0x0d], 0x0c],
  ["pause", [0xf3, 0x90], -1],
];

/** Fills a record with a case of an instruction that has no row; answers its name. */
export function prepareOther(random: Operands, record: OracleRecord): string {
  for (let n = 0; n < 8; n++) {
    record.setRegister(n, random.integers() & 0xffffffffn);
    for (let k = 0; k < 16; k++) record.xmm(n)[k] = random.u32();
  }
  for (let k = 0; k < 48; k++) record.operand[k] = random.u32();
  record.mxcsr = randomMxcsr(random);
  record.flags = 2 | (random.u32() & 0x8d5);
  const address = [0x25, ...[0, 8, 16, 24].map((shift) => (OPERAND_ADDRESS >> shift) & 0xff)];
  const choice = random.below(OTHERS.length + GROUPS.length);
  const other = OTHERS[choice];
  if (other !== undefined) {
    const [name, bytes, form] = other;
    const isMemory = form === "M" || (form === undefined && random.below(2) === 0);
    const middle = random.below(8) << 3;
    record.instruction = isMemory
      ? [...bytes, middle | 4, ...address]
      : [...bytes, 0xc0 | middle | random.below(8)];
    if (name === "maskmovdqu") record.setRegister(7, BigInt(OPERAND_ADDRESS + random.below(32)));
    return name;
  }
  const [name, bytes, modrm] =
    GROUPS[choice - OTHERS.length] ?? (GROUPS[0] as (typeof GROUPS)[number]);
  record.instruction = [
    ...bytes,
    ...(modrm < 0 ? [] : [modrm]),
    ...((modrm & 0xc0) === 0 ? address : []),
  ];
  // Mostly what MXCSR may be loaded with.
  if (name === "ldmxcsr" && random.below(4) > 0) record.operand.fill(0, 2, 4);
  return name;
}
