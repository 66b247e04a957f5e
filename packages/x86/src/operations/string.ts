/**
 * String instructions. A repeated one runs in chunks: after each it either is done or steps EIP
 * back to itself, so interrupts get in between and a fault leaves (E)CX, (E)SI, (E)DI at the
 * element that faulted.
 */
import type { Cpu, Handler, OpcodeTables } from "../state/cpu.js";
import { alu, CMP } from "./alu.js";
import { EAX, ECX, EDI, EDX, ES, ESI, F_DF, F_TF } from "../constants.js";
import { checkPort, input, output } from "./io.js";
import type { Size } from "../mmu/memory.js";
import { modify, read, write } from "../mmu/memory.js";
import { addressRegister, advanceRegister, countRegister, dataSegment } from "../decode/modrm.js";
import { register, setRegister } from "../decode/operands.js";
import { fastCompare, fastMove, fastScan, fastStore } from "./string-bulk.js";
import { both, sized } from "../decode/table-build.js";

/** Elements a repeated instruction processes before interrupts are looked at. */
const CHUNK = 256;

/** Moves (E)SI or (E)DI past an element, in the direction DF says. */
function advance(c: Cpu, r: number, size: Size): void {
  advanceRegister(c, r, (c.eflags & F_DF) !== 0 ? -size : size);
}

function movs(c: Cpu, size: Size): void {
  const v = read(c, dataSegment(c), addressRegister(c, ESI), size);
  write(c, ES, addressRegister(c, EDI), size, v);
  advance(c, ESI, size);
  advance(c, EDI, size);
}
function stos(c: Cpu, size: Size): void {
  write(c, ES, addressRegister(c, EDI), size, register(c, EAX, size));
  advance(c, EDI, size);
}
function lods(c: Cpu, size: Size): void {
  const v = read(c, dataSegment(c), addressRegister(c, ESI), size);
  setRegister(c, EAX, size, v);
  advance(c, ESI, size);
}
function cmps(c: Cpu, size: Size): void {
  const a = read(c, dataSegment(c), addressRegister(c, ESI), size);
  alu(c, CMP, a, read(c, ES, addressRegister(c, EDI), size), size);
  advance(c, ESI, size);
  advance(c, EDI, size);
}
function scas(c: Cpu, size: Size): void {
  const b = read(c, ES, addressRegister(c, EDI), size);
  alu(c, CMP, register(c, EAX, size), b, size);
  advance(c, EDI, size);
}
function ins(c: Cpu, size: Size): void {
  const port = c.reg16[EDX * 2];
  checkPort(c, port, size);
  // The store's faults come before the device sees the read.
  modify(c, ES, addressRegister(c, EDI), size);
  write(c, ES, addressRegister(c, EDI), size, input(c, port, size));
  advance(c, EDI, size);
}
function outs(c: Cpu, size: Size): void {
  const port = c.reg16[EDX * 2];
  checkPort(c, port, size);
  output(c, port, size, read(c, dataSegment(c), addressRegister(c, ESI), size));
  advance(c, ESI, size);
}

/** The port in DX may be used: this is looked at however often the instruction is repeated, and be it never. */
function checkRepeated(c: Cpu, element: (c: Cpu, size: Size) => void, size: Size): void {
  if (element === ins || element === outs) checkPort(c, c.reg16[EDX * 2], size);
}

/** Repeats `element` while the count lasts; `until` = does ZF end it? */
function repeat(c: Cpu, element: (c: Cpu, size: Size) => void, size: Size, until: boolean): void {
  let chunk = CHUNK;
  const stopOn = c.rep === 1;
  if (countRegister(c) === 0) checkRepeated(c, element, size);
  while (countRegister(c) !== 0) {
    element(c, size);
    advanceRegister(c, ECX, -1);
    if (until && (c.fr === 0) !== stopOn) return;
    // An event (a single step, too) is looked at after each element.
    if (--chunk === 0 || c.events !== 0) {
      if (countRegister(c) !== 0) c.eip = c.startEip;
      return;
    }
  }
}

/** A handler of one string instruction in one size. */
function handler(
  element: (c: Cpu, size: Size) => void,
  size: Size,
  bulk: ((c: Cpu, size: Size, seg: number) => boolean) | null,
): Handler {
  return (c) => {
    if (c.rep === 0) return element(c, size);
    if (bulk !== null && (c.eflags & (F_DF | F_TF)) === 0 && countRegister(c) > 1) {
      const seg = dataSegment(c);
      // The first element may be what brings the pages into the TLB.
      if (!bulk(c, size, seg)) {
        element(c, size);
        advanceRegister(c, ECX, -1);
        bulk(c, size, seg);
      }
      if (countRegister(c) !== 0) c.eip = c.startEip;
      return;
    }
    repeat(c, element, size, false);
  };
}

/** That of CMPS or SCAS, which ZF ends, too. */
function comparison(
  element: (c: Cpu, size: Size) => void,
  size: Size,
  bulk: (c: Cpu, size: Size, seg: number) => boolean,
): Handler {
  return (c) => {
    if (c.rep === 0) return element(c, size);
    const isPlain = (c.eflags & (F_DF | F_TF)) === 0 && c.events === 0;
    if (!isPlain || !bulk(c, size, dataSegment(c))) return repeat(c, element, size, true);
    if (countRegister(c) !== 0 && (c.fr === 0) === (c.rep === 1)) c.eip = c.startEip;
  };
}

/** Enters this file's instructions. */
export function installString(t: OpcodeTables): void {
  const enter = (
    op: number,
    element: (c: Cpu, size: Size) => void,
    bulk: ((c: Cpu, size: Size, seg: number) => boolean) | null,
  ): void => {
    both(t, op, handler(element, 1, bulk));
    sized(t, op + 1, handler(element, 2, bulk), handler(element, 4, bulk));
  };
  enter(0xa4, movs, fastMove);
  for (const [op, element, bulk] of [
    [0xa6, cmps, fastCompare],
    [0xae, scas, fastScan],
  ] as const) {
    both(t, op, comparison(element, 1, bulk));
    sized(t, op + 1, comparison(element, 2, bulk), comparison(element, 4, bulk));
  }
  enter(0xaa, stos, fastStore);
  enter(0xac, lods, null);
  enter(0x6c, ins, null);
  enter(0x6e, outs, null);
}
