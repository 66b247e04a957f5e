/** Decodes one instruction. */
import type { CodeBytes } from "./code-bytes.js";
import { complete, MOST_PREFIXES } from "./complete.js";
import { Cursor } from "./cursor.js";
import type { Instruction, MemoryOperand } from "./instruction.js";
import { decodeLong } from "./long.js";
import { besideSse, MAP_38, MAP_3A, prefixNumber, SSE, tableOpcode } from "./sse.js";
import { PRIMARY, SECONDARY } from "./tables.js";

const DS = 3;
const SS = 2;
const EBP = 5;
const ESP = 4;
/**
 * Decodes the instruction at an offset of a page. What is not known, or reaches into the next page where nothing
 * is known of that, is left to the interpreter.
 */
export function decode(code: CodeBytes, offset: number): Instruction {
  return code.longPage === null ? decodeNarrow(code, offset) : decodeLong(code, offset);
}

/** Decodes an instruction of 16- and 32-bit code. */
function decodeNarrow(code: CodeBytes, offset: number): Instruction {
  const c = new Cursor(code, offset);
  let wide: 2 | 4 = code.code32 ? 4 : 2;
  let addressWidth: 2 | 4 = wide;
  let override = -1;
  let repeat = 0;
  let isLocked = false;
  let prefixes = 0;
  let opcode = c.u8();
  for (;;) {
    if (opcode === 0x66) wide = code.code32 ? 2 : 4;
    else if (opcode === 0x67) addressWidth = code.code32 ? 2 : 4;
    else if (opcode === 0xf3) repeat = 1;
    else if (opcode === 0xf2) repeat = 2;
    else if (opcode === 0xf0) isLocked = true;
    else if ((opcode & 0xe7) === 0x26) override = (opcode >> 3) & 3;
    else if (opcode === 0x64 || opcode === 0x65) override = opcode & 7;
    else break;
    prefixes++;
    if (prefixes > MOST_PREFIXES) break;
    opcode = c.u8();
  }
  let shape = PRIMARY[opcode];
  if (opcode === 0x0f) {
    opcode = c.u8();
    shape = SECONDARY[opcode];
    opcode += 256;
    if (opcode === 0x138 || opcode === 0x13a) {
      opcode = (opcode === 0x138 ? MAP_38 : MAP_3A) + c.u8();
      shape = "x";
    }
  }
  const prefix = prefixNumber(repeat, wide !== (code.code32 ? 4 : 2));
  const isInTable = opcode >= 256 && SSE.has(tableOpcode(opcode));
  const sse = isInTable ? SSE.find(tableOpcode(opcode), prefix, c.peek()) : null;
  if (sse !== null) shape = sse.hasImmediate ? "B" : "m";
  else if (besideSse(opcode, prefix, c.peek(), code.sse) !== null) shape = "m";
  let modrm = -1;
  let memory: MemoryOperand | null = null;
  let immediate = 0;
  const isModRm = "mBMGH".includes(shape);
  if (isModRm) {
    modrm = c.u8();
    if (modrm < 0xc0) memory = memoryOperand(c, modrm, addressWidth, override);
  }
  const isTest = (modrm & 0x30) === 0;
  if (shape === "b" || shape === "B" || (shape === "G" && isTest)) immediate = c.s8();
  else if (shape === "w") immediate = c.u16();
  else if (shape === "E") immediate = c.u16() | (c.u8() << 16);
  else if (shape === "v" || shape === "M" || (shape === "H" && isTest)) immediate = c.word(wide);
  else if (shape === "o") {
    const segment = override < 0 ? DS : override;
    const displacement = c.word(addressWidth);
    const [base, index, scale, isRelative] = [-1, -1, 0, false];
    memory = { base, index, scale, displacement, segment, isRelative, addressWidth };
  }
  return complete(code, c, {
    opcode,
    wide,
    addressWidth,
    dataSegment: override < 0 ? DS : override,
    modrm,
    memory,
    immediate,
    immediateHigh: 0,
    rex: 0,
    repeat,
    prefix,
    sse,
    isLocked,
    isUnknown: shape === "x" || prefixes > MOST_PREFIXES,
  });
}

function memoryOperand(
  c: Cursor,
  modrm: number,
  addressWidth: 2 | 4,
  override: number,
): MemoryOperand {
  const mod = modrm >> 6;
  let base = -1;
  let index = -1;
  let scale = 0;
  let displacement = 0;
  const rm = modrm & 7;
  if (addressWidth === 2) {
    if (rm === 6 && mod === 0) displacement = c.u16();
    else {
      base = [3, 3, 5, 5, 6, 7, 5, 3][rm];
      index = [6, 7, 6, 7, -1, -1, -1, -1][rm];
    }
    if (mod === 1) displacement = c.s8();
    else if (mod === 2) displacement = c.u16();
  } else {
    base = rm;
    if (rm === 4) {
      const sib = c.u8();
      base = sib & 7;
      index = (sib >> 3) & 7;
      if (index === 4) index = -1;
      else scale = sib >> 6;
    }
    if (base === EBP && mod === 0) {
      base = -1;
      displacement = c.s32();
    }
    if (mod === 1) displacement = c.s8();
    else if (mod === 2) displacement = c.s32();
  }
  const onStack = base === EBP || (addressWidth === 4 && base === ESP);
  const segment = override >= 0 ? override : onStack ? SS : DS;
  return { base, index, scale, displacement, segment, isRelative: false, addressWidth };
}
