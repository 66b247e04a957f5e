/** Jumps, calls, returns, loops and flags, in 64-bit code. */
import type { Cpu } from "../../state/cpu.js";
import { EX_BP, F_RF, F_VM } from "../../constants.js";
import { gp, ud } from "../../state/fault.js";
import {
  arithFlags,
  changeableFlags,
  condition,
  getEflags,
  setArithFlags,
  writeEflags,
} from "../../state/flags.js";
import { count } from "./arith.js";
import { next16, next32, next8, nextRip, nextS8, readRm, splitHigh } from "../decode.js";
import { callFarLong, jumpFarLong, returnFarLong } from "../transfers/far.js";
import { debugInterrupt, softwareInterrupt } from "../transfers/interrupt.js";
import { pushRm } from "./move.js";
import { jumpTo, jumpToPair, moveRsp, peek, push, stackStep } from "./stack.js";
import type { LongTable } from "../table.js";

const RCX = 2;

function jcc8(c: Cpu, op: number): void {
  const by = nextS8(c);
  if (condition(c, op)) jumpTo(c, nextRip(c) + by);
}
function jcc32(c: Cpu, op: number): void {
  const by = next32(c);
  if (condition(c, op)) jumpTo(c, nextRip(c) + by);
}
function jump8(c: Cpu): void {
  const by = nextS8(c);
  jumpTo(c, nextRip(c) + by);
}
function jump32(c: Cpu): void {
  const by = next32(c);
  jumpTo(c, nextRip(c) + by);
}
/** Pushes the address of the next instruction, always 8 bytes. */
function pushNext(c: Cpu): void {
  const next = nextRip(c);
  c.long.size = 8;
  push(c, next | 0, splitHigh(next));
}
function call(c: Cpu): void {
  const by = next32(c);
  const target = nextRip(c) + by;
  if (target >= 0x800000000000 || target < -0x800000000000) gp(c, 0);
  pushNext(c);
  jumpTo(c, target);
}
function ret(c: Cpu, op: number): void {
  const release = op === 0xc2 ? next16(c) : 0;
  c.long.size = 8;
  const low = peek(c);
  jumpToPair(c, low, c.long.valueHigh);
  moveRsp(c, 8 + release);
}
/** LOOPNE LOOPE LOOP JRCXZ. */
function loop(c: Cpu, op: number): void {
  const by = nextS8(c);
  const { long } = c;
  const { words } = long;
  if (op !== 0xe3) {
    const low = (words[RCX] >>> 0) - 1;
    words[RCX] = low;
    words[RCX + 1] = long.address32 ? 0 : words[RCX + 1] + (low < 0 ? -1 : 0);
  }
  const isZero = words[RCX] === 0 && (long.address32 || words[RCX + 1] === 0);
  let isTaken = op === 0xe3 ? isZero : !isZero;
  if (op === 0xe1) isTaken &&= c.fr === 0;
  if (op === 0xe0) isTaken &&= c.fr !== 0;
  if (isTaken) jumpTo(c, nextRip(c) + by);
}
function group4(c: Cpu): void {
  const m = next8(c);
  if (((m >> 3) & 7) > 1) ud(c);
  count(c, m, 1);
}
function group5(c: Cpu): void {
  const m = next8(c);
  const group = (m >> 3) & 7;
  const { long } = c;
  switch (group) {
    case 0:
    case 1:
      return count(c, m, long.size);
    case 2: {
      const low = readRm(c, m, 8);
      const high = long.valueHigh;
      if (high >> 15 !== high >> 31) gp(c, 0);
      pushNext(c);
      return jumpToPair(c, low, high);
    }
    case 3:
      return callFarLong(c, m);
    case 4: {
      const low = readRm(c, m, 8);
      return jumpToPair(c, low, long.valueHigh);
    }
    case 5:
      return jumpFarLong(c, m);
    case 6:
      return pushRm(c, m);
    default:
      return ud(c);
  }
}

function pushf(c: Cpu): void {
  push(c, getEflags(c) & ~(F_RF | F_VM), 0);
}
function popf(c: Cpu): void {
  const mask = changeableFlags(c);
  const step = stackStep(c);
  const v = peek(c);
  moveRsp(c, step);
  writeEflags(c, v, step === 8 ? mask : mask & 0xffff);
}
function sahf(c: Cpu): void {
  setArithFlags(c, (arithFlags(c) & 0x800) | (c.long.bytes[1] & 0xd5));
}
function lahf(c: Cpu): void {
  c.long.bytes[1] = (arithFlags(c) & 0xd5) | 2;
}

/** Enters this file's instructions. */
export function installLongControl(t: LongTable): void {
  for (let k = 0; k < 16; k++) {
    t[0x70 + k] = jcc8;
    t[0x180 + k] = jcc32;
  }
  t[0xeb] = jump8;
  t[0xe9] = jump32;
  t[0xe8] = call;
  t[0xc2] = t[0xc3] = ret;
  t[0xca] = t[0xcb] = (c, op) => returnFarLong(c, op === 0xca ? next16(c) : 0);
  for (const op of [0xe0, 0xe1, 0xe2, 0xe3]) t[op] = loop;
  t[0xfe] = group4;
  t[0xff] = group5;
  t[0x9c] = pushf;
  t[0x9d] = popf;
  t[0x9e] = sahf;
  t[0x9f] = lahf;
  t[0xcd] = (c) => softwareInterrupt(c, next8(c));
  t[0xcc] = (c) => softwareInterrupt(c, EX_BP);
  t[0xf1] = debugInterrupt;
}
