/**
 * Guest memory by 64-bit linear addresses, as signed numbers. The meaning of values is that of
 * memory.ts; 64-bit values go as two words, and {@link longLoad64} leaves them in `LongState`.
 * Addresses are canonical; only the end of an access across a page may not be.
 */
import type { Cpu } from "../state/cpu.js";
import type { LongTlb } from "../state/long-state.js";
import { NO_CODE } from "../state/long-state.js";
import { CR0_PG, TLB_MASK } from "../constants.js";
import { gp } from "../state/fault.js";
import { ACCESS_ASK, ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, walkLong } from "./walk.js";
import { storePhysical } from "./physical.js";
import { noteUserPage } from "./tlb.js";

/** Beyond the last canonical address of the lower half. */
const LOWER_END = 0x800000000000;
const TWO32 = 0x100000000;
const KNOW_READ = 0;
/** No entry: the access would fault. */
const NO_ENTRY = -1;

function walkAny(c: Cpu, t: LongTlb, linear: number, access: number): number {
  // Paging is always on in 64-bit code; system management mode begins without it.
  if ((c.cr0 & CR0_PG) === 0) return linear >>> 0;
  const mode = access | (t === c.long.userTlb ? ACCESS_USER : 0);
  return walkLong(c, linear | 0, Math.floor(linear / TWO32) | 0, mode);
}

/**
 * Enters the page of `linear`, for an access that has been checked.
 * @param ask 0, or ACCESS_ASK: then the answer is less than 0 where it would throw
 */
function enter(c: Cpu, t: LongTlb, linear: number, access: number, ask = 0): number {
  if (linear >= LOWER_END) return ask === 0 ? gp(c, 0) : NO_ENTRY;
  const physical = walkAny(c, t, linear, access | ask);
  if (Number.isNaN(physical)) return NO_ENTRY;
  if (c.page.isLarge) c.long.noteLarge(linear);
  noteUserPage(c, t === c.long.superTlb, linear);
  const frame = physical - (physical % 4096);
  const page = linear - (linear & 0xfff);
  const i = (linear >>> 12) & TLB_MASK;
  const isOther = t.prTag[i] !== page && t.pwTag[i] !== page && t.xTag[i] !== page;
  t.enter(i, isOther, c.page.isGlobal);
  t.physical[i] = frame;
  const w = c.memory.lookup(frame);
  const isWhole = w.start <= frame && w.last >= frame + 0xfff;
  if (access === ACCESS_FETCH) {
    t.xTag[i] = page;
    t.code[i] = NO_CODE;
  } else {
    t.prTag[i] = page;
    if (access === ACCESS_WRITE) t.pwTag[i] = page;
  }
  const { bytes, view } = w;
  if (bytes === null || view === null || !isWhole) return i;
  t.bytes[i] = bytes;
  t.view[i] = view;
  t.at[i] = frame - w.bias;
  t.region[i] = w.besideCode ?? w.region;
  if (access !== ACCESS_FETCH && w.region.directRead) t.rTag[i] = page;
  if (access === ACCESS_WRITE && w.readonly !== true) {
    const isGuarded = c.engine !== null && c.engine.guards(bytes, frame - w.bias);
    if (isGuarded) t.guardTag[i] = page;
    else t.wTag[i] = page;
  }
  return i;
}

/** Makes sure that the page of `linear` may be read: its entry. */
export function forRead(c: Cpu, t: LongTlb, linear: number): number {
  const i = (linear >>> 12) & TLB_MASK;
  return t.prTag[i] === linear - (linear & 0xfff) ? i : enter(c, t, linear, KNOW_READ);
}
/** Makes sure that the page of `linear` may be written: its entry. */
export function forWrite(c: Cpu, t: LongTlb, linear: number): number {
  const i = (linear >>> 12) & TLB_MASK;
  return t.pwTag[i] === linear - (linear & 0xfff) ? i : enter(c, t, linear, ACCESS_WRITE);
}

/**
 * Enters a page in the TLB of the current level, for what is about to be done: false, and nothing is raised, if that
 * faults.
 * @param access 0 for reading, `ACCESS_WRITE` or `ACCESS_FETCH`
 */
export function canEnter(c: Cpu, linear: number, access: number): boolean {
  return enter(c, c.long.tlb, linear, access, ACCESS_ASK) !== NO_ENTRY;
}
/** The bytes of the code page of a linear address and where in them it begins, or false: no memory. */
export function openCode(c: Cpu, linear: number): boolean {
  const { long } = c;
  const t = long.tlb;
  const page = linear - (linear & 0xfff);
  let i = (linear >>> 12) & TLB_MASK;
  if (t.xTag[i] !== page) i = enter(c, t, linear, ACCESS_FETCH);
  if (t.code[i] === NO_CODE) {
    const frame = t.physical[i];
    const w = c.memory.lookup(frame);
    const isWhole = w.start <= frame && w.last >= frame + 0xfff;
    if (w.bytes === null || !isWhole) return false;
    const at = frame - w.bias;
    t.code[i] = w.bytes.subarray(at, at + 0x1000);
    t.codeRegion[i] = w.region;
  }
  if (!t.codeRegion[i].directRead) return false;
  long.page = page;
  long.pageCode = t.code[i];
  return true;
}
/** Loads a byte of an instruction. */
export function longLoadCode(c: Cpu, linear: number): number {
  const t = c.long.tlb;
  let i = (linear >>> 12) & TLB_MASK;
  if (t.xTag[i] !== linear - (linear & 0xfff)) i = enter(c, t, linear, ACCESS_FETCH);
  const physical = t.physical[i] + (linear & 0xfff);
  return c.memory.fetch === undefined ? c.memory.load(physical, 1) : c.memory.fetch(physical);
}

function slowLoad(c: Cpu, t: LongTlb, linear: number, size: 1 | 2 | 4): number {
  const within = linear & 0xfff;
  if (within + size > 0x1000) {
    let value = 0;
    for (let k = 0; k < size; k++) value |= slowLoad(c, t, linear + k, 1) << (8 * k);
    return value;
  }
  const i = forRead(c, t, linear);
  if (t.rTag[i] === linear - within) {
    const at = t.at[i] + within;
    if (size === 1) return t.view[i].getUint8(at);
    return size === 2 ? t.view[i].getUint16(at, true) : t.view[i].getInt32(at, true);
  }
  const misaligned = within & (size - 1);
  if (misaligned !== 0) {
    // What is not plain memory sees aligned accesses only.
    const low = slowLoad(c, t, linear - misaligned, size);
    const high = slowLoad(c, t, linear - misaligned + size, size);
    const shift = misaligned * 8;
    const value = (low >>> shift) | (high << (size * 8 - shift));
    return size === 4 ? value : value & 0xffff;
  }
  const value = c.memory.load(t.physical[i] + within, size);
  return size === 4 ? value | 0 : value;
}

/**
 * Tells the engine of bytes stored in the guarded page of entry `i`, which may be written without telling from
 * then on if the engine has lost its interest.
 */
export function longStoredInGuarded(c: Cpu, t: LongTlb, i: number, at: number, size: number): void {
  if (c.engine === null) return;
  c.engine.stored(t.bytes[i], at, size);
  if (Number.isNaN(t.guardTag[i]) || c.engine.guards(t.bytes[i], t.at[i])) return;
  t.wTag[i] = t.guardTag[i];
  t.guardTag[i] = NaN;
}

function slowStore(c: Cpu, t: LongTlb, linear: number, size: 1 | 2 | 4, value: number): void {
  const within = linear & 0xfff;
  prepare(c, t, linear, size);
  if (within + size > 0x1000) {
    for (let k = 0; k < size; k++) slowStore(c, t, linear + k, 1, (value >>> (8 * k)) & 0xff);
    return;
  }
  const i = forWrite(c, t, linear);
  const page = linear - within;
  if ((t.wTag[i] === page || t.guardTag[i] === page) && t.region[i].plainWrite) {
    const at = t.at[i] + within;
    if (size === 1) t.view[i].setUint8(at, value);
    else if (size === 2) t.view[i].setUint16(at, value, true);
    else t.view[i].setInt32(at, value, true);
    if (t.guardTag[i] === page) longStoredInGuarded(c, t, i, at, size);
    return;
  }
  const physical = t.physical[i] + within;
  if ((within & (size - 1)) !== 0) {
    for (let k = 0; k < size; k++) slowStore(c, t, linear + k, 1, (value >>> (8 * k)) & 0xff);
    return;
  }
  const window = c.memory.lookup(physical);
  if (window.readonly === true && window.region.isRam === true) return;
  storePhysical(c, physical, size, size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff));
}

/** Raises what a store of `size` bytes would raise. */
function prepare(c: Cpu, t: LongTlb, linear: number, size: number): void {
  forWrite(c, t, linear);
  if ((linear & 0xfff) + size > 0x1000) forWrite(c, t, linear + size - 1);
}

/** Loads a byte. */
export function longLoad8(c: Cpu, linear: number): number {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (t.rTag[i] === linear - within) return t.bytes[i][t.at[i] + within];
  return slowLoad(c, t, linear, 1);
}
/** Loads a word. */
export function longLoad16(c: Cpu, linear: number): number {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xfff && t.rTag[i] === linear - within) {
    return t.view[i].getUint16(t.at[i] + within, true);
  }
  return slowLoad(c, t, linear, 2);
}
/** Loads a doubleword. */
export function longLoad32(c: Cpu, linear: number): number {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xffd && t.rTag[i] === linear - within) {
    return t.view[i].getInt32(t.at[i] + within, true);
  }
  return slowLoad(c, t, linear, 4);
}
/** Loads a quadword into `valueLow` and `valueHigh`. */
export function longLoad64(c: Cpu, linear: number): void {
  const { long } = c;
  const t = long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xff9 && t.rTag[i] === linear - within) {
    const at = t.at[i] + within;
    long.valueLow = t.view[i].getInt32(at, true);
    long.valueHigh = t.view[i].getInt32(at + 4, true);
    return;
  }
  loadPair(c, t, linear);
}
function loadPair(c: Cpu, t: LongTlb, linear: number): void {
  // Both pages first, the lower one's fault before the upper one's.
  forRead(c, t, linear);
  if ((linear & 0xfff) > 0xff8) forRead(c, t, linear + 7);
  const low = slowLoad(c, t, linear, 4);
  c.long.valueHigh = slowLoad(c, t, linear + 4, 4);
  c.long.valueLow = low;
}

/** Stores a byte. */
export function longStore8(c: Cpu, linear: number, value: number): void {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (t.wTag[i] === linear - within && t.region[i].plainWrite) {
    t.bytes[i][t.at[i] + within] = value;
  } else slowStore(c, t, linear, 1, value);
}
/** Stores a word. */
export function longStore16(c: Cpu, linear: number, value: number): void {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xfff && t.wTag[i] === linear - within && t.region[i].plainWrite) {
    t.view[i].setUint16(t.at[i] + within, value, true);
  } else slowStore(c, t, linear, 2, value);
}
/** Stores a doubleword. */
export function longStore32(c: Cpu, linear: number, value: number): void {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xffd && t.wTag[i] === linear - within && t.region[i].plainWrite) {
    t.view[i].setInt32(t.at[i] + within, value, true);
  } else slowStore(c, t, linear, 4, value);
}
/** Stores a quadword. */
export function longStore64(c: Cpu, linear: number, low: number, high: number): void {
  const t = c.long.tlb;
  const i = (linear >>> 12) & TLB_MASK;
  const within = linear & 0xfff;
  if (within < 0xff9 && t.wTag[i] === linear - within && t.region[i].plainWrite) {
    const at = t.at[i] + within;
    t.view[i].setInt32(at, low, true);
    t.view[i].setInt32(at + 4, high, true);
  } else storePair(c, t, linear, low, high);
}
function storePair(c: Cpu, t: LongTlb, linear: number, low: number, high: number): void {
  prepare(c, t, linear, 8);
  slowStore(c, t, linear, 4, low);
  slowStore(c, t, linear + 4, 4, high);
}

/** Raises every fault that a store of `size` bytes would raise, before a read-modify-write. */
export function longModify(c: Cpu, linear: number, size: number): number {
  const t = c.long.tlb;
  const within = linear & 0xfff;
  if (within + size > 0x1000 || t.wTag[(linear >>> 12) & TLB_MASK] !== linear - within) {
    prepare(c, t, linear, size);
  }
  return linear;
}

/** Supervisor load of a word. */
export function longSysLoad16(c: Cpu, linear: number): number {
  return slowLoad(c, c.long.superTlb, linear, 2);
}
/** Supervisor load of a doubleword. */
export function longSysLoad32(c: Cpu, linear: number): number {
  return slowLoad(c, c.long.superTlb, linear, 4);
}
/** Supervisor load of a quadword, as a signed number: exact where it is a canonical address. */
export function longSysLoadAddress(c: Cpu, linear: number): number {
  const low = longSysLoad32(c, linear);
  return longSysLoad32(c, linear + 4) * TWO32 + (low >>> 0);
}
/** Supervisor store of a doubleword. */
export function longSysStore32(c: Cpu, linear: number, value: number): void {
  slowStore(c, c.long.superTlb, linear, 4, value);
}
/** Store of a quadword at a level: 3 is the user's. */
export function longStoreAt(
  c: Cpu,
  level: number,
  linear: number,
  low: number,
  high: number,
): void {
  storePair(c, level === 3 ? c.long.userTlb : c.long.superTlb, linear, low, high);
}
/** Raises the faults that a store at a level would raise. */
export function longPrepareAt(c: Cpu, level: number, linear: number, size: number): void {
  prepare(c, level === 3 ? c.long.userTlb : c.long.superTlb, linear, size);
}
