/** The length of an instruction, needed only near the end of a page or after many prefixes. */
import { Immediate, LengthTable } from "../opcodes/length-table.js";
import { OpcodeTable } from "../opcodes/opcode-table.js";
import type { Cpu } from "../state/cpu.js";

const ONE_BYTE = 0;
const TWO_BYTES = 1;
const THREE_BYTES = 2;

/** Bytes of an immediate. */
function bytesOf(immediate: Immediate, full: number, address: number): number {
  switch (immediate) {
    case Immediate.FULL:
      return full;
    case Immediate.ADDRESS:
      return address;
    case Immediate.FAR:
      return full + 2;
    case Immediate.WORD_AND_BYTE:
      return 3;
    default:
      return immediate;
  }
}

/** Bytes of the displacement behind a ModRM byte with 16-bit addresses. */
function displacement16(modrm: number): number {
  const mod = modrm >> 6;
  if (mod === 2 || (mod === 0 && (modrm & 7) === 6)) return 2;
  return mod === 1 ? 1 : 0;
}

/** Bytes of the displacement with 32-bit addresses; `base` is that of SIB, if there is one. */
function displacement32(modrm: number, base: number): number {
  const mod = modrm >> 6;
  if (mod === 2 || (mod === 0 && base === 5)) return 4;
  return mod === 1 ? 1 : 0;
}

/**
 * Length in bytes of the instruction whose bytes `fetch(i)` yields; fetch may throw a fault, and is
 * asked for exactly the bytes the instruction has, in order (at most `limit`). Returns `limit + 1`
 * when it is longer than `limit`.
 */
export function instructionLength(
  c: Cpu,
  fetch: (c: Cpu, index: number) => number,
  limit: number,
): number {
  const table = (c.lengths ??= new LengthTable(new OpcodeTable()));
  let wide = c.code32;
  let wideAddress = c.code32;
  const long = limit + 1;
  let i = 0;
  let op = 0;
  for (;;) {
    if (i >= limit) return long;
    op = fetch(c, i++);
    if (op === 0x66) wide = !c.code32;
    else if (op === 0x67) wideAddress = !c.code32;
    else if (!isOtherPrefix(op)) break;
  }
  let map = ONE_BYTE;
  if (op === 0x0f) {
    if (i >= limit) return long;
    op = fetch(c, i++);
    map = TWO_BYTES;
    if (op === 0x38 || op === 0x3a) {
      map = op === 0x38 ? THREE_BYTES : THREE_BYTES + 1;
      if (i >= limit) return long;
      op = fetch(c, i++);
    } else if (op >= 0x20 && op <= 0x23) {
      // Moves to and from control and debug registers ignore the mod field.
      if (i < limit) fetch(c, i);
      return i + 1;
    }
  }
  let modrm = 0;
  let rest = 0;
  if (table.hasModrm(map, op)) {
    if (i >= limit) return long;
    modrm = fetch(c, i++);
    if (modrm < 0xc0 && !wideAddress) rest = displacement16(modrm);
    else if (modrm < 0xc0) {
      let base = modrm & 7;
      if (base === 4) {
        if (i >= limit) return long;
        base = fetch(c, i++) & 7;
      }
      rest = displacement32(modrm, base);
    }
  }
  rest += bytesOf(table.immediate(map, op, modrm), wide ? 4 : 2, wideAddress ? 4 : 2);
  for (; rest > 0; rest--) {
    if (i >= limit) return long;
    fetch(c, i++);
  }
  return i;
}

function isOtherPrefix(op: number): boolean {
  switch (op) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0xf0:
    case 0xf2:
    case 0xf3:
      return true;
    default:
      return false;
  }
}
