/** Decodes one instruction. */
import { isLockable } from "@mem/x86";
import { handlingOf } from "./handling.js";
import type { Instruction, MemoryOperand } from "./instruction.js";
import { Handling } from "./instruction.js";
import { besideSse, MAP_38, MAP_3A, prefixNumber, SSE, sseHandling, tableOpcode } from "./sse.js";
import { PRIMARY, SECONDARY } from "./tables.js";
import { x87Form, x87Handling } from "./x87.js";

const DS = 3;
const SS = 2;
const EBP = 5;
const ESP = 4;
/** Prefixes of a translated instruction at most: so few cannot make it too long. */
const MOST_PREFIXES = 4;

/** The bytes that are decoded, and what a code segment says about them. */
export interface CodeBytes {
  readonly bytes: Uint8Array;
  /** Index of the page's first byte. */
  readonly at: number;
  /** Linear address of the page. */
  readonly page: number;
  /** Operands and addresses have 32 bits unless a prefix says otherwise. */
  readonly code32: boolean;
  /** Instructions on XMM registers may be used. */
  readonly sse: boolean;
  /** The x87 unit may be used. */
  readonly fpu: boolean;
  /** The current level may change IF, see `MODE_IF`. */
  readonly changesIf: boolean;
  /** Is a feature of processors, by QEMU's name, there? */
  hasFeature(name: string): boolean;
}

/** Reads within one page; `over` tells that something would lie in the next. */
class Cursor {
  over = false;
  readonly #code: CodeBytes;
  offset: number;

  constructor(code: CodeBytes, offset: number) {
    this.#code = code;
    this.offset = offset;
  }
  u8(): number {
    if (this.offset >= 0x1000) {
      this.over = true;
      return 0;
    }
    return this.#code.bytes[this.#code.at + this.offset++];
  }
  /** The next byte, which stays. */
  peek(): number {
    return this.offset >= 0x1000 ? 0 : this.#code.bytes[this.#code.at + this.offset];
  }
  s8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    return this.u8() | (this.u8() << 8);
  }
  s32(): number {
    return this.u16() | (this.u16() << 16);
  }
  /** `width` bytes; words unsigned. */
  word(width: 2 | 4): number {
    return width === 4 ? this.s32() : this.u16();
  }
}

/**
 * Decodes the instruction at an offset of a page. What reaches into the next page, or is not known,
 * is left to the interpreter.
 */
export function decode(code: CodeBytes, offset: number): Instruction {
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
  else if (shape === "v" || shape === "M" || (shape === "H" && isTest)) immediate = c.word(wide);
  else if (shape === "o") {
    const segment = override < 0 ? DS : override;
    const displacement = c.word(addressWidth);
    memory = { base: -1, index: -1, scale: 0, displacement, segment, addressWidth };
  }
  const x87 = x87Form(opcode, modrm);
  const isUnknown = shape === "x" || c.over || prefixes > MOST_PREFIXES;
  const usual = isUnknown
    ? Handling.LEAVE
    : sse !== null
      ? code.sse && code.hasFeature(sse.feature)
        ? sseHandling(sse)
        : Handling.LEAVE
      : (besideSse(opcode, prefix, modrm, code.sse) ??
        x87Handling(opcode, x87, code.fpu) ??
        plainHandling(code, opcode, modrm, repeat, wide, addressWidth));
  // Nobody else is on the bus in the midst of an instruction, so LOCK has no effect.
  const handling =
    isLocked && !(opcode < MAP_38 && isLockable(opcode, modrm)) ? Handling.LEAVE : usual;
  return {
    at: (code.page + offset) | 0,
    next: (code.page + c.offset) | 0,
    opcode,
    wide,
    addressWidth,
    dataSegment: override < 0 ? DS : override,
    modrm,
    memory,
    immediate,
    repeat,
    sse,
    x87,
    handling,
  };
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
  return { base, index, scale, displacement, segment, addressWidth };
}

/** CLI and PUSHF. */
function isOfIf(opcode: number): boolean {
  return opcode === 0xfa || opcode === 0x9c;
}

/** Handling of an instruction of none of the units; CMOV is not in every processor. */
function plainHandling(
  code: CodeBytes,
  opcode: number,
  modrm: number,
  repeat: number,
  wide: 2 | 4,
  addressWidth: 2 | 4,
): Handling {
  const isCmov = opcode >= 0x140 && opcode <= 0x14f;
  if (isCmov && !code.hasFeature("cmov")) return Handling.LEAVE;
  if (isOfIf(opcode)) return code.changesIf ? Handling.TRANSLATE : Handling.CALL;
  return handlingOf(opcode, modrm, repeat, wide, addressWidth);
}
