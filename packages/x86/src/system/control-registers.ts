/** Control registers, and what follows from their bits. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import {
  CR0_CD,
  CR0_ET,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_DE,
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_PAE,
  CR4_PCE,
  CR4_PGE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  CR4_TSD,
  CR4_UMIP,
  CS,
  D_L,
  EFER_LMA,
  EFER_LME,
  TR,
} from "../constants.js";
import {
  generalRegister,
  lowOf,
  middleOf,
  nextByte,
  setGeneral,
  wholeSize,
} from "../decode/any-mode.js";
import { everywhere } from "../decode/table-build.js";
import { splitHigh } from "../long/decode.js";
import { updateAlignment, updateAllLimits } from "../mmu/limits.js";
import { setCpl } from "../mmu/segment.js";
import { flushLocal, flushTlb } from "../mmu/tlb.js";
import { loadPointers } from "../mmu/walk.js";
import { gp, privileged, ud } from "../state/fault.js";

/** Bits of CR4, and the feature with which each exists. */
const CR4_BITS: readonly (readonly [bit: number, feature: string])[] = [
  [CR4_TSD, "tsc"],
  [CR4_DE, "de"],
  [CR4_PSE, "pse"],
  [CR4_PAE, "pae"],
  [CR4_MCE, "mce"],
  [CR4_PGE, "pge"],
  // Counters of performance came with MMX; there are none here.
  [CR4_PCE, "mmx"],
  [CR4_OSFXSR, "fxsr"],
  [CR4_OSXMMEXCPT, "sse"],
  [CR4_UMIP, "umip"],
  [CR4_SMEP, "smep"],
  [CR4_SMAP, "smap"],
];
/** Bits of CR0 and CR4 whose change loads the pointers of three-level page tables anew. */
const CR0_LOADS_POINTERS = CR0_PG | CR0_CD | CR0_NW;
const CR4_LOADS_POINTERS = CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP;

/** Are page tables of three levels in use, with these values? */
function hasPointers(c: Cpu, cr0: number, cr4: number): boolean {
  return (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0 && (c.efer & EFER_LME) === 0;
}

/** Writes CR0 with everything that follows from it; throws #GP(0) for what cannot be combined. */
export function setCr0(c: Cpu, value: number): void {
  const old = c.cr0;
  const v = (value & (0xe005003f | 0)) | CR0_ET;
  const changed = old ^ v;
  if ((v & CR0_PG) !== 0 && (v & CR0_PE) === 0) gp(c, 0);
  if ((v & CR0_NW) !== 0 && (v & CR0_CD) === 0) gp(c, 0);
  if ((changed & CR0_LOADS_POINTERS) !== 0 && hasPointers(c, v, c.cr4)) loadPointers(c, c.cr3);
  if ((changed & CR0_PG) !== 0 && (c.efer & EFER_LME) !== 0) checkLongMode(c, v);
  c.cr0 = v;
  c.lma = (v & CR0_PG) !== 0 && (c.efer & EFER_LME) !== 0;
  c.efer = (c.efer & ~EFER_LMA) | (c.lma ? EFER_LMA : 0);
  updateAlignment(c);
  if ((changed & (CR0_PG | CR0_WP)) !== 0) flushTlb(c);
  if ((changed & CR0_PE) !== 0) {
    c.pe = (v & CR0_PE) !== 0;
    if (!c.pe) setCpl(c, 0);
    // The code segment's default size stays what the hidden part says until CS is loaded.
    updateAllLimits(c);
  }
}

/** Long mode begins with four levels of page tables and with code of 32 bits, and ends with such code. */
function checkLongMode(c: Cpu, cr0: number): void {
  const begins = (cr0 & CR0_PG) !== 0;
  if (begins && (c.cr4 & CR4_PAE) === 0) gp(c, 0);
  if (begins ? (c.segAttr[CS] & D_L) !== 0 : c.code64) gp(c, 0);
  if (begins && (c.segAttr[TR] & 0x800) === 0) gp(c, 0);
}

/**
 * Writes CR3; throws #GP(0) if the page tables begin with what is reserved.
 * @param high bits 32 to 63, which 64-bit code alone can set
 */
export function setCr3(c: Cpu, value: number, high = 0): void {
  if (high >>> (c.physicalBits - 32) !== 0) gp(c, 0);
  if (hasPointers(c, c.cr0, c.cr4)) loadPointers(c, value);
  c.cr3 = value;
  c.cr3High = high;
  flushLocal(c);
}

/** Bits of a value of CR4 that the model does not have. */
function absentBits(c: Cpu, value: number): number {
  return CR4_BITS.reduce((rest, [bit, name]) => (c.model.has(name) ? rest & ~bit : rest), value);
}
/** May CR0 and CR4 have these values together with each other, and with the model? */
export function arePossible(c: Cpu, cr0: number, cr4: number): boolean {
  if ((cr0 & CR0_PG) !== 0 && (cr0 & CR0_PE) === 0) return false;
  if ((cr0 & CR0_NW) !== 0 && (cr0 & CR0_CD) === 0) return false;
  return absentBits(c, cr4) === 0;
}

/** Writes CR4; throws #GP(0) for bits that the model does not have. */
export function setCr4(c: Cpu, value: number): void {
  if (absentBits(c, value) !== 0) gp(c, 0);
  const changed = c.cr4 ^ value;
  if (c.lma && (value & CR4_PAE) === 0) gp(c, 0);
  if ((changed & CR4_LOADS_POINTERS) !== 0 && hasPointers(c, c.cr0, value)) loadPointers(c, c.cr3);
  c.cr4 = value;
  flushTlb(c);
}

/** CR8 is the task priority of the local APIC, without its low four bits. */
const TASK_PRIORITY = 0x08;

/** Number of the register that ModRM's middle field names; CR8 is there in 64-bit code. */
function controlIndex(c: Cpu, m: number): number {
  const n = middleOf(c, m);
  if (n === 1 || (n > 4 && n !== 8)) ud(c);
  privileged(c);
  return n;
}
function movFromControl(c: Cpu): void {
  const m = nextByte(c);
  const n = controlIndex(c, m);
  const { long } = c;
  let low: number;
  let high = 0;
  if (n === 0) low = c.cr0;
  else if (n === 2) {
    low = c.cr2;
    high = splitHigh(long.cr2);
  } else if (n === 3) {
    low = c.cr3;
    high = c.cr3High;
  } else if (n === 4) low = c.cr4;
  else low = c.apic === null ? long.cr8 : (c.apic.read(TASK_PRIORITY) >>> 4) & 15;
  setGeneral(c, lowOf(c, m), wholeSize(c), low, high);
}
function movToControl(c: Cpu): void {
  const m = nextByte(c);
  const n = controlIndex(c, m);
  const { long } = c;
  const low = generalRegister(c, lowOf(c, m), wholeSize(c));
  const high = long.valueHigh;
  if (n === 2) {
    c.cr2 = low;
    long.cr2 = high * 0x1_0000_0000 + (low >>> 0);
    return;
  }
  if (n === 3) return setCr3(c, low, high);
  if (high !== 0) gp(c, 0);
  if (n === 0) return setCr0(c, low);
  if (n === 4) return setCr4(c, low);
  if (low >>> 0 > 15) gp(c, 0);
  long.cr8 = low;
  c.apic?.write(TASK_PRIORITY, low << 4);
}

/** Enters this file's instructions. */
export function installControlRegisters(t: OpcodeTables): void {
  everywhere(t, 0x120, movFromControl);
  everywhere(t, 0x122, movToControl);
}
