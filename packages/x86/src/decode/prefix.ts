/** Prefix bytes. Each sets its state and dispatches the next byte; the state is reset afterwards. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { CS, DS, ES, FS, GS, SS } from "../constants.js";
import { ud } from "../state/fault.js";
import { checkLength, fetch8, peek8 } from "./fetch.js";
import { both } from "./table-build.js";

/** Instructions longer than 15 bytes need at least this many prefixes. */
const MANY = 4;

function next(c: Cpu): void {
  if (++c.prefixes > MANY) checkLength(c);
  const op = fetch8(c);
  c.ops[op](c, op);
  c.resetPrefixes();
}

function segment(seg: number): (c: Cpu) => void {
  return (c) => {
    c.segOv = seg;
    next(c);
  };
}

function operandSize(c: Cpu): void {
  c.op32 = !c.code32;
  c.ops = c.op32 ? c.tables.op32 : c.tables.op16;
  next(c);
}

/** May the instruction that follows (after more prefixes) carry LOCK? */
function lockable(c: Cpu): boolean {
  let at = 0;
  let op = peek8(c, at);
  while (
    op === 0x66 ||
    op === 0x67 ||
    (op & 0xe7) === 0x26 ||
    op === 0x64 ||
    op === 0x65 ||
    op === 0xf0 ||
    op === 0xf2 ||
    op === 0xf3
  ) {
    if (++at > 14) return false;
    op = peek8(c, at);
  }
  const next = peek8(c, at + 1);
  return op === 0x0f ? isLockable(256 + next, peek8(c, at + 2)) : isLockable(op, next);
}
/**
 * May an instruction carry LOCK?
 * @param op 256 and up for opcodes behind 0F
 * @see {@link Engine}
 */
export function isLockable(op: number, modrm: number): boolean {
  if (modrm >= 0xc0) return false;
  const group = (modrm >> 3) & 7;
  if (op === 0x1ba) return group >= 5;
  if (op === 0x1c7) return group === 1;
  if (op >= 256) {
    return (
      op === 0x1ab || op === 0x1b3 || op === 0x1bb || (op & 0xfe) === 0xb0 || (op & 0xfe) === 0xc0
    );
  }
  if (op < 0x38) return (op & 6) === 0;
  if (op >= 0x80 && op <= 0x83) return group !== 7;
  if (op === 0x86 || op === 0x87) return true;
  if (op === 0xf6 || op === 0xf7) return group === 2 || group === 3;
  if (op === 0xfe || op === 0xff) return group < 2;
  return false;
}

function lock(c: Cpu): void {
  if (!lockable(c)) ud(c);
  next(c);
}

function twoByte(c: Cpu): void {
  const op = fetch8(c);
  c.ops[256 + op](c, op);
}

/** Enters this file's instructions. */
export function installPrefix(t: OpcodeTables): void {
  both(t, 0x26, segment(ES));
  both(t, 0x2e, segment(CS));
  both(t, 0x36, segment(SS));
  both(t, 0x3e, segment(DS));
  both(t, 0x64, segment(FS));
  both(t, 0x65, segment(GS));
  both(t, 0x66, operandSize);
  both(t, 0x67, (c) => {
    c.addr32 = !c.code32;
    next(c);
  });
  both(t, 0xf0, lock);
  both(t, 0xf2, (c) => {
    c.rep = 2;
    next(c);
  });
  both(t, 0xf3, (c) => {
    c.rep = 1;
    next(c);
  });
  both(t, 0x0f, twoByte);
}
