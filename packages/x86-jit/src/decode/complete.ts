/** The last step of decoding: what becomes of an instruction. */
import { isLockable } from "@mem/x86";
import type { CodeBytes } from "./code-bytes.js";
import type { Cursor } from "./cursor.js";
import { handlingOf, longHandlingOf } from "./handling.js";
import type { Instruction } from "./instruction.js";
import { Handling } from "./instruction.js";
import { besideSse, MAP_38, sseHandling } from "./sse.js";
import { x87Form, x87Handling } from "./x87.js";

/** Prefixes of a translated instruction at most: so few cannot make it too long. */
export const MOST_PREFIXES = 4;

/** Parts of an instruction that its bytes tell. */
export interface DecodedParts extends Omit<
  Instruction,
  "at" | "next" | "length" | "x87" | "handling" | "isCut" | "isOfDevice"
> {
  /** None, 66, F3 and F2 as 0 to 3. */
  readonly prefix: number;
  readonly isLocked: boolean;
  /** There is no such instruction, or it is not known here. */
  readonly isUnknown: boolean;
}

/** The instruction of parts that the cursor has gone past. */
export function complete(code: CodeBytes, c: Cursor, parts: DecodedParts): Instruction {
  const { prefix, isLocked, isUnknown, opcode, modrm, sse } = parts;
  const x87 = x87Form(opcode, modrm);
  const usual =
    isUnknown || c.over
      ? Handling.LEAVE
      : sse !== null
        ? code.sse && code.hasFeature(sse.feature)
          ? sseHandling(sse)
          : Handling.LEAVE
        : (besideSse(opcode, prefix, modrm, code.sse) ??
          x87Handling(opcode, x87, code.fpu) ??
          plainHandling(code, parts));
  // Nobody else is on the bus in the midst of an instruction, so LOCK has no effect.
  const handling =
    isLocked && !(opcode < MAP_38 && isLockable(opcode, modrm)) ? Handling.LEAVE : usual;
  const at = (code.page + c.start) | 0;
  // Field by field: copies of objects by `...` take ten times as long, and there are very many.
  return {
    at,
    next: (code.page + c.offset) | 0,
    length: c.offset - c.start,
    opcode,
    wide: parts.wide,
    addressWidth: parts.addressWidth,
    dataSegment: parts.dataSegment,
    modrm,
    memory: parts.memory,
    immediate: parts.immediate,
    immediateHigh: parts.immediateHigh,
    rex: parts.rex,
    repeat: parts.repeat,
    sse,
    x87,
    handling,
    isCut: c.over,
    isOfDevice: false,
  };
}

/** CLI and PUSHF. */
function isOfIf(opcode: number): boolean {
  return opcode === 0xfa || opcode === 0x9c;
}

/** PAUSE: F3 90; with REX.B it is an XCHG. */
function isPause({ opcode, repeat, rex }: DecodedParts): boolean {
  return opcode === 0x90 && repeat === 1 && (rex & 1) === 0;
}

/** IN and OUT. */
function isPort(opcode: number): boolean {
  return (opcode & ~0x0b) === 0xe4;
}

/** Handling of an instruction of none of the units; CMOV is not in every processor. */
function plainHandling(code: CodeBytes, parts: DecodedParts): Handling {
  const { opcode, modrm, repeat, wide, addressWidth } = parts;
  const isCmov = opcode >= 0x140 && opcode <= 0x14f;
  if (isCmov && !code.hasFeature("cmov")) return Handling.LEAVE;
  if (isOfIf(opcode) && !code.changesIf) return Handling.CALL;
  if (isPause(parts) && code.tellsPause) return Handling.CALL;
  if (isPort(opcode)) return code.usesPorts ? Handling.TRANSLATE : Handling.CALL;
  if (code.longPage !== null) return longHandlingOf(opcode, modrm, repeat, wide, addressWidth);
  if (isOfIf(opcode)) return Handling.TRANSLATE;
  return handlingOf(opcode, modrm, repeat, wide, addressWidth);
}
