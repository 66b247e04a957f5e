/**
 * String instructions. A repeated one runs in chunks: after each it either is done or steps EIP
 * back to itself, so interrupts get in between and a fault leaves (E)CX, (E)SI, (E)DI at the
 * element that faulted.
 */
import type { Cpu, Handler, OpcodeTables } from "./cpu.js";
import { alu16, alu32, alu8 } from "./alu.js";
import { DS, ECX, EDI, EDX, ES, ESI, F_DF, F_TF } from "./constants.js";
import { checkPort, input, output } from "./io.js";
import { modify, read16, read32, read8, write16, write32, write8 } from "./memory.js";
import { fastMove, fastStore } from "./string-bulk.js";
import { both, sized } from "./table-build.js";

/** Elements a repeated instruction processes before interrupts are looked at. */
const CHUNK = 256;

type Size = 1 | 2 | 4;

/** Source segment: DS or the override. */
function source(c: Cpu): number {
  return c.segOv >= 0 ? c.segOv : DS;
}
function index(c: Cpu, r: number): number {
  return c.addr32 ? c.reg32[r] : c.reg16[r * 2];
}
function advance(c: Cpu, r: number, size: number): void {
  const d = (c.eflags & F_DF) !== 0 ? -size : size;
  if (c.addr32) c.reg32[r] += d;
  else c.reg16[r * 2] += d;
}
function read(c: Cpu, seg: number, offset: number, size: Size): number {
  return size === 1
    ? read8(c, seg, offset)
    : size === 2
      ? read16(c, seg, offset)
      : read32(c, seg, offset);
}
function write(c: Cpu, seg: number, offset: number, size: Size, v: number): void {
  if (size === 1) write8(c, seg, offset, v);
  else if (size === 2) write16(c, seg, offset, v);
  else write32(c, seg, offset, v);
}
function accumulator(c: Cpu, size: Size): number {
  return size === 1 ? c.reg8[0] : size === 2 ? c.reg16[0] : c.reg32[0];
}
function compare(c: Cpu, size: Size, a: number, b: number): void {
  if (size === 1) alu8(c, 7, a, b);
  else if (size === 2) alu16(c, 7, a, b);
  else alu32(c, 7, a, b);
}

function movs(c: Cpu, size: Size): void {
  const v = read(c, source(c), index(c, ESI), size);
  write(c, ES, index(c, EDI), size, v);
  advance(c, ESI, size);
  advance(c, EDI, size);
}
function stos(c: Cpu, size: Size): void {
  write(c, ES, index(c, EDI), size, accumulator(c, size));
  advance(c, EDI, size);
}
function lods(c: Cpu, size: Size): void {
  const v = read(c, source(c), index(c, ESI), size);
  if (size === 1) c.reg8[0] = v;
  else if (size === 2) c.reg16[0] = v;
  else c.reg32[0] = v;
  advance(c, ESI, size);
}
function cmps(c: Cpu, size: Size): void {
  const a = read(c, source(c), index(c, ESI), size);
  compare(c, size, a, read(c, ES, index(c, EDI), size));
  advance(c, ESI, size);
  advance(c, EDI, size);
}
function scas(c: Cpu, size: Size): void {
  compare(c, size, accumulator(c, size), read(c, ES, index(c, EDI), size));
  advance(c, EDI, size);
}
function ins(c: Cpu, size: Size): void {
  const port = c.reg16[EDX * 2];
  checkPort(c, port, size);
  // The store's faults come before the device sees the read.
  modify(c, ES, index(c, EDI), size);
  write(c, ES, index(c, EDI), size, input(c, port, size));
  advance(c, EDI, size);
}
function outs(c: Cpu, size: Size): void {
  const port = c.reg16[EDX * 2];
  checkPort(c, port, size);
  output(c, port, size, read(c, source(c), index(c, ESI), size));
  advance(c, ESI, size);
}

function decrement(c: Cpu): void {
  if (c.addr32) c.reg32[ECX]--;
  else c.reg16[ECX * 2]--;
}
function count(c: Cpu): number {
  return c.addr32 ? c.reg32[ECX] >>> 0 : c.reg16[ECX * 2];
}

/** Repeats `element` while the count lasts; `until` = does ZF end it? */
function repeat(c: Cpu, element: (c: Cpu, size: Size) => void, size: Size, until: boolean): void {
  let chunk = CHUNK;
  const stopOn = c.rep === 1;
  while (count(c) !== 0) {
    element(c, size);
    decrement(c);
    if (until && (c.fr === 0) !== stopOn) return;
    // An event (a single step, too) is looked at after each element.
    if (--chunk === 0 || c.events !== 0) {
      if (count(c) !== 0) c.eip = c.startEip;
      return;
    }
  }
}

/** A handler of one string instruction in one size. */
function handler(
  element: (c: Cpu, size: Size) => void,
  size: Size,
  until: boolean,
  bulk: ((c: Cpu, size: Size, seg: number) => boolean) | null,
): Handler {
  return (c) => {
    if (c.rep === 0) return element(c, size);
    if (bulk !== null && (c.eflags & (F_DF | F_TF)) === 0 && count(c) > 1) {
      const seg = source(c);
      // The first element may be what brings the pages into the TLB.
      if (!bulk(c, size, seg)) {
        element(c, size);
        decrement(c);
        bulk(c, size, seg);
      }
      if (count(c) !== 0) c.eip = c.startEip;
      return;
    }
    repeat(c, element, size, until);
  };
}

/** Enters this file's instructions. */
export function installString(t: OpcodeTables): void {
  const enter = (
    op: number,
    element: (c: Cpu, size: Size) => void,
    until: boolean,
    bulk: ((c: Cpu, size: Size, seg: number) => boolean) | null,
  ): void => {
    both(t, op, handler(element, 1, until, bulk));
    sized(t, op + 1, handler(element, 2, until, bulk), handler(element, 4, until, bulk));
  };
  enter(0xa4, movs, false, fastMove);
  enter(0xa6, cmps, true, null);
  enter(0xaa, stos, false, fastStore);
  enter(0xac, lods, false, null);
  enter(0xae, scas, true, null);
  enter(0x6c, ins, false, null);
  enter(0x6e, outs, false, null);
}
