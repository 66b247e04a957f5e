/** Decodes instructions of 64-bit code. */
import type { CodeBytes } from "./code-bytes.js";
import { complete, MOST_PREFIXES } from "./complete.js";
import { Cursor } from "./cursor.js";
import { usesStack } from "./handling.js";
import type { Instruction, MemoryOperand } from "./instruction.js";
import { isConditional } from "./jumps.js";
import { besideSse, MAP_38, MAP_3A, prefixNumber, SSE, tableOpcode } from "./sse.js";
import { PRIMARY, SECONDARY } from "./tables.js";

const DS = 3;
const FS = 4;
const RBP = 5;
const RSP = 4;
const TWO32 = 0x1_0000_0000;
/** Displacements of jumps at most: a target's low 32 bits tell where it is then. */
const FAR = 0x7fffe000;
/** Half of the canonical addresses. */
const HALF = 0x8000_0000_0000;

/** Opcodes that 64-bit code has not. */
const GONE = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x62, 0x82, 0x9a,
  0xc4, 0xc5, 0xce, 0xd4, 0xd5, 0xd6, 0xea,
]);

/** Prefixes of one instruction. */
interface Prefixes {
  rex: number;
  isNarrow: boolean;
  isAddress32: boolean;
  segment: number;
  isLocked: boolean;
  repeat: number;
  count: number;
}

/** Takes the prefixes; answers the byte that follows. REX counts only right before the opcode. */
function takePrefixes(c: Cursor, p: Prefixes): number {
  for (;;) {
    const byte = c.u8();
    if (p.count > MOST_PREFIXES) return byte;
    if ((byte & 0xf0) === 0x40) p.rex = byte;
    else {
      if (byte === 0x66) p.isNarrow = true;
      else if (byte === 0x67) p.isAddress32 = true;
      else if (byte === 0xf3) p.repeat = 1;
      else if (byte === 0xf2) p.repeat = 2;
      else if (byte === 0xf0) p.isLocked = true;
      else if (byte === 0x64 || byte === 0x65) p.segment = FS + (byte & 1);
      else if ((byte & 0xe7) !== 0x26) return byte;
      p.rex = 0;
    }
    p.count++;
  }
}

function shapeOf(opcode: number): string {
  if (opcode >= 256) return SECONDARY[opcode - 256];
  if (opcode === 0x63) return "m";
  // ENTER is interpreted.
  return GONE.has(opcode) || opcode === 0xc8 ? "x" : PRIMARY[opcode];
}

/** Does a displacement of 32 bits follow, whatever the operand size? */
function isNearJump(opcode: number): boolean {
  return opcode === 0xe8 || opcode === 0xe9 || (opcode >= 0x180 && opcode < 0x190);
}
function isReturn(opcode: number): boolean {
  return opcode === 0xc2 || opcode === 0xc3;
}

/** Width of "word" operands; of what goes to the stack, and of addresses of code, always 8 without 66. */
function widthOf(opcode: number, modrm: number, { rex, isNarrow }: Prefixes): 2 | 4 | 8 {
  const group = opcode === 0xff ? (modrm >> 3) & 7 : -1;
  if (isNearJump(opcode) || isReturn(opcode) || group === 2 || group === 4) return 8;
  if ((rex & 8) !== 0) return 8;
  if (isNarrow) return 2;
  return usesStack(opcode, modrm) ? 8 : 4;
}

/** Decodes the instruction at an offset of a page. */
export function decodeLong(code: CodeBytes, offset: number): Instruction {
  const c = new Cursor(code, offset);
  const p: Prefixes = {
    rex: 0,
    isNarrow: false,
    isAddress32: false,
    segment: DS,
    isLocked: false,
    repeat: 0,
    count: 0,
  };
  let opcode = takePrefixes(c, p);
  if (opcode === 0x0f) opcode = 256 + c.u8();
  let shape = shapeOf(opcode);
  if (opcode === 0x138 || opcode === 0x13a) {
    opcode = (opcode === 0x138 ? MAP_38 : MAP_3A) + c.u8();
    shape = "x";
  }
  const prefix = prefixNumber(p.repeat, p.isNarrow);
  const isInTable = opcode >= 256 && SSE.has(tableOpcode(opcode));
  const row = isInTable ? SSE.find(tableOpcode(opcode), prefix, c.peek()) : null;
  const sse = row !== null && (p.rex & 8) !== 0 ? SSE.widened(row) : row;
  if (sse !== null) shape = sse.hasImmediate ? "B" : "m";
  else if (besideSse(opcode, prefix, c.peek(), code.sse) !== null) shape = "m";
  let modrm = -1;
  let memory: MemoryOperand | null = null;
  if ("mBMGH".includes(shape)) {
    modrm = c.u8();
    if (modrm < 0xc0) memory = memoryOperand(c, modrm, p);
  }
  const wide = sse !== null ? (sse === row ? 4 : 8) : widthOf(opcode, modrm, p);
  let immediate = 0;
  let immediateHigh = 0;
  let isFar = false;
  const isTest = (modrm & 0x30) === 0;
  if (shape === "b" || shape === "B" || (shape === "G" && isTest)) immediate = c.s8();
  else if (shape === "w") immediate = c.u16();
  else if (shape === "v" || shape === "M" || (shape === "H" && isTest)) {
    immediate = wide === 2 ? c.u16() : c.s32();
    if (wide === 8 && opcode >= 0xb8 && opcode < 0xc0) immediateHigh = c.s32();
    else immediateHigh = immediate >> 31;
    if (isNearJump(opcode)) isFar = Math.abs(immediate) > FAR;
  } else if (shape === "o") {
    const low = c.s32() >>> 0;
    const high = p.isAddress32 ? 0 : c.s32();
    memory = operand(p, -1, -1, 0, high * TWO32 + low, false);
    isFar = Math.abs(memory.displacement) >= HALF;
  }
  if (memory !== null && memory.isRelative) {
    const next = (code.longPage ?? 0) + c.offset;
    memory = operand(p, -1, -1, 0, next + memory.displacement, true);
  }
  return complete(code, c, {
    opcode,
    wide,
    addressWidth: p.isAddress32 ? 4 : 8,
    dataSegment: p.segment,
    modrm,
    memory,
    immediate,
    immediateHigh,
    rex: p.rex,
    repeat: p.repeat,
    prefix,
    sse,
    isLocked: p.isLocked,
    isUnknown:
      shape === "x" ||
      p.count > MOST_PREFIXES ||
      isFar ||
      (p.isAddress32 && isConditional(opcode) && opcode >= 0xe0 && opcode < 0xe3),
  });
}

/** A memory operand. Each is an object of the same shape, made at once: of those there are very many. */
function operand(
  { segment, isAddress32 }: Prefixes,
  base: number,
  index: number,
  scale: number,
  displacement: number,
  isRelative: boolean,
): MemoryOperand {
  const addressWidth = isAddress32 ? 4 : 8;
  return { base, index, scale, displacement, segment, isRelative, addressWidth };
}

function memoryOperand(c: Cursor, modrm: number, p: Prefixes): MemoryOperand {
  const mod = modrm >> 6;
  const low = modrm & 7;
  if (low === RBP && mod === 0) return operand(p, -1, -1, 0, c.s32(), true);
  let base = low;
  let index = -1;
  let scale = 0;
  if (low === RSP) {
    const sib = c.u8();
    base = sib & 7;
    index = ((sib >> 3) & 7) | ((p.rex & 2) << 2);
    if (index === RSP) index = -1;
    else scale = sib >> 6;
  }
  const isBased = base !== RBP || mod !== 0;
  let displacement = 0;
  if (mod === 1) displacement = c.s8();
  else if (mod === 2 || !isBased) displacement = c.s32();
  base = isBased ? base | ((p.rex & 1) << 3) : -1;
  return operand(p, base, index, scale, displacement, false);
}
