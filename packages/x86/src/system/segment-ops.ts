/** Instructions on segment registers and selectors. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  CS,
  D_CODE,
  D_EC,
  D_P,
  D_RW,
  D_S,
  DS,
  ES,
  ESP,
  EV_SHADOW,
  FS,
  GS,
  LDTR,
  SS,
  TR,
} from "../constants.js";
import { gp, np, privileged, ud } from "../state/fault.js";
import { fetch8 } from "../decode/fetch.js";
import { setZF } from "../state/flags.js";
import { farPointer } from "./far.js";
import { register, setRegister, wordSize } from "../decode/operands.js";
import { ea } from "../decode/modrm.js";
import { read16, write16 } from "../mmu/memory.js";
import {
  addressOf,
  loadOperand,
  middleOf,
  nextByte,
  operandSize,
  readOperand,
  setGeneral,
  writeWord,
} from "../decode/any-mode.js";
import { keptFromUsers } from "./privileged.js";
import {
  baseOf,
  descriptorAddress,
  dplOf,
  limitOf,
  loadSegment,
  readDescriptor,
  setNullSegment,
  setSegment,
  tableLoad32,
  tableStore32,
} from "../mmu/segment.js";
import { moveSp, peekStack, push } from "../operations/stack.js";
import { both, everywhere } from "../decode/table-build.js";

function shadow(c: Cpu, seg: number): void {
  if (seg !== SS) return;
  // Loading SS holds interrupts and debug traps off until the next instruction has set the stack pointer.
  c.events |= EV_SHADOW;
  c.debugHeld = true;
}
function movEwSw(c: Cpu): void {
  const m = nextByte(c);
  const seg = (m >> 3) & 7;
  if (seg > 5) ud(c);
  writeWord(c, m, c.segSel[seg]);
}
function movSwEw(c: Cpu): void {
  const m = nextByte(c);
  const seg = (m >> 3) & 7;
  if (seg > 5 || seg === CS) ud(c);
  loadSegment(c, seg, readOperand(c, m, 2));
  shadow(c, seg);
}
function pushSegment(seg: number): (c: Cpu) => void {
  return (c) => push(c, c.segSel[seg]);
}
function popSegment(seg: number): (c: Cpu) => void {
  return (c) => {
    const selector = peekStack(c, 0) & 0xffff;
    const size = wordSize(c);
    if (seg === SS) {
      // The old stack's width governs the increment.
      const wide = c.stack32;
      loadSegment(c, seg, selector);
      if (wide) c.reg32[ESP] += size;
      else c.reg16[ESP * 2] += size;
    } else {
      loadSegment(c, seg, selector);
      moveSp(c, size);
    }
    shadow(c, seg);
  };
}
/** LSS, LFS and LGS of 64-bit code: an offset of the operand's size, and the selector behind it. */
function loadLongFar(c: Cpu, seg: number): void {
  const m = nextByte(c);
  if (m >= 0xc0) ud(c);
  const size = operandSize(c);
  const at = addressOf(c, m, size + 2, false);
  const low = loadOperand(c, at, size);
  const high = c.long.valueHigh;
  loadSegment(c, seg, loadOperand(c, at + size, 2));
  setGeneral(c, middleOf(c, m), size, low, high);
}
function loadFar(seg: number): (c: Cpu) => void {
  return (c) => {
    if (c.code64) return loadLongFar(c, seg);
    const m = fetch8(c);
    const offset = farPointer(c, m);
    loadSegment(c, seg, c.farSelector);
    setRegister(c, m >> 3, wordSize(c), offset);
  };
}

function protectedOnly(c: Cpu): void {
  if (!c.pe || c.vm) ud(c);
}

/** Reads the descriptor for LAR, LSL, VERR, VERW; false when it cannot even be looked at. */
function inspect(c: Cpu, selector: number): boolean {
  return (selector & 0xfffc) !== 0 && readDescriptor(c, selector);
}
/** Is the descriptor visible from the current level and the selector's? */
function visible(c: Cpu, selector: number): boolean {
  const hi = c.dhi;
  if ((hi & (D_S | D_CODE | D_EC)) === (D_S | D_CODE | D_EC)) return true;
  const dpl = dplOf(hi);
  return dpl >= c.cpl && dpl >= (selector & 3);
}
/** System descriptor types LAR knows: TSSs, LDT, call gates, task gate. */
const LAR_TYPES = 0b1_1010_0011_1110;
/** System descriptor types that have a limit: TSSs and LDT. */
const LSL_TYPES = 0b0_1010_0000_1110;
/** Those that there are in long mode. */
const LONG_TYPES = 0b1_1010_0000_0100;

/** The access rights (LAR) or limit (LSL) behind a selector; null: nothing that it may tell of. */
function inspectedBy(c: Cpu, selector: number, isLsl: boolean): number | null {
  if (!inspect(c, selector) || !visible(c, selector)) return null;
  if ((c.dhi & D_S) === 0) {
    const types = (isLsl ? LSL_TYPES : LAR_TYPES) & (c.lma ? LONG_TYPES : -1);
    if (((types >> ((c.dhi >> 8) & 15)) & 1) === 0) return null;
  }
  return isLsl ? limitOf(c.dlo, c.dhi) : c.dhi & 0x00f0ff00;
}

function larLsl(c: Cpu, op: number): void {
  protectedOnly(c);
  const m = nextByte(c);
  const value = inspectedBy(c, readOperand(c, m, 2), (op & 1) !== 0);
  if (value !== null) setGeneral(c, middleOf(c, m), operandSize(c), value);
  setZF(c, value !== null);
}
/** True if the segment may be read (VERR) or written (VERW). */
function isVerified(c: Cpu, selector: number, write: boolean): boolean {
  if (!inspect(c, selector) || !visible(c, selector) || (c.dhi & D_S) === 0) return false;
  const code = (c.dhi & D_CODE) !== 0;
  return write ? !code && (c.dhi & D_RW) !== 0 : !code || (c.dhi & D_RW) !== 0;
}
/**
 * ARPL: stores only a level that it raises. A selector that has the level may lie in read-only data, and
 * an absent page is one that was read.
 */
function arpl(c: Cpu): void {
  protectedOnly(c);
  const m = fetch8(c);
  const rpl = c.reg16[(m >> 2) & 14] & 3;
  const offset = m >= 0xc0 ? 0 : ea(c, m);
  const v = m >= 0xc0 ? register(c, m, 2) : read16(c, c.eaSeg, offset);
  const less = (v & 3) < rpl;
  const raised = (v & ~3) | rpl;
  if (less && m >= 0xc0) setRegister(c, m, 2, raised);
  else if (less) write16(c, c.eaSeg, offset, raised);
  setZF(c, less);
}

/** Bits 32 to 63 of the base of a system descriptor, which in long mode has 16 bytes. */
function upperBase(c: Cpu, selector: number): number {
  if (!c.lma) return 0;
  const at = descriptorAddress(c, (selector & 0xfffc) + 8);
  if (at === null || selector >= 0xfff8) return gp(c, selector & 0xfffc);
  return tableLoad32(c, at);
}
/** Gives LDTR or TR the upper half of its base. */
function setUpperBase(c: Cpu, seg: number, high: number): void {
  c.long.bases[seg] += high * 0x1_0000_0000;
}
/** LLDT. */
function loadLdt(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) return setNullSegment(c, LDTR, selector);
  if ((selector & 4) !== 0 || !readDescriptor(c, selector)) gp(c, selector & 0xfffc);
  if ((c.dhi & (D_S | 0xf00)) !== 0x200) gp(c, selector & 0xfffc);
  if ((c.dhi & D_P) === 0) np(c, selector);
  const high = upperBase(c, selector);
  setSegment(c, LDTR, selector, baseOf(c.dlo, c.dhi), limitOf(c.dlo, c.dhi), c.dhi);
  setUpperBase(c, LDTR, high);
}
/** LTR. */
function loadTask(c: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) gp(c, 0);
  const at = descriptorAddress(c, selector);
  if ((selector & 4) !== 0 || at === null || !readDescriptor(c, selector)) {
    return gp(c, selector & 0xfffc);
  }
  const { dlo: lo, dhi: hi } = c;
  // A TSS that is not busy; in long mode there are none of 16 bits.
  if ((hi & (D_S | (c.lma ? 0xf00 : 0x700))) !== (c.lma ? 0x900 : 0x100)) gp(c, selector & 0xfffc);
  if ((hi & D_P) === 0) np(c, selector);
  const high = upperBase(c, selector);
  tableStore32(c, at + 4, hi | 0x200);
  setSegment(c, TR, selector, baseOf(lo, hi), limitOf(lo, hi), hi | 0x200);
  setUpperBase(c, TR, high);
}
function group6(c: Cpu): void {
  protectedOnly(c);
  const m = nextByte(c);
  const kind = (m >> 3) & 7;
  switch (kind) {
    case 0:
    case 1:
      keptFromUsers(c);
      return writeWord(c, m, c.segSel[kind === 0 ? LDTR : TR]);
    case 2:
    case 3:
      privileged(c);
      return (kind === 2 ? loadLdt : loadTask)(c, readOperand(c, m, 2));
    case 4:
    case 5:
      return setZF(c, isVerified(c, readOperand(c, m, 2), kind === 5));
    default:
      return ud(c);
  }
}

/** Enters this file's instructions. */
export function installSegmentOps(t: OpcodeTables): void {
  everywhere(t, 0x8c, movEwSw);
  everywhere(t, 0x8e, movSwEw);
  for (const [op, seg] of [
    [0x06, ES],
    [0x0e, CS],
    [0x16, SS],
    [0x1e, DS],
    [0x1a0, FS],
    [0x1a8, GS],
  ] as const) {
    both(t, op, pushSegment(seg));
    if (seg !== CS) both(t, op + 1, popSegment(seg));
  }
  both(t, 0xc4, loadFar(ES));
  both(t, 0xc5, loadFar(DS));
  everywhere(t, 0x1b2, loadFar(SS));
  everywhere(t, 0x1b4, loadFar(FS));
  everywhere(t, 0x1b5, loadFar(GS));
  everywhere(t, 0x102, larLsl);
  everywhere(t, 0x103, larLsl);
  both(t, 0x63, arpl);
  everywhere(t, 0x100, group6);
}
