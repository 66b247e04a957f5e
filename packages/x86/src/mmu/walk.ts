/** Page tables: of two levels with entries of 4 bytes, of three or four with entries of 8. */
import type { Cpu } from "../state/cpu.js";
import {
  CR0_PG,
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_NXE,
  F_AC,
} from "../constants.js";
import { gp, pageFault } from "../state/fault.js";
import { storePhysical } from "./physical.js";

/** The access writes: its bit of the error code, as the two that follow. */
export const ACCESS_WRITE = 2;
/** The access is one of level 3. */
export const ACCESS_USER = 4;
/** The access fetches an instruction. */
export const ACCESS_FETCH = 16;
/** The access is a debugger's: it changes nothing, and where there is no page its answer is NaN. */
const ACCESS_DEBUG = 32;
/** The access is about to be made, unless it faults: then nothing is raised, and the answer is NaN. */
export const ACCESS_ASK = 64;

const FAULT_PRESENT = 1;
const FAULT_RESERVED = 8;

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
const GLOBAL = 0x100;
const TWO32 = 0x1_0000_0000;
/** Bits 52 to 62 of an entry: reserved in three levels, the system's own in four. */
const HIGH_IGNORED = 0x7ff0_0000;
/** Reserved bits of an entry of the page directory pointer table in three levels. */
const PDPTE_RESERVED = 0x1e6;
/** Levels of entries with 8 bytes: what one of each spans is 12, 21, 30 and 39 bits. */
const TABLE = 0;
const DIRECTORY = 1;
const POINTERS = 2;
const TOP = 3;

/** Bits 32 and up of physical addresses that do not exist. */
function reservedHigh(c: Cpu): number {
  return (-1 << (c.physicalBits - 32)) & 0x000f_ffff;
}
/** The physical address that a wide entry holds, in pages of 4 KiB. */
function frameOf(entry: number, high: number): number {
  return (high & 0x000f_ffff) * TWO32 + ((entry & -4096) >>> 0);
}
/** A physical address behind the gate of A20. */
export function behindA20(c: Cpu, physical: number): number {
  if (c.a20mask === -1) return physical;
  const low = physical % TWO32;
  return physical - low + ((low & c.a20mask) >>> 0);
}

/** The bits of the error code that an access has in any case. */
function codeOf(c: Cpu, access: number): number {
  const tells = (c.cr4 & CR4_SMEP) !== 0 || ((c.cr4 & CR4_PAE) !== 0 && (c.efer & EFER_NXE) !== 0);
  return tells ? access : access & ~ACCESS_FETCH;
}

/** Throws #PF, or answers NaN to who does not want that. */
function missing(c: Cpu, linear: number, access: number, code: number, high = 0): number {
  return (access & (ACCESS_DEBUG | ACCESS_ASK)) !== 0 ? NaN : pageFault(c, linear, code, high);
}
/** Sets bits of an entry. */
function mark(c: Cpu, at: number, entry: number, access: number, bits: number): void {
  const marked = entry | bits;
  if (marked !== entry && (access & ACCESS_DEBUG) === 0) storePhysical(c, at, 4, marked >>> 0);
}
/** Marks the entry of a page, and notes what it is. */
function finish(c: Cpu, at: number, entry: number, access: number, isLarge: boolean): void {
  mark(c, at, entry, access, (access & ACCESS_WRITE) !== 0 ? ACCESSED | DIRTY : ACCESSED);
  c.page.isLarge = isLarge;
  c.page.isGlobal = (entry & GLOBAL) !== 0 && (c.cr4 & CR4_PGE) !== 0;
}

/**
 * Physical address of `linear`; sets accessed and dirty bits; throws #PF, or answers NaN where it was asked. What
 * else the page is, `c.page` tells.
 * @param access a sum of `ACCESS_` bits
 */
export function walk(c: Cpu, linear: number, access: number): number {
  if ((c.cr0 & CR0_PG) === 0) {
    c.page.isLarge = false;
    c.page.isGlobal = false;
    c.page.canRead = true;
    c.page.canFetch = true;
    return behindA20(c, linear >>> 0);
  }
  if (c.lma) return walkLong(c, linear, 0, access);
  const physical =
    (c.cr4 & CR4_PAE) !== 0 ? walkWide(c, linear, access) : walkNarrow(c, linear, access);
  return behindA20(c, physical);
}

function walkNarrow(c: Cpu, linear: number, access: number): number {
  const bus = c.memory;
  const code = codeOf(c, access);
  const pdeAddr = behindA20(c, ((c.cr3 & -4096) + ((linear >>> 22) << 2)) >>> 0);
  const pde = bus.load(pdeAddr, 4) | 0;
  if ((pde & PRESENT) === 0) return missing(c, linear, access, code);
  if ((pde & LARGE) !== 0 && (c.cr4 & CR4_PSE) !== 0) {
    if ((pde & c.largeReserved) !== 0) {
      return missing(c, linear, access, code | FAULT_RESERVED | FAULT_PRESENT);
    }
    if (settle(c, linear, pde, access, code, false) !== 0) return NaN;
    finish(c, pdeAddr, pde, access, true);
    const high = (pde >>> 13) & 0xff;
    return high * TWO32 + (((pde & 0xffc00000) | (linear & 0x3fffff)) >>> 0);
  }
  const pteAddr = behindA20(c, ((pde & -4096) + ((linear >>> 10) & 0xffc)) >>> 0);
  // The directory entry counts as used even if the table's then faults.
  mark(c, pdeAddr, pde, access, ACCESSED);
  const pte = bus.load(pteAddr, 4) | 0;
  if ((pte & PRESENT) === 0) return missing(c, linear, access, code);
  if (settle(c, linear, pde & pte, access, code, false) !== 0) return NaN;
  finish(c, pteAddr, pte, access, false);
  return ((pte & -4096) | (linear & 0xfff)) >>> 0;
}

/** Three levels: the first is four entries that the processor holds since CR3 was loaded. */
function walkWide(c: Cpu, linear: number, access: number): number {
  const code = codeOf(c, access);
  const first = (linear >>> 30) * 2;
  const pointer = c.pdptes[first];
  if ((pointer & PRESENT) === 0) return missing(c, linear, access, code);
  const table = frameOf(pointer, c.pdptes[first + 1]);
  return descend(c, linear, 0, access, code, DIRECTORY, table, HIGH_IGNORED);
}

/**
 * Four levels, of long mode.
 * @param high   bits 32 to 63 of the linear address, canonical
 * @param access a sum of `ACCESS_` bits
 */
export function walkLong(c: Cpu, linear: number, high: number, access: number): number {
  const root = frameOf(c.cr3, c.cr3High);
  return behindA20(c, descend(c, linear, high, access, codeOf(c, access), TOP, root, 0));
}

/** Index of a linear address in the table of a level. */
function indexAt(level: number, linear: number, high: number): number {
  if (level === TABLE) return (linear >>> 12) & 511;
  if (level === DIRECTORY) return (linear >>> 21) & 511;
  return level === POINTERS ? ((linear >>> 30) | (high << 2)) & 511 : (high >>> 7) & 511;
}

function descend(
  c: Cpu,
  linear: number,
  high: number,
  access: number,
  code: number,
  from: number,
  root: number,
  reserved: number,
): number {
  const bus = c.memory;
  const isNxReserved = (c.efer & EFER_NXE) === 0;
  const highReserved = reservedHigh(c) | reserved | (isNxReserved ? 0x8000_0000 | 0 : 0);
  let rights = WRITABLE | USER;
  let isNx = false;
  let table = root;
  for (let level = from; ; level--) {
    const at = behindA20(c, table + indexAt(level, linear, high) * 8);
    const entry = bus.load(at, 4) | 0;
    const entryHigh = bus.load(at + 4, 4) | 0;
    if ((entry & PRESENT) === 0) return missing(c, linear, access, code, high);
    const isLeaf = level === TABLE || ((entry & LARGE) !== 0 && level !== TOP);
    const lowReserved = level === TABLE ? 0 : reservedLow(c, level, entry);
    if ((entryHigh & highReserved) !== 0 || (entry & lowReserved) !== 0) {
      return missing(c, linear, access, code | FAULT_RESERVED | FAULT_PRESENT, high);
    }
    rights &= entry;
    if (entryHigh < 0) isNx = true;
    if (!isLeaf) {
      // The entry counts as used even if what it leads to then faults.
      mark(c, at, entry, access, ACCESSED);
      table = frameOf(entry, entryHigh);
      continue;
    }
    if (settle(c, linear, rights, access, code, isNx, high) !== 0) return NaN;
    finish(c, at, entry, access, level !== TABLE);
    return inPage(frameOf(entry, entryHigh), linear, level);
  }
}

/** Low bits of an entry above the last table that must be 0. */
function reservedLow(c: Cpu, level: number, entry: number): number {
  if ((entry & LARGE) === 0) return 0;
  if (level === TOP) return LARGE;
  if (level === DIRECTORY) return 0x1f_e000;
  return c.model.has("pdpe1gb") ? 0x3fff_e000 : LARGE;
}
function inPage(frame: number, linear: number, level: number): number {
  const size = level === TABLE ? 0x1000 : level === DIRECTORY ? 0x20_0000 : 0x4000_0000;
  return frame - (frame % size) + ((linear & (size - 1)) >>> 0);
}

/** Notes what may be done with a page that is there: 0, or as {@link missing} if it is not what `access` does. */
function settle(
  c: Cpu,
  linear: number,
  rights: number,
  access: number,
  code: number,
  isNx: boolean,
  linearHigh = 0,
): number {
  const { page } = c;
  const isUserPage = (rights & USER) !== 0;
  page.isUser = isUserPage;
  let canWrite = (rights & WRITABLE) !== 0;
  if ((access & ACCESS_USER) !== 0) {
    page.canRead = isUserPage;
    page.canFetch = isUserPage && !isNx;
    canWrite = canWrite && isUserPage;
  } else {
    const isGuarded =
      isUserPage && (c.cr4 & CR4_SMAP) !== 0 && (c.cpl === 3 || (c.eflags & F_AC) === 0);
    page.canRead = !isGuarded;
    page.canFetch = !isNx && !(isUserPage && (c.cr4 & CR4_SMEP) !== 0);
    canWrite = (canWrite || (c.cr0 & CR0_WP) === 0) && !isGuarded;
  }
  const isAllowed =
    (access & ACCESS_FETCH) !== 0
      ? page.canFetch
      : (access & ACCESS_WRITE) !== 0
        ? canWrite
        : page.canRead;
  // Of a debugger's accesses rights do not count.
  if (isAllowed || (access & ACCESS_DEBUG) !== 0) return 0;
  return missing(c, linear, access, code | FAULT_PRESENT, linearHigh);
}

/**
 * Loads the four entries that begin three levels of page tables, from where `cr3` says.
 * @throws #GP(0) for reserved bits; nothing has changed then
 */
export function loadPointers(c: Cpu, cr3: number): void {
  const loaded = readPointers(c, cr3);
  const highReserved = reservedHigh(c) | (0xfff0_0000 | 0);
  for (let k = 0; k < 8; k += 2) {
    if ((loaded[k] & PRESENT) === 0) continue;
    if ((loaded[k] & PDPTE_RESERVED) !== 0 || (loaded[k + 1] & highReserved) !== 0) gp(c, 0);
  }
  c.pdptes.set(loaded);
}
/** Loads them for state that was replaced as a whole, without a check; where they are in use. */
export function refreshPointers(c: Cpu): void {
  if ((c.cr0 & CR0_PG) !== 0 && (c.cr4 & CR4_PAE) !== 0 && !c.lma) {
    c.pdptes.set(readPointers(c, c.cr3));
  }
}
function readPointers(c: Cpu, cr3: number): readonly number[] {
  const loaded: number[] = [];
  for (let at = 0; at < 32; at += 4) {
    loaded.push(c.memory.load(behindA20(c, ((cr3 & -32) + at) >>> 0), 4) | 0);
  }
  return loaded;
}

/**
 * A walk without side effects, for debuggers: the physical address or null. Rights do not count.
 * @param linear in long mode also one of 64 bits, as a signed number
 */
export function walkDebug(c: Cpu, linear: number): number | null {
  const physical = c.lma
    ? walkLong(c, linear | 0, Math.floor(linear / TWO32) | 0, ACCESS_DEBUG)
    : walk(c, linear | 0, ACCESS_DEBUG);
  return Number.isNaN(physical) ? null : physical;
}
