/** One instruction of 64-bit code: its prefixes, and the handler of its opcode. */
import type { Cpu } from "../state/cpu.js";
import { FS, GS } from "../constants.js";
import { isLockable } from "../decode/prefix.js";
import { ud } from "../state/fault.js";
import { beginInstruction, next8, nextRip } from "./decode.js";

/** Meanings of a byte as a prefix; 0: none. */
const OPERAND_SIZE = 1;
const ADDRESS_SIZE = 2;
const SEGMENT = 3;
const IGNORED_SEGMENT = 4;
const LOCK = 5;
const REPEAT = 6;
const REX = 7;

const PREFIXES = new Uint8Array(256);
PREFIXES[0x66] = OPERAND_SIZE;
PREFIXES[0x67] = ADDRESS_SIZE;
PREFIXES[0x64] = PREFIXES[0x65] = SEGMENT;
for (const byte of [0x26, 0x2e, 0x36, 0x3e]) PREFIXES[byte] = IGNORED_SEGMENT;
PREFIXES[0xf0] = LOCK;
PREFIXES[0xf2] = PREFIXES[0xf3] = REPEAT;
PREFIXES.fill(REX, 0x40, 0x50);

/** Executes the instruction at RIP; throws its fault, with RIP where it was. */
export function longStep(c: Cpu): void {
  const { long } = c;
  c.left--;
  long.startRip = long.rip;
  beginInstruction(c);
  long.rex = 0;
  long.size = 4;
  long.jumped = false;
  if (long.prefixed) forgetPrefixes(c);
  let op = next8(c);
  if ((op & 0xf0) === 0x40) {
    // Most instructions have no prefix but REX.
    const rex = op;
    op = next8(c);
    if (PREFIXES[op] !== 0) op = prefixes(c, op);
    else {
      long.rex = rex;
      if ((rex & 8) !== 0) long.size = 8;
    }
  } else if (PREFIXES[op] !== 0) op = prefixes(c, op);
  if (op === 0x0f) op = 256 + next8(c);
  if (long.lock) checkLock(c, op);
  c.tables.long[op](c, op);
  if (!long.jumped) long.rip = nextRip(c);
}

/** Begins without any prefix. */
function forgetPrefixes(c: Cpu): void {
  const { long } = c;
  long.prefixed = false;
  long.narrow = false;
  long.address32 = false;
  long.segment = -1;
  long.lock = false;
  c.rep = 0;
}

/** Takes the prefixes, of which `first` is one; answers the byte that follows them. */
function prefixes(c: Cpu, first: number): number {
  const { long } = c;
  long.prefixed = true;
  let byte = first;
  for (;;) {
    const kind = PREFIXES[byte];
    if (kind === 0) break;
    // REX counts only right before the opcode.
    long.rex = kind === REX ? byte : 0;
    if (kind === OPERAND_SIZE) long.narrow = true;
    else if (kind === ADDRESS_SIZE) long.address32 = true;
    else if (kind === SEGMENT) long.segment = byte === 0x64 ? FS : GS;
    else if (kind === LOCK) long.lock = true;
    else if (kind === REPEAT) c.rep = byte === 0xf3 ? 1 : 2;
    byte = next8(c);
  }
  if ((long.rex & 8) !== 0) long.size = 8;
  else if (long.narrow) long.size = 2;
  return byte;
}

/** #UD unless the instruction may carry LOCK. */
function checkLock(c: Cpu, op: number): void {
  const modrm = next8(c);
  // The byte is read again.
  c.long.pos--;
  if (!isLockable(op, modrm)) ud(c);
}
