/** Moves, exchanges, bits and the stack, in 64-bit code. */
import type { Cpu } from "../../state/cpu.js";
import { EBX, FS, GS, SS } from "../../constants.js";
import { gp, ud } from "../../state/fault.js";
import { alu } from "../../operations/alu.js";
import { noOperation } from "../../operations/pause.js";
import { condition, setCF, setZF } from "../../state/flags.js";
import { longLoad64, longModify, longStore64 } from "../../mmu/long-memory.js";
import { loadSegment } from "../../mmu/segment.js";
import { alu64, fromBig, toBig } from "./alu.js";
import type { LongSize } from "../decode.js";
import {
  effective,
  getReg,
  linearOf,
  loadRm,
  loadSize,
  memoryOnly,
  modifyRm,
  next16,
  next32,
  next8,
  nextImmediate,
  nextS8,
  offsetRegister,
  readRm,
  regOf,
  rmOf,
  setReg,
  storeRm,
  storeSize,
  writeRm,
} from "../decode.js";
import { moveRsp, peek, push, stackAt, stackStep } from "./stack.js";
import type { LongTable } from "../table.js";

function sizeOf(c: Cpu, op: number): LongSize {
  return (op & 1) === 0 ? 1 : c.long.size;
}

function movToRm(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const v = getReg(c, regOf(c, m), size);
  writeRm(c, m, size, v, c.long.valueHigh);
}
function movToReg(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const v = readRm(c, m, size);
  setReg(c, regOf(c, m), size, v, c.long.valueHigh);
}
function movImmediate(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  if (((m >> 3) & 7) !== 0) ud(c);
  if (m < 0xc0) effective(c, m, Math.min(size, 4));
  const v = nextImmediate(c, size);
  if (m >= 0xc0) setReg(c, rmOf(c, m), size, v, v >> 31);
  else storeSize(c, linearOf(c, size, true), size, v, v >> 31);
}
function movRegImmediate(c: Cpu, op: number): void {
  const n = rmOf(c, op);
  if (op < 0xb8) {
    setReg(c, n, 1, next8(c));
    return;
  }
  const { size } = c.long;
  const low = nextImmediate(c, size);
  setReg(c, n, size, low, size === 8 ? next32(c) : 0);
}
/** MOV between the accumulator and a direct address of 8 bytes (4 with prefix 67). */
function movDirect(c: Cpu, op: number): void {
  const { long } = c;
  const size = sizeOf(c, op);
  long.low = next32(c);
  long.high = long.address32 ? 0 : next32(c);
  long.onStack = false;
  const isStore = (op & 2) !== 0;
  const at = linearOf(c, size, isStore);
  if (isStore) {
    const v = getReg(c, 0, size);
    storeSize(c, at, size, v, long.valueHigh);
  } else {
    const v = loadSize(c, at, size);
    setReg(c, 0, size, v, long.valueHigh);
  }
}
function lea(c: Cpu): void {
  const m = next8(c);
  memoryOnly(c, m);
  effective(c, m, 0);
  setReg(c, regOf(c, m), c.long.size, c.long.low, c.long.high);
}
function movsxd(c: Cpu): void {
  const m = next8(c);
  const { size } = c.long;
  const v = readRm(c, m, size === 2 ? 2 : 4);
  setReg(c, regOf(c, m), size, v, v >> 31);
}
function extend(c: Cpu, op: number): void {
  const m = next8(c);
  const isWord = (op & 1) !== 0;
  const isSigned = (op & 8) !== 0;
  const v = readRm(c, m, isWord ? 2 : 1);
  const shift = isWord ? 16 : 24;
  const r = isSigned ? (v << shift) >> shift : v;
  setReg(c, regOf(c, m), c.long.size, r, r >> 31);
}
function cmov(c: Cpu, op: number): void {
  const m = next8(c);
  const { size } = c.long;
  const n = regOf(c, m);
  const v = readRm(c, m, size);
  const high = c.long.valueHigh;
  if (condition(c, op)) setReg(c, n, size, v, high);
  else if (size === 4) c.long.words[2 * n + 1] = 0;
}
/** CBW, CWDE, CDQE. */
function widen(c: Cpu): void {
  const { size, words } = c.long;
  const v = words[0];
  if (size === 8) words[1] = v >> 31;
  else if (size === 4) setReg(c, 0, 4, (v << 16) >> 16);
  else setReg(c, 0, 2, (v << 24) >> 24);
}
/** CWD, CDQ, CQO. */
function widenIntoDx(c: Cpu): void {
  const { size, words } = c.long;
  const sign = size === 8 ? words[1] >> 31 : size === 4 ? words[0] >> 31 : (words[0] << 16) >> 31;
  setReg(c, 2, size, sign, sign);
}

function xchgRm(c: Cpu, op: number): void {
  const size = sizeOf(c, op);
  const m = next8(c);
  const at = modifyRm(c, m, size);
  const n = regOf(c, m);
  const a = loadRm(c, m, at, size);
  const ah = c.long.valueHigh;
  const b = getReg(c, n, size);
  storeRm(c, m, at, size, b, c.long.valueHigh);
  setReg(c, n, size, a, ah);
}
function xchgAccumulator(c: Cpu, op: number): void {
  const n = rmOf(c, op);
  if (n === 0) return noOperation(c);
  const { size } = c.long;
  const a = getReg(c, 0, size);
  const ah = c.long.valueHigh;
  const b = getReg(c, n, size);
  setReg(c, 0, size, b, c.long.valueHigh);
  setReg(c, n, size, a, ah);
}
/** CMPXCHG8B, CMPXCHG16B. */
function group9(c: Cpu): void {
  const m = next8(c);
  if (m >= 0xc0 || (m & 0x38) !== 0x08) ud(c);
  const { long } = c;
  const { words } = long;
  effective(c, m, 0);
  if (long.size !== 8) {
    const at = longModify(c, linearOf(c, 8, true), 8);
    longLoad64(c, at);
    const { valueLow: low, valueHigh: high } = long;
    const isEqual = low === words[0] && high === words[4];
    longStore64(c, at, isEqual ? words[6] : low, isEqual ? words[2] : high);
    if (!isEqual) {
      setReg(c, 0, 4, low);
      setReg(c, 2, 4, high);
    }
    setZF(c, isEqual);
    return;
  }
  const at = linearOf(c, 8, true);
  if ((at & 15) !== 0) gp(c, 0);
  longModify(c, at, 16);
  longLoad64(c, at);
  const { valueLow: a, valueHigh: b } = long;
  longLoad64(c, at + 8);
  const { valueLow: d, valueHigh: e } = long;
  const isEqual = a === words[0] && b === words[1] && d === words[4] && e === words[5];
  if (isEqual) {
    longStore64(c, at, words[6], words[7]);
    longStore64(c, at + 8, words[2], words[3]);
  } else {
    longStore64(c, at, a, b);
    longStore64(c, at + 8, d, e);
    setReg(c, 0, 8, a, b);
    setReg(c, 2, 8, d, e);
  }
  setZF(c, isEqual);
}

/** BT BTS BTR BTC by number on the operand at `at`: the bit becomes the carry. */
function changeBit(
  c: Cpu,
  m: number,
  kind: number,
  at: number,
  size: LongSize,
  index: number,
): void {
  const v = loadRm(c, m, at, size);
  const high = c.long.valueHigh;
  const bit = 1 << (index & 31);
  const isHigh = size === 8 && (index & 32) !== 0;
  const word = isHigh ? high : v;
  if (kind !== 0) {
    const changed = kind === 1 ? word | bit : kind === 2 ? word & ~bit : word ^ bit;
    storeRm(c, m, at, size, isHigh ? v : changed, isHigh ? changed : high);
  }
  setCF(c, (word & bit) !== 0);
}
function bitByRegister(c: Cpu, op: number): void {
  const { long } = c;
  const m = next8(c);
  const kind = (op >> 3) & 3;
  const { size } = long;
  const n = regOf(c, m);
  const mask = size * 8 - 1;
  if (m >= 0xc0) {
    changeBit(c, m, kind, 0, size, long.words[2 * n] & mask);
    return;
  }
  effective(c, m, 0);
  const low = getReg(c, n, size);
  // The register counts bits of a string that reaches beyond the operand.
  const index = size === 2 ? (low << 16) >> 16 : low;
  const indexHigh = size === 8 ? long.valueHigh : index >> 31;
  const units = toBig(index, indexHigh) >> BigInt(size === 8 ? 6 : size === 4 ? 5 : 4);
  fromBig(c, toBig(long.low, long.high) + units * BigInt(size));
  long.low = long.valueLow;
  long.high = long.address32 ? 0 : long.valueHigh;
  let at = linearOf(c, size, kind !== 0);
  if (kind !== 0) at = longModify(c, at, size);
  changeBit(c, m, kind, at, size, index & mask);
}
function group8(c: Cpu): void {
  const m = next8(c);
  const group = (m >> 3) & 7;
  if (group < 4) ud(c);
  const kind = group & 3;
  const { size } = c.long;
  if (m < 0xc0) effective(c, m, 1);
  const index = next8(c) & (size * 8 - 1);
  let at = 0;
  if (m < 0xc0) {
    at = linearOf(c, size, kind !== 0);
    if (kind !== 0) longModify(c, at, size);
  }
  changeBit(c, m, kind, at, size, index);
}
/** BSF and BSR: of a zero source the destination stays, but that its high half goes. */
function scan(c: Cpu, op: number): void {
  const m = next8(c);
  const { size } = c.long;
  const low = readRm(c, m, size);
  const high = size === 8 ? c.long.valueHigh : 0;
  if (size === 8) alu64(c, 4, low, high, low, high);
  else alu(c, 4, low, low, size);
  const n = regOf(c, m);
  if ((low | high) === 0) {
    if (size === 4) c.long.words[2 * n + 1] = 0;
    return;
  }
  let r: number;
  if ((op & 1) === 0) r = low !== 0 ? lowest(low) : 32 + lowest(high);
  else r = high !== 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(low);
  setReg(c, n, size, r);
}
function lowest(v: number): number {
  return 31 - Math.clz32(v & -v);
}

function pushReg(c: Cpu, op: number): void {
  const low = getReg(c, rmOf(c, op), 8);
  push(c, low, c.long.valueHigh);
}
function popReg(c: Cpu, op: number): void {
  const step = stackStep(c);
  const low = peek(c);
  const high = c.long.valueHigh;
  moveRsp(c, step);
  setReg(c, rmOf(c, op), step, low, high);
}
function pushImmediate(c: Cpu, op: number): void {
  const v = op === 0x6a ? nextS8(c) : c.long.size === 2 ? next16(c) : next32(c);
  push(c, v, v >> 31);
}
/** PUSH of group 5. */
export function pushRm(c: Cpu, m: number): void {
  const step = stackStep(c);
  const v = readRm(c, m, step);
  push(c, v, c.long.valueHigh);
}
function popRm(c: Cpu): void {
  const m = next8(c);
  if ((m & 0x38) !== 0) ud(c);
  const step = stackStep(c);
  const v = peek(c);
  const high = c.long.valueHigh;
  // An address by the stack pointer is worked out after the increment.
  const { words } = c.long;
  const [low0, high0] = [words[8], words[9]];
  moveRsp(c, step);
  if (m >= 0xc0) {
    setReg(c, rmOf(c, m), step, v, high);
    return;
  }
  effective(c, m, 0);
  const { low: at, high: atHigh } = c.long;
  [words[8], words[9]] = [low0, high0];
  c.long.low = at;
  c.long.high = atHigh;
  storeSize(c, linearOf(c, step, true), step, v, high);
  moveRsp(c, step);
}
function leave(c: Cpu): void {
  const { words } = c.long;
  const [low0, high0] = [words[8], words[9]];
  words[8] = words[10];
  words[9] = words[11];
  const step = stackStep(c);
  let low: number;
  try {
    low = peek(c);
  } catch (e) {
    [words[8], words[9]] = [low0, high0];
    throw e;
  }
  const high = c.long.valueHigh;
  moveRsp(c, step);
  setReg(c, 5, step, low, high);
}
function enter(c: Cpu): void {
  const { long } = c;
  const { words } = long;
  const bytes = next16(c);
  const level = next8(c) & 31;
  const step = stackStep(c);
  const saved = [words[8], words[9]] as const;
  const frame = [words[10], words[11]] as const;
  try {
    push(c, frame[0], frame[1]);
    const top = [words[8], words[9]] as const;
    for (let k = 1; k < level; k++) {
      long.low = (frame[0] - k * step) | 0;
      long.high = frame[0] >>> 0 < k * step ? (frame[1] - 1) | 0 : frame[1];
      long.segment = SS;
      const v = loadSize(c, linearOf(c, step, false), step);
      push(c, v, long.valueHigh);
    }
    if (level > 0) push(c, top[0], top[1]);
    moveRsp(c, -bytes);
    longModify(c, stackAt(c, 0, true), step);
    setReg(c, 5, step, top[0], top[1]);
  } catch (e) {
    [words[8], words[9]] = saved;
    throw e;
  }
}
function xlat(c: Cpu): void {
  offsetRegister(c, EBX, c.long.bytes[0]);
  setReg(c, 0, 1, loadSize(c, linearOf(c, 1, false), 1));
}
function pushSegment(c: Cpu, op: number): void {
  push(c, c.segSel[op === 0x1a0 ? FS : GS], 0);
}
function popSegment(c: Cpu, op: number): void {
  const selector = peek(c) & 0xffff;
  loadSegment(c, op === 0x1a1 ? FS : GS, selector);
  moveRsp(c, stackStep(c));
}
/** Enters this file's instructions. */
export function installLongMove(t: LongTable): void {
  t[0x88] = t[0x89] = movToRm;
  t[0x8a] = t[0x8b] = movToReg;
  t[0xc6] = t[0xc7] = movImmediate;
  for (let op = 0xb0; op < 0xc0; op++) t[op] = movRegImmediate;
  for (let op = 0xa0; op < 0xa4; op++) t[op] = movDirect;
  t[0x8d] = lea;
  t[0x63] = movsxd;
  for (const op of [0x1b6, 0x1b7, 0x1be, 0x1bf]) t[op] = extend;
  for (let k = 0; k < 16; k++) {
    t[0x140 + k] = cmov;
  }
  for (let n = 0; n < 8; n++) {
    t[0x50 + n] = pushReg;
    t[0x58 + n] = popReg;
    t[0x90 + n] = xchgAccumulator;
  }
  t[0x98] = widen;
  t[0x99] = widenIntoDx;
  t[0x86] = t[0x87] = xchgRm;
  t[0x1c7] = group9;
  for (const op of [0x1a3, 0x1ab, 0x1b3, 0x1bb]) t[op] = bitByRegister;
  t[0x1ba] = group8;
  t[0x1bc] = t[0x1bd] = scan;
  t[0x68] = t[0x6a] = pushImmediate;
  t[0x8f] = popRm;
  t[0xc8] = enter;
  t[0xc9] = leave;
  t[0xd7] = xlat;
  t[0x1a0] = t[0x1a8] = pushSegment;
  t[0x1a1] = t[0x1a9] = popSegment;
}
