/** String instructions of 64-bit code; a repeated one runs in chunks, as elsewhere. */
import type { Cpu } from "../../state/cpu.js";
import { EDI, ESI, F_DF, TLB_MASK } from "../../constants.js";
import { alu, CMP } from "../../operations/alu.js";
import { checkPort, input, output } from "../../operations/io.js";
import { longModify, longStoredInGuarded } from "../../mmu/long-memory.js";
import {
  elementOf,
  lengthUntil,
  lengthUntilPair,
  repeatElement,
} from "../../operations/string-search.js";
import { alu64 } from "./alu.js";
import type { LongSize } from "../decode.js";
import { getReg, linearOf, loadSize, offsetRegister, setReg, storeSize } from "../decode.js";
import type { LongTable } from "../table.js";

const RCX = 2;
const RSI = 12;
const RDI = 14;
const TWO32 = 0x100000000;
/** Elements of a repeated instruction before interrupts are looked at. */
const CHUNK = 256;
/** Elements that a piece of a page, moved at once, counts as. */
const PIECE = 128;

/** Linear address at RSI, in DS or where a prefix says. */
function source(c: Cpu, size: LongSize): number {
  offsetRegister(c, ESI, 0);
  return linearOf(c, size, false);
}
/** Linear address at RDI; no prefix changes its segment. */
function target(c: Cpu, size: LongSize, write: boolean): number {
  const { long } = c;
  const { segment } = long;
  offsetRegister(c, EDI, 0);
  long.segment = -1;
  try {
    return linearOf(c, size, write);
  } finally {
    long.segment = segment;
  }
}
/** Moves RSI, RDI or RCX; with 32-bit addresses the high half goes. */
function move(c: Cpu, word: number, by: number): void {
  const { words, address32 } = c.long;
  const low = (words[word] >>> 0) + by;
  words[word] = low;
  words[word + 1] = address32 ? 0 : words[word + 1] + Math.floor(low / TWO32);
}
function advance(c: Cpu, word: number, size: number): void {
  move(c, word, (c.eflags & F_DF) !== 0 ? -size : size);
}
/** Repetitions that are left, as far as numbers are exact. */
function countLeft(c: Cpu): number {
  const { words, address32 } = c.long;
  return (address32 ? 0 : (words[RCX + 1] >>> 0) * TWO32) + (words[RCX] >>> 0);
}

function movs(c: Cpu, size: LongSize): void {
  const v = loadSize(c, source(c, size), size);
  const high = c.long.valueHigh;
  storeSize(c, target(c, size, true), size, v, high);
  advance(c, RSI, size);
  advance(c, RDI, size);
}
function stos(c: Cpu, size: LongSize): void {
  const at = target(c, size, true);
  const v = getReg(c, 0, size);
  storeSize(c, at, size, v, c.long.valueHigh);
  advance(c, RDI, size);
}
function lods(c: Cpu, size: LongSize): void {
  const v = loadSize(c, source(c, size), size);
  setReg(c, 0, size, v, c.long.valueHigh);
  advance(c, RSI, size);
}
function compare(c: Cpu, size: LongSize, a: number, ah: number, b: number, bh: number): void {
  if (size === 8) alu64(c, CMP, a, ah, b, bh);
  else alu(c, CMP, a, b, size);
}
function cmps(c: Cpu, size: LongSize): void {
  const a = loadSize(c, source(c, size), size);
  const ah = c.long.valueHigh;
  const b = loadSize(c, target(c, size, false), size);
  compare(c, size, a, ah, b, c.long.valueHigh);
  advance(c, RSI, size);
  advance(c, RDI, size);
}
function scas(c: Cpu, size: LongSize): void {
  const b = loadSize(c, target(c, size, false), size);
  const bh = c.long.valueHigh;
  const a = getReg(c, 0, size);
  compare(c, size, a, c.long.valueHigh, b, bh);
  advance(c, RDI, size);
}
function portSize(size: LongSize): 1 | 2 | 4 {
  return size === 8 ? 4 : size;
}
function ins(c: Cpu, size: LongSize): void {
  const narrow = portSize(size);
  const port = c.long.halves[8];
  checkPort(c, port, narrow);
  // The store's faults come before the device sees the read.
  const at = longModify(c, target(c, narrow, true), narrow);
  storeSize(c, at, narrow, input(c, port, narrow));
  advance(c, RDI, narrow);
}
function outs(c: Cpu, size: LongSize): void {
  const narrow = portSize(size);
  const port = c.long.halves[8];
  checkPort(c, port, narrow);
  output(c, port, narrow, loadSize(c, source(c, narrow), narrow));
  advance(c, RSI, narrow);
}

/** Elements of a repeated MOVS or STOS at once, where they lie in plain memory; 0 = none. */
function bulk(c: Cpu, size: LongSize, isMove: boolean): number {
  const { long } = c;
  if ((c.eflags & F_DF) !== 0 || c.alignCheck || c.watches !== 0) return 0;
  const to = target(c, size, true);
  const t = long.tlb;
  const i = (to >>> 12) & TLB_MASK;
  const toWithin = to & 0xfff;
  const page = to - toWithin;
  const isGuarded = t.guardTag[i] === page;
  if ((t.wTag[i] !== page && !isGuarded) || !t.region[i].plainWrite) return 0;
  let n = Math.min(countLeft(c), Math.floor((0x1000 - toWithin) / size));
  const at = t.at[i] + toWithin;
  if (isMove) {
    const from = source(c, size);
    const k = (from >>> 12) & TLB_MASK;
    const fromWithin = from & 0xfff;
    if (t.rTag[k] !== from - fromWithin) return 0;
    n = Math.min(n, Math.floor((0x1000 - fromWithin) / size));
    if (n < 2) return 0;
    const first = t.at[k] + fromWithin;
    const length = n * size;
    const bytes = t.bytes[k];
    // A target that begins within the source repeats a pattern; and aliases are compared by memory.
    const distance = t.bytes[i].byteOffset + at - (bytes.byteOffset + first);
    if (t.bytes[i].buffer === bytes.buffer && distance > 0 && distance < length) return 0;
    t.bytes[i].set(bytes.subarray(first, first + length), at);
    move(c, RSI, length);
  } else {
    if (n < 2) return 0;
    if (size === 1) t.bytes[i].fill(long.bytes[0], at, at + n);
    else {
      const view = t.view[i];
      if (size === 2) view.setUint16(at, long.halves[0], true);
      else view.setInt32(at, long.words[0], true);
      if (size === 8) view.setInt32(at + 4, long.words[1], true);
      repeatElement(t.bytes[i], at, size, n * size);
    }
  }
  if (isGuarded) longStoredInGuarded(c, t, i, at, n * size);
  move(c, RDI, n * size);
  move(c, RCX, -n);
  return n;
}

/**
 * Elements of a repeated CMPS or SCAS at once, up to the one that ends it, with the flags of that one; 0 = none.
 */
function bulkCompare(c: Cpu, size: LongSize, isScan: boolean): number {
  const { long } = c;
  if ((c.eflags & F_DF) !== 0 || c.alignCheck || c.watches !== 0 || c.events !== 0) return 0;
  if (size === 8) return 0;
  const t = long.tlb;
  const place = (linear: number): number => {
    const within = linear & 0xfff;
    return t.rTag[(linear >>> 12) & TLB_MASK] === linear - within ? (linear >>> 12) & TLB_MASK : -1;
  };
  // Its faults come first.
  const one = isScan ? 0 : source(c, size);
  const other = target(c, size, false);
  const i = place(other);
  if (i < 0) return 0;
  const b = t.at[i] + (other & 0xfff);
  let most = Math.min(countLeft(c), Math.floor((0x1000 - (other & 0xfff)) / size));
  let n: number;
  let value: number;
  if (isScan) {
    if (most < 2) return 0;
    value = getReg(c, 0, size);
    n = lengthUntil(t.view[i], b, most, size, value, c.rep === 2);
  } else {
    const k = place(one);
    most = Math.min(most, Math.floor((0x1000 - (one & 0xfff)) / size));
    if (k < 0 || most < 2) return 0;
    const a = t.at[k] + (one & 0xfff);
    n = lengthUntilPair(t.view[k], a, t.view[i], b, most, size, c.rep === 2);
    value = elementOf(t.view[k], a + (n - 1) * size, size);
    move(c, RSI, n * size);
  }
  alu(c, CMP, value, elementOf(t.view[i], b + (n - 1) * size, size), size);
  move(c, RDI, n * size);
  move(c, RCX, -n);
  return n;
}

type Element = (c: Cpu, size: LongSize) => void;

function repeated(c: Cpu, element: Element, size: LongSize, byZero: boolean): void {
  const { long } = c;
  if (c.rep === 0) {
    element(c, size);
    return;
  }
  const stopOn = c.rep === 1;
  let chunk = CHUNK;
  // The port is looked at however often the instruction is repeated, and be it never.
  if (countLeft(c) === 0 && (element === ins || element === outs)) {
    checkPort(c, long.halves[8], portSize(size));
  }
  while (countLeft(c) !== 0) {
    const isBulky = element === movs || element === stos;
    if (isBulky && bulk(c, size, element === movs) !== 0) chunk -= PIECE;
    else if (byZero && bulkCompare(c, size, element === scas) !== 0) {
      if ((c.fr === 0) !== stopOn) return;
      chunk -= PIECE;
    } else {
      element(c, size);
      move(c, RCX, -1);
      if (byZero && (c.fr === 0) !== stopOn) return;
      chunk--;
    }
    if (chunk <= 0 || c.events !== 0) {
      if (countLeft(c) === 0) return;
      long.rip = long.startRip;
      long.jumped = true;
      return;
    }
  }
}

/** Enters this file's instructions. */
export function installLongString(t: LongTable): void {
  const enter = (op: number, element: Element, byZero: boolean): void => {
    t[op] = (c) => repeated(c, element, 1, byZero);
    t[op + 1] = (c) => repeated(c, element, c.long.size, byZero);
  };
  enter(0xa4, movs, false);
  enter(0xa6, cmps, true);
  enter(0xaa, stos, false);
  enter(0xac, lods, false);
  enter(0xae, scas, true);
  enter(0x6c, ins, false);
  enter(0x6e, outs, false);
}
