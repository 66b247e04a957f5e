/** FXSAVE and FXRSTOR. */
import type { Cpu } from "../../state/cpu.js";
import { CR0_EM, CR0_TS, CR4_OSFXSR } from "../../constants.js";
import { gp, nm } from "../../state/fault.js";
import {
  AT_FPU_CONTROL,
  AT_FPU_CS,
  AT_FPU_DP,
  AT_FPU_DP_HIGH,
  AT_FPU_DS,
  AT_FPU_IP,
  AT_FPU_IP_HIGH,
  AT_FPU_OPCODE,
  AT_FPU_TAGS,
  AT_FPU_TOP,
  AT_MXCSR,
  AT_ST,
  AT_XMM,
} from "../../state/layout.js";
import { loadAt, storeAt } from "../../mmu/operand-memory.js";
import { beginAccess, checkOperand } from "./operand.js";
import { setControlWord, setStatusWord, statusWord } from "./unit.js";

/** Bytes of the area. */
const AREA_BYTES = 512;
/** Offsets of MXCSR and its mask, the x87 registers and the XMM registers in it, in words. */
const AREA = { mxcsr: 6, st: 8, xmm: 40 } as const;
/** The places of the last instruction and of its operand: two words each. */
const PLACES = [AT_FPU_IP, AT_FPU_CS, AT_FPU_DP, AT_FPU_DS] as const;
const WIDE_PLACES = [AT_FPU_IP, AT_FPU_IP_HIGH, AT_FPU_DP, AT_FPU_DP_HIGH] as const;
/** Bits of MXCSR that exist. */
export const MXCSR_MASK = 0xffff;

/** Words of the area that are used: 64-bit code has sixteen XMM registers. */
const endOf = (c: Cpu): number => AREA.xmm + (c.code64 ? 64 : 32);
/** Are XMM registers and MXCSR part of the area? */
const hasXmm = (c: Cpu): boolean => c.sse !== null && (c.cr4 & CR4_OSFXSR) !== 0;

/** FXSAVE at a linear address; with `isWide`, FXSAVE64, which has addresses of 64 bits. */
function save(c: Cpu, linear: number, isWide: boolean): void {
  const w = c.words;
  const put = (word: number, value: number): void => storeAt(c, linear + 4 * word, 4, value);
  put(0, (w[AT_FPU_CONTROL >> 2] & 0xffff) | (statusWord(c) << 16));
  put(1, w[AT_FPU_TAGS >> 2] | (w[AT_FPU_OPCODE >> 2] << 16));
  (isWide ? WIDE_PLACES : PLACES).forEach((at, k) => put(2 + k, w[at >> 2]));
  put(AREA.mxcsr, c.sse === null ? 0 : w[AT_MXCSR >> 2]);
  put(AREA.mxcsr + 1, c.sse === null ? 0 : MXCSR_MASK);
  for (let i = 0; i < 8; i++) {
    const from = (AT_ST >> 2) + 4 * ((w[AT_FPU_TOP >> 2] + i) & 7);
    const to = AREA.st + 4 * i;
    put(to, w[from]);
    put(to + 1, w[from + 1]);
    put(to + 2, w[from + 2] & 0xffff);
    put(to + 3, 0);
  }
  if (!hasXmm(c)) return;
  const end = endOf(c);
  for (let word = AREA.xmm; word < end; word++) put(word, w[(AT_XMM >> 2) + word - AREA.xmm]);
}

/** FXRSTOR, FXRSTOR64. */
function restore(c: Cpu, linear: number, isWide: boolean): void {
  const end = endOf(c);
  const area = Array.from({ length: end }, (_, k) => loadAt(c, linear + 4 * k, 4));
  loadAt(c, linear + AREA_BYTES - 4, 4);
  const xmm = hasXmm(c);
  if (xmm && (area[AREA.mxcsr] & ~MXCSR_MASK) !== 0) gp(c, 0);
  const w = c.words;
  setControlWord(c, area[0] & 0xffff);
  setStatusWord(c, area[0] >>> 16);
  w[AT_FPU_TAGS >> 2] = area[1] & 0xff;
  w[AT_FPU_OPCODE >> 2] = (area[1] >>> 16) & 0x7ff;
  (isWide ? WIDE_PLACES : PLACES).forEach((at, k) => {
    w[at >> 2] = isWide || (k & 1) === 0 ? area[2 + k] : area[2 + k] & 0xffff;
  });
  for (let i = 0; i < 8; i++) {
    const to = (AT_ST >> 2) + 4 * ((w[AT_FPU_TOP >> 2] + i) & 7);
    const from = AREA.st + 4 * i;
    w[to] = area[from];
    w[to + 1] = area[from + 1];
    w[to + 2] = area[from + 2] & 0xffff;
  }
  if (!xmm) return;
  w[AT_MXCSR >> 2] = area[AREA.mxcsr];
  for (let word = AREA.xmm; word < end; word++) w[(AT_XMM >> 2) + word - AREA.xmm] = area[word];
}

/** FXSAVE or FXRSTOR of what lies at an offset in the segment `c.eaSeg`; in 64-bit code a linear address. */
export function fxsave(c: Cpu, offset: number, isStore: boolean): void {
  if ((c.cr0 & (CR0_EM | CR0_TS)) !== 0) nm(c);
  checkOperand(c, offset, AREA_BYTES, isStore);
  const base = c.code64 ? 0 : c.segBase[c.eaSeg];
  if (((base + offset) & 15) !== 0) gp(c, 0);
  const at = beginAccess(c, offset, AREA_BYTES, isStore);
  const isWide = c.code64 && c.long.size === 8;
  if (isStore) save(c, at, isWide);
  else restore(c, at, isWide);
}
