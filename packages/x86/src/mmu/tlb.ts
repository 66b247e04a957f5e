/** The software TLBs. */
import type { CpuWindow } from "../bus.js";
import type { Cpu, Tlb } from "../state/cpu.js";
import { CR4_SMAP, TLB_EMPTY, TLB_MASK, TLB_SIZE } from "../constants.js";
import type { PageRights } from "./page-rights.js";
import { ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, walk } from "./walk.js";

/** Bits of `Tlb.global`: what is cached for reading, and for writing, is a global page. */
const GLOBAL_READ = 1;
const GLOBAL_WRITE = 2;

/** Forgets every translation, and the fetch window with them. */
export function flushTlb(c: Cpu): void {
  flushOne(c.tlbSuper);
  flushOne(c.tlbUser);
  c.long.flush();
  c.largeCached.fill(0);
  c.userPages.clear();
  c.fetchSafe = 0;
  if (c.engine !== null) c.engine.tlbFlushed();
}

/** Forgets translations but those of global pages: CR3 was loaded. */
export function flushLocal(c: Cpu): void {
  flushLocalOne(c.tlbSuper);
  flushLocalOne(c.tlbUser);
  c.long.flush(true);
  c.fetchSafe = 0;
  if (c.engine !== null) c.engine.localFlushed();
}

/** Is what entry `i` has for reading and fetching a global page? */
export function isGlobalRead(t: Tlb, i: number): boolean {
  return (t.global[i] & GLOBAL_READ) !== 0;
}

/** Is what entry `i` has for writing a global page? */
export function isGlobalWrite(t: Tlb, i: number): boolean {
  return (t.global[i] & GLOBAL_WRITE) !== 0;
}

function flushOne(t: Tlb): void {
  if (t.usedCount <= t.used.length) {
    for (let k = 0; k < t.usedCount; k++) drop(t, t.used[k]);
  } else {
    t.rTag.fill(TLB_EMPTY);
    t.wTag.fill(TLB_EMPTY);
    t.xTag.fill(TLB_EMPTY);
    t.guardTag.fill(TLB_EMPTY);
    t.prTag.fill(TLB_EMPTY);
    t.pwTag.fill(TLB_EMPTY);
    t.pxTag.fill(TLB_EMPTY);
  }
  t.usedCount = 0;
  t.hasGlobal = false;
}

function flushLocalOne(t: Tlb): void {
  if (!t.hasGlobal) return flushOne(t);
  const isAll = t.usedCount > t.used.length;
  const count = isAll ? TLB_SIZE : t.usedCount;
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const i = isAll ? k : t.used[k];
    if (!dropLocal(t, i)) continue;
    if (kept < t.used.length) t.used[kept] = i;
    kept++;
  }
  t.usedCount = kept;
}

/** Forgets what is not global of an entry; answers whether anything is left. */
function dropLocal(t: Tlb, i: number): boolean {
  const global = t.global[i];
  if ((global & GLOBAL_READ) === 0) dropRead(t, i);
  if ((global & GLOBAL_WRITE) === 0) dropWrite(t, i);
  return global !== 0;
}
function dropRead(t: Tlb, i: number): void {
  t.rTag[i] = TLB_EMPTY;
  t.xTag[i] = TLB_EMPTY;
  t.prTag[i] = TLB_EMPTY;
  t.pxTag[i] = TLB_EMPTY;
}
function dropWrite(t: Tlb, i: number): void {
  t.wTag[i] = TLB_EMPTY;
  t.guardTag[i] = TLB_EMPTY;
  t.pwTag[i] = TLB_EMPTY;
}
function drop(t: Tlb, i: number): void {
  t.global[i] = 0;
  dropRead(t, i);
  dropWrite(t, i);
}

/** Forgets what level 0 may do with pages of level 3. */
export function flushUserPages(c: Cpu): void {
  const { userPages } = c;
  if (userPages.isFull) {
    flushTlb(c);
    return;
  }
  userPages.forEach((linear) => {
    const i = (linear >>> 12) & TLB_MASK;
    drop(c.tlbSuper, i);
    c.long.superTlb.drop(i);
    if (c.engine !== null) c.engine.pageFlushed(linear | 0);
  });
  userPages.clear();
  c.fetchSafe = 0;
  c.long.page = NaN;
}
/** Notes that level 0 has a page of level 3 in its TLB, if SMAP is on. */
export function noteUserPage(c: Cpu, isSuper: boolean, linear: number): void {
  if (isSuper && c.page.isUser && (c.cr4 & CR4_SMAP) !== 0) c.userPages.note(linear);
}

/** Forgets the translation of one page (INVLPG). A 4 MiB page is cached in pieces: all go. */
export function flushPage(c: Cpu, linear: number): void {
  if (c.largeCached[linear >>> 22] !== 0) {
    flushTlb(c);
    return;
  }
  const i = (linear >>> 12) & TLB_MASK;
  drop(c.tlbSuper, i);
  drop(c.tlbUser, i);
  c.long.flushPage(i);
  c.fetchSafe = 0;
  if (c.engine !== null) c.engine.pageFlushed(linear);
}

/** The same for an address of 64-bit code, as a signed number. */
export function flushLongPage(c: Cpu, linear: number): void {
  if (c.long.isInLarge(linear)) flushTlb(c);
  else flushPage(c, linear | 0);
}

/** Has stores to pages that the engine guards go by dispatch from now on. */
export function protectStores(c: Cpu): void {
  for (const t of [c.tlbSuper, c.tlbUser]) {
    for (let i = 0; i < TLB_SIZE; i++) {
      const page = t.wTag[i];
      if (page !== TLB_EMPTY && isGuarded(c, t.wBytes[i], (page + t.wBias[i]) >>> 0)) {
        t.wTag[i] = TLB_EMPTY;
        t.guardTag[i] = page;
      }
    }
  }
  for (const t of [c.long.superTlb, c.long.userTlb]) {
    for (let i = 0; i < TLB_SIZE; i++) {
      const page = t.wTag[i];
      if (Number.isNaN(page) || !isGuarded(c, t.bytes[i], t.at[i])) continue;
      t.guardTag[i] = page;
      t.wTag[i] = NaN;
    }
  }
}

/**
 * Tells the engine of bytes stored in the guarded page of entry `i`, which may be written without
 * telling from then on if the engine has lost its interest.
 */
export function storedInGuarded(c: Cpu, t: Tlb, i: number, at: number, size: number): void {
  if (c.engine === null) return;
  c.engine.stored(t.wBytes[i], at, size);
  const page = t.guardTag[i];
  if (page === TLB_EMPTY || isGuarded(c, t.wBytes[i], (page + t.wBias[i]) >>> 0)) return;
  t.wTag[i] = page;
  t.guardTag[i] = TLB_EMPTY;
}

function isGuarded(c: Cpu, bytes: Uint8Array, at: number): boolean {
  return c.engine !== null && c.engine.guards(bytes, at);
}

/** Makes the TLB of the current privilege level the active one. */
export function selectTlb(c: Cpu): void {
  c.long.select(c.cpl);
  const t = c.cpl === 3 ? c.tlbUser : c.tlbSuper;
  if (t === c.tlb) return;
  c.tlb = t;
  c.rTag = t.rTag;
  c.rBias = t.rBias;
  c.rView = t.rView;
  c.wTag = t.wTag;
  c.wBias = t.wBias;
  c.wView = t.wView;
  c.wRegion = t.wRegion;
  c.fetchSafe = 0;
}

/**
 * Translates the page of `linear` for reading into TLB `t`; throws #PF.
 * @param ask 0, or ACCESS_ASK: then the answer is false where it would throw
 */
export function fillRead(c: Cpu, t: Tlb, linear: number, ask = 0): boolean {
  return enterWalked(c, t, linear, ask | levelOf(c, t));
}
/** As {@link fillRead}, for fetching instructions. */
export function fillFetch(c: Cpu, t: Tlb, linear: number, ask = 0): boolean {
  return enterWalked(c, t, linear, ask | levelOf(c, t) | ACCESS_FETCH);
}
function levelOf(c: Cpu, t: Tlb): number {
  return t === c.tlbUser ? ACCESS_USER : 0;
}
function enterWalked(c: Cpu, t: Tlb, linear: number, access: number): boolean {
  const physical = walk(c, linear, access);
  if (Number.isNaN(physical)) return false;
  const frame = physical - (physical & 0xfff);
  noteLarge(c, linear);
  noteUserPage(c, t === c.tlbSuper, linear);
  enterRead(t, linear, frame, c.memory.lookup(frame), c.page);
  return true;
}
function noteLarge(c: Cpu, linear: number): void {
  if (c.page.isLarge) c.largeCached[linear >>> 22] = 1;
}

function enterRead(t: Tlb, linear: number, frame: number, w: CpuWindow, rights: PageRights): void {
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  if (t.usedCount < t.used.length) t.used[t.usedCount] = i;
  t.usedCount++;
  if (rights.isGlobal) {
    t.hasGlobal = true;
    t.global[i] |= GLOBAL_READ;
  } else t.global[i] &= ~GLOBAL_READ;
  t.prTag[i] = rights.canRead ? page : TLB_EMPTY;
  t.pxTag[i] = rights.canFetch ? page : TLB_EMPTY;
  t.prPhys[i] = frame;
  if (
    w.bytes !== null &&
    w.view !== null &&
    w.region.directRead &&
    w.start <= frame &&
    w.last >= frame + 0xfff
  ) {
    t.rTag[i] = t.prTag[i];
    t.xTag[i] = t.pxTag[i];
    t.rBias[i] = frame - w.bias - page;
    t.rView[i] = w.view;
    t.rBytes[i] = w.bytes;
  } else {
    t.rTag[i] = TLB_EMPTY;
    t.xTag[i] = TLB_EMPTY;
  }
}

/** As {@link fillRead}, for writing and reading. */
export function fillWrite(c: Cpu, t: Tlb, linear: number, ask = 0): boolean {
  const physical = walk(c, linear, ask | levelOf(c, t) | ACCESS_WRITE);
  if (Number.isNaN(physical)) return false;
  const frame = physical - (physical & 0xfff);
  const page = linear & -4096;
  const i = (linear >>> 12) & TLB_MASK;
  const w = c.memory.lookup(frame);
  noteLarge(c, linear);
  noteUserPage(c, t === c.tlbSuper, linear);
  enterRead(t, linear, frame, w, c.page);
  if (c.page.isGlobal) t.global[i] |= GLOBAL_WRITE;
  else t.global[i] &= ~GLOBAL_WRITE;
  t.pwTag[i] = page;
  t.pwPhys[i] = frame;
  const whole = w.start <= frame && w.last >= frame + 0xfff;
  t.wTag[i] = TLB_EMPTY;
  t.guardTag[i] = TLB_EMPTY;
  if (w.bytes !== null && w.view !== null && whole && w.readonly !== true) {
    if (isGuarded(c, w.bytes, frame - w.bias)) t.guardTag[i] = page;
    else t.wTag[i] = page;
    t.wBias[i] = frame - w.bias - page;
    t.wView[i] = w.view;
    t.wBytes[i] = w.bytes;
    t.wRegion[i] = w.besideCode ?? w.region;
  }
  return true;
}
