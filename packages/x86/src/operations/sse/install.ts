/** SSE and MMX beside their table: MXCSR, fences, caches, masked moves, EMMS. */
import type { Cpu, Handler } from "../../state/cpu.js";
import { EDI } from "../../constants.js";
import { gp, ud } from "../../state/fault.js";
import { AT_FPU_TAGS, AT_FPU_TOP, AT_MXCSR, AT_ST, AT_XMM } from "../../state/layout.js";
import {
  addressOf,
  generalRegister,
  hasPrefix66,
  loadOperand,
  lowOf,
  middleOf,
  nextByte,
  operandSize,
  storeOperand,
} from "../../decode/any-mode.js";
import { addressRegister, dataSegment, offsetAfter } from "../../decode/modrm.js";
import { linearOf, offsetRegister } from "../../long/decode.js";
import { modify } from "../../mmu/memory.js";
import { prepareAt, storeAt } from "../../mmu/operand-memory.js";
import { fxsave, MXCSR_MASK } from "../fpu/fxsave.js";
import { mustWait } from "../fpu/wait.js";
import { checkMmx, checkSse, installSseRows } from "./execute.js";
import { movbeOrCrc, popcnt } from "./general.js";

/** Resets SSE's registers. */
export function resetSse(c: Cpu): void {
  c.words.fill(0, AT_XMM >> 2, (AT_XMM >> 2) + 64);
  c.words[AT_MXCSR >> 2] = 0x1f80;
}

/** Is a feature, by QEMU's name, there? */
type Has = (feature: string) => boolean;

/** Sets the tags of the x87 registers, with the top at 0. */
function tagAll(c: Cpu, tags: number): void {
  c.words[AT_FPU_TOP >> 2] = 0;
  c.words[AT_FPU_TAGS >> 2] = tags;
}

/** 0F AE: state, MXCSR, fences, CLFLUSH. */
function group15(has: Has): Handler {
  const registerForms = [false, false, false, false, false, has("sse2"), has("sse2"), has("sse")];
  const memoryForms = ["fxsr", "fxsr", "sse", "sse", "", "", "", "clflush"].map(has);
  return (c) => {
    const m = nextByte(c);
    const group = (m >> 3) & 7;
    if (c.rep !== 0 || hasPrefix66(c)) return ud(c);
    // State is saved without WebAssembly's vectors, too.
    if ((group < 2 ? c.kernels : c.sse) === null) return ud(c);
    if (m >= 0xc0) return registerForms[group] ? undefined : ud(c);
    if (!memoryForms[group]) return ud(c);
    const isStore = group === 0 || group === 3;
    const at = addressOf(c, m, group === 2 || group === 3 ? 4 : 1, isStore);
    if (group < 2) return fxsave(c, at, isStore);
    if (group === 7) {
      // CLFLUSH: there is no cache, but what a load would fault on faults.
      loadOperand(c, at, 1);
      return;
    }
    checkSse(c);
    if (isStore) return storeOperand(c, at, 4, c.words[AT_MXCSR >> 2]);
    const value = loadOperand(c, at, 4);
    if ((value & ~MXCSR_MASK) !== 0) gp(c, 0);
    c.words[AT_MXCSR >> 2] = value;
  };
}

function movnti(c: Cpu): void {
  const m = nextByte(c);
  if (m >= 0xc0 || c.sse === null || c.rep !== 0 || (c.code64 && hasPrefix66(c))) ud(c);
  const size = operandSize(c) === 8 ? 8 : 4;
  const at = addressOf(c, m, size, true);
  const low = generalRegister(c, middleOf(c, m), size);
  storeOperand(c, at, size, low, c.long.valueHigh);
}

/** Linear address of byte `k` at (R/E)DI, after every fault of a store there. */
function maskedPlace(c: Cpu, k: number): number {
  if (!c.code64) return modify(c, dataSegment(c), offsetAfter(c, addressRegister(c, EDI), k), 1);
  offsetRegister(c, EDI, k);
  const at = linearOf(c, 1, true);
  prepareAt(c, at, 1);
  return at;
}
/** MASKMOVDQU with prefix 66, MASKMOVQ without. */
function maskMove(has: Has): Handler {
  return (c) => {
    const m = nextByte(c);
    const isXmm = hasPrefix66(c);
    if (m < 0xc0 || c.rep !== 0 || (isXmm && !has("sse2"))) ud(c);
    if (isXmm) checkSse(c);
    else {
      checkMmx(c);
      if (mustWait(c)) return;
    }
    const first = c.words.byteOffset + (isXmm ? AT_XMM : AT_ST);
    const bytes = new Uint8Array(c.words.buffer, first, 256);
    const placeOf = (n: number): number => 16 * (isXmm ? n : n & 7);
    const source = placeOf(middleOf(c, m));
    const mask = placeOf(lowOf(c, m));
    const at: number[] = [];
    for (let k = 0; k < (isXmm ? 16 : 8); k++) {
      at.push(bytes[mask + k] < 0x80 ? NaN : maskedPlace(c, k));
    }
    at.forEach((linear, k) => {
      if (!Number.isNaN(linear)) storeAt(c, linear, 1, bytes[source + k]);
    });
    if (!isXmm) tagAll(c, 0xff);
  };
}

function emms(c: Cpu): void {
  checkMmx(c);
  if (!mustWait(c)) tagAll(c, 0);
}

/** Enters all of MMX and SSE into tables of 512 handlers. What has the same opcodes must be there already. */
export function installVectors(tables: readonly Handler[][], has: Has): void {
  const behind38 = movbeOrCrc(has);
  for (const t of tables) {
    if (has("mmx")) t[0x177] = emms;
    if (has("sse")) t[0x1f7] = maskMove(has);
    t[0x1ae] = group15(has);
    if (has("popcnt")) t[0x1b8] = popcnt;
    if (has("sse2")) t[0x1c3] = movnti;
  }
  installSseRows(
    tables,
    new Map([
      [0x0f38f0, behind38],
      [0x0f38f1, behind38],
    ]),
    has,
  );
}
