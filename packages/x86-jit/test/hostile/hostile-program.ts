/** Memory of a hostile guest: code of which no part is well meant, and tables that are damaged. */
import type { Random } from "@mem/common";
import { LongProgramWriter } from "../lockstep/long-program.js";
import { isLongMode } from "../lockstep/machine.js";
import { CODE, DATA, RAM_SIZE } from "../lockstep/places.js";
import { ProgramWriter } from "../lockstep/program.js";
import { type HostileMode, plainMode } from "./hostile-modes.js";

/** Where descriptors, gates, task state segments, handlers and page tables lie. */
const TABLES = [
  [0x400, 0x700],
  [0x900, 0x100],
  [0x10000, 0x2000],
  [0x12000, 0x10000],
] as const;
/** Handlers of 32-bit and of 64-bit code: vectors of them, and bytes of each. */
const HANDLERS = [
  [0xc00, 64, 4],
  [0x1a000, 64, 1],
] as const;
/** Where system management mode begins. */
const SMM_ENTRY = 0x38000;
const SOUP = 0x600;

/** Model specific registers that there are, and one that there is not. */
const MSRS = [
  0x10, 0x1b, 0x174, 0x175, 0x176, 0x1a0, 0x200, 0x250, 0x277, 0x2ff, 0x400, 0x6e0, 0x800, 0x830,
  0xc0000080, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102,
  0xc0000103, 0xc0010015, 0x12345,
];

/** Instructions of systems, whose operands lie in registers or are random. */
const SYSTEM: readonly (readonly number[])[] = [
  ...[0, 2, 3, 4].flatMap((cr) => [
    [0x0f, 0x20, 0xc0 | (cr << 3)],
    [0x0f, 0x22, 0xc0 | (cr << 3)],
    [0x0f, 0x22, 0xc0 | (cr << 3)],
  ]),
  ...[0, 1, 6, 7].map((dr) => [0x0f, 0x23, 0xc0 | (dr << 3)]),
  ...[0x00, 0x08, 0x10, 0x18, 0x20, 0x28].map((field) => [0x0f, 0x00, 0xc0 | field]),
  ...[0x06, 0x0e, 0x16, 0x1e, 0x3e].map((modrm) => [0x0f, 0x01, modrm]),
  ...[0xe0, 0xf0, 0xf8, 0xf9, 0xca, 0xcb].map((modrm) => [0x0f, 0x01, modrm]),
  ...[0x02, 0x03].map((op) => [0x0f, op, 0xc1]),
  ...[0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35].map((op) => [
    0x0f,
    op,
  ]),
  [0x48, 0x0f, 0x07],
  [0x48, 0x0f, 0x35],
  ...[0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa, 0xff].map((op) => [0x0f, op]),
  ...[0xb2, 0xb4, 0xb5].map((op) => [0x0f, op, 0x06]),
  ...[0xcf, 0xcb, 0xcc, 0xce, 0xf1, 0xf4, 0xfa, 0xfb, 0x9d, 0x9c, 0x9b, 0x1f, 0x07, 0x17].map(
    (op) => [op],
  ),
  [0x48, 0xcf],
  [0x66, 0xcf],
  [0xff, 0x1e],
  [0xff, 0x2e],
  [0x62, 0x06],
  [0x63, 0xc1],
  [0xc4, 0x06],
  [0xc5, 0x06],
  [0x8e, 0xd0],
  [0x8e, 0xd8],
  [0x8e, 0xe0],
  [0x0f, 0xae, 0x06],
  [0x0f, 0xae, 0x0e],
  [0x0f, 0xc7, 0x0e],
  [0x48, 0x0f, 0xc7, 0x0e],
  [0xf3, 0xa4],
  [0xf3, 0xab],
  [0xf3, 0x6c],
  [0xf3, 0x6e],
  [0xf2, 0xae],
  [0xf3, 0xa6],
  [0xeb, 0xfe],
  [0xe2, 0xfe],
];

/** Writes what a guest begins with into memory that is all zero; its tables are whole already. */
export function writeHostileMemory(bytes: Uint8Array, random: Random, mode: HostileMode): void {
  const soup = (at: number): void => {
    const code = hostileCode(random, mode, at);
    bytes.set(code.slice(0, RAM_SIZE - at), at);
  };
  for (let k = 0; k < 0x2000; k++) bytes[DATA + k] = random.next();
  soup(CODE);
  soup(CODE + 0x1000 - random.below(64));
  if (random.oneIn(2)) soup(0x2000);
  soup(SMM_ENTRY);
  bytes.set([0x0f, 0xaa], SMM_ENTRY + random.below(16));
  writeHandlers(bytes, random);
  damage(bytes, random);
}

/** Handlers that return, that drop an error code and return, that never do, or that are no code at all. */
function writeHandlers(bytes: Uint8Array, random: Random): void {
  const kinds = [[0xcf], [0x83, 0xc4, 4, 0xcf], [0xeb, 0xfe], [0xf4], [0x48, 0xcf], [0x66, 0xcf]];
  for (const [at, vectors, size] of HANDLERS) {
    for (let vector = 0; vector < vectors; vector++) {
      const kind = random.oneIn(8) ? [random.next(), random.next()] : random.pick(kinds);
      bytes.set(kind, at + vector * size);
    }
  }
}

/** Numbers in tables that are something else than they were. */
function damage(bytes: Uint8Array, random: Random): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const count = random.pick([0, 0, 3, 20, 200]);
  for (let k = 0; k < count; k++) {
    const [first, size] = random.pick(TABLES);
    const at = first + 4 * random.below(size / 4);
    const old = view.getUint32(at, true);
    const bit = old ^ (1 << random.below(32));
    view.setUint32(at, random.pick([random.next(), bit, bit, bit, 0, 0xffffffff]), true);
  }
}

function hostileCode(random: Random, mode: HostileMode, at: number): number[] {
  const bytes: number[] = [];
  const isLong = isLongMode(plainMode(mode)) && mode !== "compatibility";
  const code32 = mode !== "real" && mode !== "small" && mode !== "v86";
  while (bytes.length < SOUP) {
    switch (random.below(5)) {
      case 0:
        for (let k = 0; k < 40; k++) bytes.push(random.oneIn(8) ? 0x0f : random.next() & 0xff);
        break;
      case 1: {
        const length = 4 + random.below(20);
        const writer = isLong
          ? new LongProgramWriter(random, { at: at + bytes.length, length, vectors: false })
          : new ProgramWriter(random, { code32, length });
        for (const byte of writer.write()) bytes.push(byte);
        break;
      }
      default:
        for (let k = 0; k < 4; k++) pushSystem(bytes, random, isLong ? 8 : code32 ? 4 : 2);
    }
  }
  return bytes;
}

function pushSystem(bytes: number[], random: Random, size: number): void {
  const immediate = (value: number): void => {
    for (let k = 0; k < Math.min(size, 4); k++) bytes.push((value >>> (8 * k)) & 0xff);
  };
  const value = (): number =>
    random.pick([
      ...[random.next(), 1 << random.below(32), 0, 0x11, 0x80000011, 0x6b0, 0x10000, 0x12000],
      ...[8 * random.below(10) + random.below(4), 0xd01, DATA, 0xe0010033, 0x1b000],
    ]);
  const kind = random.below(10);
  if (kind < 3) {
    // MOV to one of the first three registers, or a number on the stack.
    bytes.push(random.oneIn(3) ? 0x68 : 0xb8 + random.below(3));
    const isWide = size === 8 && (bytes.at(-1) ?? 0) !== 0x68;
    immediate(value());
    if (isWide && random.oneIn(2)) bytes.splice(-5, 0, 0x48, ...[]);
    if (isWide && bytes.at(-6) === 0x48) immediate(random.oneIn(2) ? 0 : random.next());
  } else if (kind === 3 && size >= 4) {
    bytes.push(0xb9);
    immediate(random.pick(MSRS));
    bytes.push(0x0f, random.oneIn(3) ? 0x32 : 0x30);
  } else if (kind === 4) {
    bytes.push(0xcd, random.below(64));
  } else if (kind === 5) {
    bytes.push(random.oneIn(2) ? 0xea : 0x9a);
    immediate(CODE + random.below(SOUP));
    bytes.push(8 * random.below(10) + random.below(4), 0);
  } else if (kind === 6) {
    // MOV BX and SI: pointers for what follows.
    bytes.push(random.oneIn(2) ? 0xbb : 0xbe);
    immediate(random.pick([0x500, 0x600, 0x900, DATA, DATA + 0xff8, 0xb000, 0x10000, CODE]));
  } else {
    if (random.oneIn(12)) bytes.push(random.pick([0x66, 0x67, 0xf0, 0x2e]));
    for (const byte of random.pick(SYSTEM)) bytes.push(byte);
  }
}
